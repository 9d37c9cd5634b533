import { CaloscopeError } from '../../errors.js';
import { bfloatToNumber, halfToNumber } from '../safetensors/half-floats.js';
import type { StoredOnnxTensor } from './onnx-model.js';

/** Numbers with a shape, the last axis fastest. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly isFloat: boolean;
  /** Field that holds the numbers where they are not raw bytes. */
  readonly field: 4 | 5 | 7 | 10 | 11;
  read(bytes: Buffer, at: number): number;
  /** Of the number in `field`, where that is not the number itself. */
  from?(bits: number): number;
}

/** TensorProto.DataType of onnx.proto. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { name: 'float', bytes: 4, isFloat: true, field: 4, read: (b, at) => b.readFloatLE(at) },
  2: { name: 'uint8', bytes: 1, isFloat: false, field: 5, read: (b, at) => b.readUInt8(at) },
  3: { name: 'int8', bytes: 1, isFloat: false, field: 5, read: (b, at) => b.readInt8(at) },
  4: { name: 'uint16', bytes: 2, isFloat: false, field: 5, read: (b, at) => b.readUInt16LE(at) },
  5: { name: 'int16', bytes: 2, isFloat: false, field: 5, read: (b, at) => b.readInt16LE(at) },
  6: { name: 'int32', bytes: 4, isFloat: false, field: 5, read: (b, at) => b.readInt32LE(at) },
  7: { name: 'int64', bytes: 8, isFloat: false, field: 7, read: (b, at) => Number(b.readBigInt64LE(at)) },
  9: { name: 'bool', bytes: 1, isFloat: false, field: 5, read: (b, at) => b.readUInt8(at) },
  10: {
    name: 'float16',
    bytes: 2,
    isFloat: true,
    field: 5,
    read: (b, at) => halfToNumber(b.readUInt16LE(at)),
    from: halfToNumber,
  },
  11: { name: 'double', bytes: 8, isFloat: true, field: 10, read: (b, at) => b.readDoubleLE(at) },
  12: { name: 'uint32', bytes: 4, isFloat: false, field: 11, read: (b, at) => b.readUInt32LE(at) },
  13: { name: 'uint64', bytes: 8, isFloat: false, field: 11, read: (b, at) => Number(b.readBigUInt64LE(at)) },
  16: {
    name: 'bfloat16',
    bytes: 2,
    isFloat: true,
    field: 5,
    read: (b, at) => bfloatToNumber(b.readUInt16LE(at)),
    from: bfloatToNumber,
  },
};

/** Whether numbers of this type are floats; false for types that are not known. */
export function isFloatType(type: number): boolean {
  return elementTypes[type]?.isFloat ?? false;
}

/** Where the numbers of a tensor lie that are in another file. */
export interface ExternalPlace {
  /** As the model has it: a path from its folder. */
  readonly location: string;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

function corrupt(name: string, what: string): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', `tensor ${JSON.stringify(name)} ${what}`);
}

function elementTypeOf({ name, message }: StoredOnnxTensor): ElementType {
  const number = message.int(2) ?? 0;
  const type = elementTypes[number];
  if (type) return type;
  const what = number === 8 ? 'texts' : `numbers of type ${number}`;
  throw new CaloscopeError(
    'ERR_DATASET_TYPE',
    `tensor ${JSON.stringify(name)} holds ${what}, which cannot be read`,
  );
}

/** Lengths of the axes, and their product. */
function shapeOf({ name, message }: StoredOnnxTensor): { shape: number[]; count: number } {
  const shape = message.ints(1);
  const odd = shape.find((length) => length < 0);
  if (odd !== undefined) throw corrupt(name, `has an axis of length ${odd}`);
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > Number.MAX_SAFE_INTEGER) {
    throw new CaloscopeError(
      'ERR_TOO_LARGE',
      `tensor ${JSON.stringify(name)} claims ${shape.join(' × ')} numbers`,
    );
  }
  return { shape, count };
}

/**
 * Where the numbers of a tensor lie; null: in the model itself.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_EXTERNAL_DATA, ERR_DATASET_TYPE, ERR_TOO_LARGE.
 */
export function externalPlace(tensor: StoredOnnxTensor): ExternalPlace | null {
  const { name, message } = tensor;
  const entries = message.messages(13, 'external data').map((one) => [one.text(1), one.text(2)] as const);
  if (message.int(14) !== 1) {
    if (entries.length === 0) return null;
    throw corrupt(name, 'is said to be in the model and in another file');
  }
  const told = new Map(entries);
  const bytes = shapeOf(tensor).count * elementTypeOf(tensor).bytes;
  const [offset, length] = [told.get('offset') ?? '0', told.get('length') ?? String(bytes)].map((text) =>
    /^\d+$/.test(text) ? Number(text) : Number.NaN,
  ) as [number, number];
  if (!Number.isSafeInteger(offset) || length !== bytes) {
    throw corrupt(name, `has ${bytes} bytes, but not in the place given for them in another file`);
  }
  const location = told.get('location') ?? '';
  if (location !== '') return { location, offset, length };
  throw new CaloscopeError(
    'ERR_EXTERNAL_DATA',
    `tensor ${JSON.stringify(name)} is in another file without a name`,
  );
}

/**
 * The numbers of a tensor; half floats are exact.
 *
 * @param external its bytes, where they are in another file.
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_TYPE, ERR_TOO_LARGE, ERR_NON_FINITE.
 */
export function decodeOnnxTensor(tensor: StoredOnnxTensor, external: Buffer | null = null): OnnxTensor {
  const { name, message } = tensor;
  const type = elementTypeOf(tensor);
  const { shape, count } = shapeOf(tensor);
  const raw = external ?? message.bytes(9);
  const values = raw === null ? fieldValues(tensor, type) : rawValues(raw, type, count, name);
  if (values.length !== count) {
    throw corrupt(name, `holds ${values.length} numbers, its shape ${shape.join(' × ')} has ${count}`);
  }
  const odd = type.isFloat ? values.findIndex((value) => !Number.isFinite(value)) : -1;
  if (odd < 0) return { shape, values };
  throw new CaloscopeError(
    'ERR_NON_FINITE',
    `tensor ${JSON.stringify(name)}: number ${odd} is ${values[odd]}`,
  );
}

function rawValues(raw: Buffer, type: ElementType, count: number, name: string): Float64Array {
  // Before anything is allocated: a shape may claim anything.
  if (raw.length !== count * type.bytes) {
    throw corrupt(
      name,
      `has ${raw.length} bytes, its shape and type ${type.name} have ${count * type.bytes}`,
    );
  }
  return Float64Array.from({ length: count }, (_, i) => type.read(raw, i * type.bytes));
}

function fieldValues({ message }: StoredOnnxTensor, { field, from }: ElementType): Float64Array {
  if (field === 4) return message.floats(4, 4);
  if (field === 10) return message.floats(10, 8);
  return Float64Array.from(message.ints(field), (bits) => from?.(bits) ?? bits);
}
