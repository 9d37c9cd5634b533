import type { ByteCursor } from './byte-cursor.js';

/** How one number is stored. */
export interface NumberType {
  readonly kind: 'float' | 'signed' | 'unsigned';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly littleEndian: boolean;
}

/** Exponent position, exponent bits, mantissa bits, bias of the IEEE 754 formats. */
const ieee = new Map([
  [2, { exponentAt: 10, exponentBits: 5, mantissaBits: 10, bias: 15 }],
  [4, { exponentAt: 23, exponentBits: 8, mantissaBits: 23, bias: 127 }],
  [8, { exponentAt: 52, exponentBits: 11, mantissaBits: 52, bias: 1023 }],
]);

/** The integers that a datatype message describes, or what they are where they are no plain ones. */
export function parseIntegerType(cursor: ByteCursor, bits: number, size: number): NumberType | string {
  const offset = cursor.unsigned(2);
  const precision = cursor.unsigned(2);
  if (!isWholeSize(size) || offset !== 0 || precision !== 8 * size) {
    return `integers of ${precision} bits in ${size} bytes`;
  }
  return { kind: bits & 8 ? 'signed' : 'unsigned', bytes: size, littleEndian: (bits & 1) === 0 };
}

/** The floats that a datatype message describes, or what they are where they are not those of IEEE 754. */
export function parseFloatType(cursor: ByteCursor, bits: number, size: number): NumberType | string {
  const expected = ieee.get(size);
  const offset = cursor.unsigned(2);
  const precision = cursor.unsigned(2);
  const exponentAt = cursor.unsigned(1);
  const exponentBits = cursor.unsigned(1);
  const mantissaAt = cursor.unsigned(1);
  const mantissaBits = cursor.unsigned(1);
  const bias = cursor.unsigned(4);
  const sound =
    expected !== undefined &&
    offset === 0 &&
    precision === 8 * size &&
    exponentAt === expected.exponentAt &&
    exponentBits === expected.exponentBits &&
    mantissaAt === 0 &&
    mantissaBits === expected.mantissaBits &&
    bias === expected.bias &&
    ((bits >> 4) & 3) === 2 && // the leading mantissa bit is implied
    ((bits >> 8) & 0xff) === precision - 1 && // place of the sign
    (bits & 0x40) === 0; // not VAX byte order
  if (!sound || !isWholeSize(size))
    return `floats of ${precision} bits in ${size} bytes that are not IEEE 754`;
  return { kind: 'float', bytes: size, littleEndian: (bits & 1) === 0 };
}

function isWholeSize(size: number): size is NumberType['bytes'] {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

/** Name as NumPy writes it, with the byte order where it is not the usual one: `float32`, `uint32 big-endian`. */
export function typeName(type: NumberType): string {
  const kinds = { float: 'float', signed: 'int', unsigned: 'uint' } as const;
  const order = type.littleEndian || type.bytes === 1 ? '' : ' big-endian';
  return `${kinds[type.kind]}${8 * type.bytes}${order}`;
}

/** True where float32 holds every number of the type exactly. */
export function fitsFloat32(type: NumberType): boolean {
  return type.kind === 'float' ? type.bytes <= 4 : type.bytes <= 2;
}

/**
 * Turns `count` stored numbers, from byte `start` on, into `target[at…]`.
 *
 * 64-bit integers are rounded to the nearest double, as NumPy does.
 */
export function decodeNumbers(
  type: NumberType,
  bytes: Uint8Array,
  start: number,
  count: number,
  target: Float32Array | Float64Array,
  at: number,
): void {
  const position = bytes.byteOffset + start;
  const view = storedNumbers(type, bytes, start, count);
  if (view) {
    target.set(view, at);
    return;
  }
  const read = reader(type, new DataView(bytes.buffer, position, count * type.bytes));
  for (let i = 0; i < count; i++) target[at + i] = read(i * type.bytes);
}

/** The stored bytes themselves as a typed array, where byte order and alignment allow it. */
export function storedNumbers(type: NumberType, bytes: Uint8Array, start: number, count: number) {
  const buffer = bytes.buffer as ArrayBuffer;
  const position = bytes.byteOffset + start;
  if (!type.littleEndian || position % type.bytes !== 0) return undefined;
  if (type.kind === 'float') {
    if (type.bytes === 4) return new Float32Array(buffer, position, count);
    if (type.bytes === 8) return new Float64Array(buffer, position, count);
    return undefined;
  }
  if (type.bytes === 4 && type.kind === 'signed') return new Int32Array(buffer, position, count);
  if (type.bytes === 4) return new Uint32Array(buffer, position, count);
  return undefined;
}

function reader(type: NumberType, view: DataView): (offset: number) => number {
  const little = type.littleEndian;
  const key = `${type.kind}${type.bytes}`;
  const readers: Record<string, (offset: number) => number> = {
    float2: (offset) => halfToDouble(view.getUint16(offset, little)),
    float4: (offset) => view.getFloat32(offset, little),
    float8: (offset) => view.getFloat64(offset, little),
    signed1: (offset) => view.getInt8(offset),
    signed2: (offset) => view.getInt16(offset, little),
    signed4: (offset) => view.getInt32(offset, little),
    signed8: (offset) => Number(view.getBigInt64(offset, little)),
    unsigned1: (offset) => view.getUint8(offset),
    unsigned2: (offset) => view.getUint16(offset, little),
    unsigned4: (offset) => view.getUint32(offset, little),
    unsigned8: (offset) => Number(view.getBigUint64(offset, little)),
  };
  return readers[key] as (offset: number) => number; // the parsers let no other type through
}

function halfToDouble(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
