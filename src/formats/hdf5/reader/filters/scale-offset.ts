import { CaloscopeError } from '../../../../errors.js';
import { corrupt } from '../byte-cursor.js';
import type { NumberType } from '../number-type.js';

/** Bytes before the packed numbers: bits a number (4), length of the minimum (1), minimum (8), unused (8). */
const headerBytes = 21;

/** Meaning of the filter's parameters, by place. */
const place = { scaleType: 0, scaleFactor: 1, elements: 2, fillDefined: 7, fillValue: 8 } as const;

interface Packing {
  readonly bits: number;
  readonly elements: number;
  readonly packed: Buffer;
}

/**
 * Unpacks a chunk of the scale-offset filter: integers as offsets from a minimum in as few bits as they need, floats
 * after multiplication by 10^D (then only D decimals are left). The result is in the byte order of the dataset.
 *
 * @param most bytes that the result has at most.
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILTER_UNSUPPORTED.
 */
export function unpackScaleOffset(
  stored: Buffer,
  parameters: readonly number[],
  type: NumberType,
  most: number,
): Buffer {
  if (stored.length < headerBytes) throw corrupt('a scale-offset chunk without a header');
  const elements = parameters[place.elements] ?? 0;
  // Equal numbers take no bits: what is stored does not bound how many there are.
  if (elements * type.bytes > most) throw corrupt('a scale-offset chunk of more numbers than belong there');
  const bits = stored.readUInt32LE(0);
  if (bits > 8 * type.bytes) throw corrupt('a scale-offset chunk with more bits than its numbers');
  const packed = stored.subarray(headerBytes);
  if (packed.length < Math.ceil((elements * bits) / 8))
    throw corrupt('a scale-offset chunk that is too short');
  const result = Buffer.alloc(elements * type.bytes);
  if (bits === 8 * type.bytes) {
    packed.copy(result, 0, 0, result.length);
  } else {
    const values = unpackValues(stored, { bits, elements, packed }, parameters, type);
    for (let i = 0; i < elements; i++) writeNumber(result, i * type.bytes, values[i] as number, type);
  }
  return type.littleEndian ? result : reverseBytes(result, type.bytes);
}

/** The numbers after adding the minimum and undoing the decimal scale. */
function unpackValues(
  stored: Buffer,
  packing: Packing,
  parameters: readonly number[],
  type: NumberType,
): Float64Array {
  const offsets = unpackBits(packing);
  const minimum = readNumber(stored, 5, type);
  const parameterBytes = Buffer.alloc(8);
  parameterBytes.writeUInt32LE(parameters[place.fillValue] ?? 0, 0);
  parameterBytes.writeUInt32LE(parameters[place.fillValue + 1] ?? 0, 4);
  const fillOffset = parameters[place.fillDefined] ? 2 ** packing.bits - 1 : -1;
  const fillValue = readNumber(parameterBytes, 0, type);
  // The filter works in the type of the dataset: every step is rounded to it.
  const round = type.kind === 'float' && type.bytes === 4 ? Math.fround : (value: number) => value;
  const scale = type.kind === 'float' ? round(10 ** (parameters[place.scaleFactor] ?? 0)) : 1;
  if (type.kind === 'float' && parameters[place.scaleType] !== 0) {
    throw new CaloscopeError(
      'ERR_FILTER_UNSUPPORTED',
      'scale-offset with a binary scale; rewrite it with gzip',
    );
  }
  return offsets.map((offset) =>
    offset === fillOffset ? fillValue : round(round(round(offset) / scale) + minimum),
  );
}

/** Numbers of `bits` bits each, most significant bit first, without gaps. */
function unpackBits({ bits, elements, packed }: Packing): Float64Array {
  if (bits > 48) {
    throw new CaloscopeError(
      'ERR_FILTER_UNSUPPORTED',
      `scale-offset with ${bits} bits; rewrite it with gzip`,
    );
  }
  const values = new Float64Array(elements);
  let held = 0;
  let heldBits = 0;
  let next = 0;
  for (let i = 0; i < elements; i++) {
    let value = 0;
    let missing = bits;
    while (missing > 0) {
      if (heldBits === 0) {
        held = packed[next++] as number;
        heldBits = 8;
      }
      const taken = Math.min(missing, heldBits);
      value = value * 2 ** taken + ((held >> (heldBits - taken)) & ((1 << taken) - 1));
      heldBits -= taken;
      missing -= taken;
    }
    values[i] = value;
  }
  return values;
}

function readNumber(bytes: Buffer, at: number, type: NumberType): number {
  if (type.kind === 'float') {
    if (type.bytes === 4) return bytes.readFloatLE(at);
    if (type.bytes === 8) return bytes.readDoubleLE(at);
    throw new CaloscopeError('ERR_FILTER_UNSUPPORTED', 'scale-offset of 16-bit floats; rewrite it with gzip');
  }
  if (type.bytes === 8) {
    return Number(type.kind === 'signed' ? bytes.readBigInt64LE(at) : bytes.readBigUInt64LE(at));
  }
  return type.kind === 'signed' ? bytes.readIntLE(at, type.bytes) : bytes.readUIntLE(at, type.bytes);
}

function writeNumber(target: Buffer, at: number, value: number, type: NumberType): void {
  if (type.kind === 'float') {
    if (type.bytes === 4) target.writeFloatLE(value, at);
    else target.writeDoubleLE(value, at);
    return;
  }
  const modulo = 2n ** BigInt(8 * type.bytes);
  const unsigned = ((BigInt(value) % modulo) + modulo) % modulo;
  for (let i = 0; i < type.bytes; i++) target[at + i] = Number((unsigned >> BigInt(8 * i)) & 0xffn);
}

function reverseBytes(bytes: Buffer, size: number): Buffer {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}
