import * as z from 'zod';
import { FileError } from '../../errors.js';
import { bfloatToNumber, halfToNumber } from './half-floats.js';

/**
 * The safetensors format: 8 bytes header length (little-endian), a JSON header with type, shape and place of each tensor
 * and a table of texts `__metadata__`, then the numbers.
 */

/** Numbers with a shape. 16-bit floats have been converted to float32. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Uint32Array;
}

export interface SafetensorsContent {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Types of the tensors that were left out, by name. */
  readonly leftOut?: ReadonlyMap<string, string>;
}

/** Bytes of an element of the types of the format. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

const largestHeader = 100 * 2 ** 20;

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type Entry = z.output<typeof entrySchema>;

function typeOf(values: Tensor['values']): 'F32' | 'F64' | 'U32' {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Float64Array ? 'F64' : 'U32';
}

/** Bytes of a file that holds the tensors in the order given. */
export function encodeSafetensors({ metadata, tensors }: SafetensorsContent): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: typeOf(values), shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Blanks after the header, so that the numbers start at a multiple of 8.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + headerLength + offset, 0x20);
  bytes.writeBigUInt64LE(BigInt(headerLength), 0);
  text.copy(bytes, 8);
  let place = 8 + headerLength;
  for (const { values } of tensors.values()) {
    place = writeValues(bytes, values, place);
  }
  return bytes;
}

/** Returns the place behind them. */
function writeValues(bytes: Buffer, values: Tensor['values'], first: number): number {
  let place = first;
  const write = {
    F32: (value: number) => bytes.writeFloatLE(value, place),
    F64: (value: number) => bytes.writeDoubleLE(value, place),
    U32: (value: number) => bytes.writeUInt32LE(value, place),
  }[typeOf(values)];
  for (const value of values) place = write(value);
  return place;
}

/**
 * Decodes a safetensors file that is in memory. Tensors of other types than floats and uint32 are checked and left out.
 *
 * @param path named in errors.
 * @throws FileError ERR_FILE_TRUNCATED, ERR_FILE_CORRUPT, ERR_TOO_LARGE, ERR_DATASET_TYPE.
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): SafetensorsContent {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, dataStart } = readHeader(buffer, path);
  const { __metadata__: texts = {}, ...rest } = header;
  const metadata = z.record(z.string(), z.string()).safeParse(texts);
  if (!metadata.success) throw corrupt(path, 'its __metadata__ is not a table of texts');
  const entries = Object.entries(rest).map(([name, value]): [string, Entry] => {
    const entry = entrySchema.safeParse(value);
    if (!entry.success) throw corrupt(path, `the header entry of tensor "${name}" is not sound`);
    return [name, entry.data];
  });
  checkPlaces(entries, buffer.length - dataStart, path);
  const tensors = new Map<string, Tensor>();
  const leftOut = new Map<string, string>();
  for (const [name, entry] of entries) {
    const [begin, end] = entry.data_offsets;
    const values = decodeValues(buffer.subarray(dataStart + begin, dataStart + end), entry.dtype);
    if (values) tensors.set(name, { shape: entry.shape, values });
    else leftOut.set(name, entry.dtype);
  }
  return { metadata: metadata.data, tensors, leftOut };
}

function corrupt(path: string, what: string): FileError {
  return new FileError('ERR_FILE_CORRUPT', path, `${what}; it is not a sound safetensors file`);
}

function readHeader(buffer: Buffer, path: string) {
  if (buffer.length < 8) throw new FileError('ERR_FILE_TRUNCATED', path, 'too short for a safetensors file');
  const length = buffer.readBigUInt64LE(0);
  if (length === 0n) throw corrupt(path, 'its header is empty');
  if (length > BigInt(largestHeader)) throw corrupt(path, `its header claims ${length} bytes`);
  const dataStart = 8 + Number(length);
  if (dataStart > buffer.length) {
    throw new FileError('ERR_FILE_TRUNCATED', path, `ends within its header of ${length} bytes`);
  }
  if (buffer[8] !== 0x7b) throw corrupt(path, 'its header does not begin with {');
  let text: string;
  let header: Record<string, unknown>;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(8, dataStart));
    // It begins with {: nothing but a table can come of it.
    header = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new FileError('ERR_FILE_CORRUPT', path, 'its header is not JSON in UTF-8', { cause });
  }
  requireUniqueKeys(text, Object.keys(header).length, path);
  return { header, dataStart };
}

/** JSON.parse takes the last of two equal keys silently: count the keys of the outer object in the text. */
function requireUniqueKeys(text: string, keys: number, path: string): void {
  let depth = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    else if (letter === ':' && depth === 1) count += 1;
    else if (letter === '"') {
      do i += text[i] === '\\' ? 2 : 1;
      while (i < text.length && text[i] !== '"');
    }
  }
  if (count !== keys) throw corrupt(path, 'its header names a tensor twice');
}

/** Tensors must cover the data without overlap, gap or rest, and be as long as their shapes say. */
function checkPlaces(entries: readonly (readonly [string, Entry])[], dataBytes: number, path: string): void {
  let expected = 0;
  for (const [name, { dtype, shape, data_offsets }] of [...entries].sort(
    (a, b) => a[1].data_offsets[0] - b[1].data_offsets[0] || a[1].data_offsets[1] - b[1].data_offsets[1],
  )) {
    const bytes = elementBytes[dtype];
    if (bytes === undefined) {
      throw new FileError('ERR_DATASET_TYPE', path, `tensor "${name}" has the unknown type ${dtype}`);
    }
    const [begin, end] = data_offsets;
    if (end > dataBytes) {
      throw new FileError('ERR_FILE_TRUNCATED', path, `tensor "${name}" reaches beyond the end of the file`);
    }
    if (begin !== expected || end < begin)
      throw corrupt(path, `tensor "${name}" overlaps another or leaves a gap`);
    const needed = shape.reduce((product, length) => product * length, bytes);
    if (needed !== end - begin) throw corrupt(path, `tensor "${name}" does not have the bytes of its shape`);
    expected = end;
  }
  if (expected !== dataBytes)
    throw corrupt(path, `${dataBytes - expected} bytes at its end belong to no tensor`);
}

/** Null for types that are left out. */
function decodeValues(bytes: Buffer, dtype: string): Tensor['values'] | null {
  const size = elementBytes[dtype] as number;
  const count = bytes.length / size;
  const decode: ((place: number) => number) | undefined = {
    F64: (place: number) => bytes.readDoubleLE(place),
    F32: (place: number) => bytes.readFloatLE(place),
    U32: (place: number) => bytes.readUInt32LE(place),
    F16: (place: number) => halfToNumber(bytes.readUInt16LE(place)),
    BF16: (place: number) => bfloatToNumber(bytes.readUInt16LE(place)),
  }[dtype];
  if (!decode) return null;
  const ArrayType = dtype === 'F64' ? Float64Array : dtype === 'U32' ? Uint32Array : Float32Array;
  const values = new ArrayType(count);
  for (let i = 0; i < count; i++) values[i] = decode(i * size);
  return values;
}
