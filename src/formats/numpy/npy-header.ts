import * as z from 'zod';
import { CaloscopeError } from '../../errors.js';

/** One number of a NumPy array. */
export interface NpyNumber {
  /** Kind and bytes, as NumPy writes them: `f4`, `i8`. */
  readonly type: keyof typeof npyNumbers;
  readonly littleEndian: boolean;
}

/** A named column of a structured array, or the only one of a plain array. */
export interface NpyField {
  /** null in a plain array. */
  readonly name: string | null;
  readonly number: NpyNumber;
  /** Numbers of the field in one element. */
  readonly count: number;
  /** Whether it has axes of its own. */
  readonly several: boolean;
}

export interface NpyHeader {
  readonly fields: readonly NpyField[];
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
}

/** How numbers lie in bytes, by NumPy's type codes. */
export const npyNumbers = {
  f2: { bytes: 2, read: (view, at, little) => halfAt(view.getUint16(at, little)) },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  i8: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  u8: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
} as const satisfies Record<
  string,
  { readonly bytes: number; readonly read: (view: DataView, at: number, little: boolean) => number }
>;

/** IEEE 754 half precision. */
function halfAt(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const element = z.union([
  z.string(),
  z.array(
    z.union([
      z.tuple([z.string(), z.string()]),
      z.tuple([z.string(), z.string(), z.array(z.int().positive())]),
    ]),
  ),
]);
const dictionary = z.strictObject({
  descr: element,
  fortran_order: z.boolean(),
  shape: z.array(z.int().nonnegative()),
});

/** Longest header that is believed. */
const mostHeaderBytes = 2 ** 20;

/**
 * The header that the first bytes of an array (.npy) hold, and where its numbers begin; null: more bytes are needed.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_TYPE for elements that are no plain numbers.
 */
export function npyHeaderOf(bytes: Buffer): { readonly header: NpyHeader; readonly end: number } | null {
  if (bytes.length < 12) return null;
  if (!bytes.toString('latin1', 0, 6).startsWith('\x93NUMPY'))
    throw new CaloscopeError('ERR_FILE_CORRUPT', 'it does not begin as a NumPy array; copy the file again');
  const start = bytes.readUInt8(6) === 1 ? 10 : 12;
  const end = start + (start === 10 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (end > mostHeaderBytes)
    throw new CaloscopeError('ERR_FILE_CORRUPT', 'the header of the NumPy array is damaged');
  if (bytes.length < end) return null;
  return { header: parseNpyHeader(bytes.toString('utf8', start, end)), end };
}

/**
 * What the header of a .npy file says (NumPy enhancement proposal 1).
 *
 * @param text the dictionary, a literal of Python.
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_TYPE for elements that are no plain numbers.
 */
function parseNpyHeader(text: string): NpyHeader {
  const parsed = dictionary.safeParse(fromPython(text));
  if (!parsed.success)
    throw new CaloscopeError('ERR_FILE_CORRUPT', 'the header of the NumPy array is damaged');
  const { descr, fortran_order: fortranOrder, shape } = parsed.data;
  if (typeof descr === 'string') {
    return {
      fields: [{ name: null, number: numberOf(descr), count: 1, several: false }],
      shape,
      fortranOrder,
    };
  }
  const fields = descr.map(([name, type, axes]) => ({
    name,
    number: numberOf(type),
    count: (axes ?? []).reduce((product, length) => product * length, 1),
    several: axes !== undefined,
  }));
  return { fields, shape, fortranOrder };
}

/** A literal of dictionaries, lists, tuples, strings without escapes and numbers; undefined for another. */
function fromPython(text: string): unknown {
  if (/["\\]/.test(text)) return undefined;
  const json = text
    .split(/('[^']*')/)
    .map((part) =>
      part.startsWith("'")
        ? `"${part.slice(1, -1)}"`
        : part
            .replace(/\bTrue\b/g, 'true')
            .replace(/\bFalse\b/g, 'false')
            .replaceAll('(', '[')
            .replaceAll(')', ']'),
    )
    .join('')
    .replace(/,\s*([\]}])/g, '$1');
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function numberOf(code: string): NpyNumber {
  const [, order, type] = /^([<>|=]?)(.*)$/.exec(code) as unknown as [string, string, string];
  if (type in npyNumbers) return { type: type as NpyNumber['type'], littleEndian: order !== '>' };
  throw new CaloscopeError('ERR_DATASET_TYPE', `the NumPy array holds ${elementsText(type, code)}`);
}

/** What elements are that are not read, and what to save in their place. */
function elementsText(type: string, code: string): string {
  if (type.startsWith('O')) return 'Python objects, which are a program and not data: save plain numbers';
  const bytes = type.slice(1);
  if (type.startsWith('f')) return `long double numbers (${bytes} bytes): save them as float64`;
  if (type.startsWith('c')) return `complex numbers (${bytes} bytes): save real and imaginary parts`;
  return `elements of type ${code}: save them as numbers`;
}
