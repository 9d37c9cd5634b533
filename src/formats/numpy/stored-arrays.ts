import type { Entry } from 'yauzl';
import { CaloscopeError } from '../../errors.js';
import type { FileBytes } from '../hdf5/reader/file-bytes.js';
import { type NumberType, typeName } from '../hdf5/reader/number-type.js';
import type { StoredDataset } from '../hdf5/reader/stored-dataset.js';
import { type ArrayPlace, packedBytes } from './array-place.js';
import { InflatedBytes } from './inflated-bytes.js';
import { type NpyHeader, npyHeaderOf } from './npy-header.js';
import { arrayEntries, damagedArchive } from './zip-entries.js';

/** What the only array of a file `.npy` is called. */
export const nameOfOnlyArray = 'array';

const [storedMethod, deflateMethod] = [0, 8];
const localHeaderBytes = 30;
/** Read at once to find a header. */
const headerBytes = 4096;

/** Whether a file begins as those of NumPy do: an array, or a zip archive. */
export function isNumpyFile(file: FileBytes): boolean {
  const start = file.read(0, Math.min(6, file.size)).toString('latin1');
  return start === '\x93NUMPY' || start.startsWith('PK\x03\x04');
}

/**
 * The arrays of a file of NumPy, `.npy` or `.npz`.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_NOT_HDF5 for a zip archive without arrays, ERR_FILTER_UNSUPPORTED.
 */
export async function arraysOf(file: FileBytes): Promise<ArrayPlace[]> {
  if (file.read(0, 1)[0] === 0x93)
    return [{ name: nameOfOnlyArray, start: 0, bytes: file.size, packed: null }];
  const { arrays } = await arrayEntries(file.descriptor);
  if (arrays.length === 0)
    throw new CaloscopeError(
      'ERR_NOT_HDF5',
      'not an HDF5 file: it looks like a zip archive, without arrays of NumPy: unpack it first',
    );
  return arrays.map(({ name, entry }) => placeOf(file, name, entry));
}

function placeOf(file: FileBytes, name: string, entry: Entry): ArrayPlace {
  const { compressionMethod: method, compressedSize, uncompressedSize, generalPurposeBitFlag } = entry;
  if ((method !== storedMethod && method !== deflateMethod) || (generalPurposeBitFlag & 1) !== 0) {
    const what = `array ${name} is packed or encrypted in a way that NumPy does not write; save it with numpy.savez`;
    throw new CaloscopeError('ERR_FILTER_UNSUPPORTED', what);
  }
  const local = entry.relativeOffsetOfLocalHeader;
  const head = file.read(local, localHeaderBytes);
  if (head.readUInt32LE(0) !== 0x04034b50) throw damagedArchive(new Error(`array ${name} is not in place`));
  const start = local + localHeaderBytes + head.readUInt16LE(26) + head.readUInt16LE(28);
  file.require(start, compressedSize);
  const packed = method === storedMethod ? null : { bytes: compressedSize, crc32: entry.crc32 };
  return { name, start, bytes: uncompressedSize, packed };
}

/**
 * An array as a dataset of numbers in one piece. The address of those of a packed one says only how long its header is.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_DATASET_TYPE, ERR_DATASET_SHAPE.
 */
export function readArrayHeader(file: FileBytes, place: ArrayPlace): StoredDataset {
  const { header, end } = headerOf(file, place);
  const number = numberTypeOf(header);
  const { shape } = header;
  const length = shape.reduce((product, axis) => product * axis, number.bytes);
  if (end + length !== place.bytes) {
    const code = end + length > place.bytes ? 'ERR_FILE_TRUNCATED' : 'ERR_FILE_CORRUPT';
    const message = `its header announces ${length} bytes of numbers, ${Math.max(0, place.bytes - end)} are there; copy the file again`;
    throw new CaloscopeError(code, message);
  }
  return {
    extent: shape,
    maxExtent: shape,
    shape,
    element: { kind: 'number', number, bytes: number.bytes, words: typeName(number) },
    type: number,
    perElement: 1,
    numbersAt: 0,
    storage: { kind: 'contiguous', address: place.start + end, length },
    filters: place.packed === null ? [] : [{ id: 1, name: 'deflate', parameters: [] }],
    fillValue: Buffer.alloc(number.bytes),
  };
}

/** Whether an array has one number in each row. @throws as {@link readArrayHeader}. */
export function isSingleColumn(file: FileBytes, place: ArrayPlace): boolean {
  const [, ...axes] = headerOf(file, place).header.shape;
  return axes.every((length) => length === 1);
}

function headerOf(file: FileBytes, place: ArrayPlace): { header: NpyHeader; end: number } {
  const inflated = place.packed && new InflatedBytes(packedBytes(file, place.start, place.packed));
  let begin = Buffer.alloc(0);
  for (;;) {
    const length = Math.min(headerBytes, place.bytes - begin.length);
    if (length <= 0) {
      throw new CaloscopeError('ERR_FILE_TRUNCATED', 'it ends in the header of a NumPy array; copy it again');
    }
    const piece = Buffer.alloc(length);
    if (inflated) inflated.read(piece);
    else file.readInto(place.start + begin.length, piece);
    begin = Buffer.concat([begin, piece]);
    const found = npyHeaderOf(begin);
    if (found) return found;
  }
}

/** @throws CaloscopeError ERR_DATASET_TYPE, ERR_DATASET_SHAPE. */
function numberTypeOf({ fields, shape, fortranOrder }: NpyHeader): NumberType {
  const [field] = fields;
  if (fields.length !== 1 || !field || field.name !== null) {
    throw new CaloscopeError(
      'ERR_DATASET_TYPE',
      'it is a structured array: save each of its fields as an array',
    );
  }
  if (fortranOrder && shape.filter((length) => length > 1).length > 1) {
    const message =
      'its numbers lie in the order of Fortran, so that showers are not together; save numpy.ascontiguousarray of it';
    throw new CaloscopeError('ERR_DATASET_SHAPE', message);
  }
  const { type, littleEndian } = field.number;
  const kind = type.startsWith('f') ? 'float' : type.startsWith('i') ? 'signed' : 'unsigned';
  return { kind, bytes: Number(type.slice(1)) as NumberType['bytes'], littleEndian };
}
