import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';
import { type NumberType, parseFloatType, parseIntegerType, typeName } from './number-type.js';

/** What a dataset holds at each place. `bytes` is the size of one as it is stored. */
export type ElementType = { readonly bytes: number } & (
  | { readonly kind: 'number'; readonly number: NumberType; readonly words: string }
  | { readonly kind: 'array'; readonly shape: readonly number[]; readonly of: ElementType }
  | { readonly kind: 'compound'; readonly members: readonly Member[] }
  | { readonly kind: 'sequence'; readonly of: ElementType }
  | { readonly kind: 'text'; readonly variable: boolean }
  | { readonly kind: 'other'; readonly words: string }
);

/** A named part of a compound element, `at` bytes from its start. */
export interface Member {
  readonly name: string;
  readonly at: number;
  readonly type: ElementType;
}

/** Numbers of an element: `shape` of them (none: one), `at` bytes from its start, without gaps. */
export interface NumbersInElement {
  readonly number: NumberType;
  readonly at: number;
  readonly shape: readonly number[];
}

/** Types in types, far more than any writer nests. */
const deepest = 16;
const mostMembers = 4096;

/**
 * The type that a datatype message describes; types without numbers become `other`, with a name.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function parseElementType(body: Buffer): ElementType {
  return parseType(new ByteCursor(body), 0);
}

function parseType(cursor: ByteCursor, depth: number): ElementType {
  if (depth > deepest) throw corrupt('a type in a type without end');
  const first = cursor.unsigned(1);
  const bits = cursor.unsigned(3);
  const bytes = cursor.unsigned(4);
  const version = first >> 4;
  const other = (words: string): ElementType => ({ kind: 'other', bytes, words });
  const named = (number: NumberType | string, words?: string): ElementType =>
    typeof number === 'string'
      ? other(number)
      : { kind: 'number', bytes, number, words: words ?? typeName(number) };
  switch (first & 0x0f) {
    case 0:
      return named(parseIntegerType(cursor, bits, bytes));
    case 1:
      return named(parseFloatType(cursor, bits, bytes));
    case 2:
      cursor.skip(2);
      return other('times');
    case 3:
      return { kind: 'text', bytes, variable: false };
    case 4: {
      // Bits without a sign; h5py gives them as unsigned integers too.
      const number = parseIntegerType(cursor, bits & 1, bytes);
      return named(number, typeof number === 'string' ? undefined : `bit fields in ${typeName(number)}`);
    }
    case 5:
      cursor.skip(bits & 0xff);
      return other('opaque bytes');
    case 6:
      return compoundType(cursor, { bytes, count: bits & 0xffff, version, depth });
    case 7:
      return other('references');
    case 8:
      return enumeration(cursor, bits & 0xffff, version, bytes, depth);
    case 9: {
      const of = parseType(cursor, depth + 1);
      return (bits & 0x0f) === 1 ? { kind: 'text', bytes, variable: true } : { kind: 'sequence', bytes, of };
    }
    case 10:
      return arrayType(cursor, version, bytes, depth);
    case 11:
      parseType(cursor, depth + 1);
      return other('complex numbers');
    default:
      throw corrupt(`type class ${first & 0x0f} does not exist`);
  }
}

interface CompoundHead {
  readonly bytes: number;
  readonly count: number;
  readonly version: number;
  readonly depth: number;
}

function compoundType(cursor: ByteCursor, { bytes, count, version, depth }: CompoundHead): ElementType {
  if (count > mostMembers) throw corrupt(`a compound type of ${count} members`);
  const offsetBytes = bytes < 2 ** 8 ? 1 : bytes < 2 ** 16 ? 2 : bytes < 2 ** 24 ? 3 : 4;
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const name = memberName(cursor, version < 3);
    const at = cursor.unsigned(version < 3 ? 4 : offsetBytes);
    const shape: number[] = [];
    if (version === 1) {
      const rank = cursor.unsigned(1);
      cursor.skip(11); // reserved, an order of axes that was never used
      for (let axis = 0; axis < 4; axis++) {
        const length = cursor.unsigned(4);
        if (axis < rank) shape.push(length);
      }
    }
    const one = parseType(cursor, depth + 1);
    const type = shape.length > 0 ? arrayOf(shape, one) : one;
    if (at + type.bytes > bytes) throw corrupt('a member of a compound type lies outside of it');
    members.push({ name, at, type });
  }
  return { kind: 'compound', bytes, members };
}

/** A name ends with a zero byte, in older versions padded to 8 bytes. */
function memberName(cursor: ByteCursor, padded: boolean): string {
  const start = cursor.position;
  const end = cursor.bytes.indexOf(0, start);
  if (end < 0) throw corrupt('a name in a type does not end');
  const length = end + 1 - start;
  return cursor
    .slice(padded ? Math.ceil(length / 8) * 8 : length)
    .subarray(0, length - 1)
    .toString('utf8');
}

function arrayOf(shape: readonly number[], of: ElementType): ElementType {
  return { kind: 'array', bytes: shape.reduce((product, length) => product * length, of.bytes), shape, of };
}

function arrayType(cursor: ByteCursor, version: number, bytes: number, depth: number): ElementType {
  const rank = cursor.unsigned(1);
  if (rank > 32) throw corrupt(`an array type of ${rank} dimensions`);
  if (version < 3) cursor.skip(3);
  const shape = Array.from({ length: rank }, () => cursor.unsigned(4));
  if (version < 3) cursor.skip(4 * rank); // an order of axes that was never used
  const type = arrayOf(shape, parseType(cursor, depth + 1));
  if (type.bytes !== bytes) throw corrupt('an array type of another size than its numbers');
  return type;
}

/** Enumerations, booleans of h5py among them, are read as the integers that they are. */
function enumeration(
  cursor: ByteCursor,
  count: number,
  version: number,
  bytes: number,
  depth: number,
): ElementType {
  const base = parseType(cursor, depth + 1);
  if (base.kind !== 'number' || base.bytes !== bytes) throw corrupt('an enumeration of no integers');
  for (let i = 0; i < count; i++) memberName(cursor, version < 3);
  cursor.skip(count * bytes);
  return { ...base, words: `enumeration in ${base.words}` };
}

/** The type in words: `float32`, `compound (e: float32, t: float32)`, `sequences of float32`. */
export function elementWords(type: ElementType): string {
  switch (type.kind) {
    case 'number':
    case 'other':
      return type.words;
    case 'text':
      return 'strings';
    case 'array':
      return `arrays (${type.shape.join(', ')}) of ${elementWords(type.of)}`;
    case 'sequence':
      return `sequences of ${elementWords(type.of)}`;
    default:
      return `compound (${type.members.map((member) => `${member.name}: ${elementWords(member.type)}`).join(', ')})`;
  }
}

/**
 * Where the numbers of an element lie.
 *
 * @param members names of the member of a compound, then of a member of that, …; empty for elements that are numbers.
 * @throws CaloscopeError ERR_DATASET_TYPE where they are no numbers, ERR_DATASET_MISSING for a member that is not there.
 */
export function numbersInElement(type: ElementType, members: readonly string[]): NumbersInElement {
  let [at, found] = [0, type];
  for (const name of members) {
    const names = found.kind === 'compound' ? found.members.map((member) => member.name) : [];
    const member = found.kind === 'compound' && found.members.find((candidate) => candidate.name === name);
    if (!member) {
      throw new CaloscopeError(
        'ERR_DATASET_MISSING',
        `it has no member ${name} (members: ${names.join(', ') || 'none'})`,
      );
    }
    at += member.at;
    found = member.type;
  }
  const shape: number[] = [];
  while (found.kind === 'array') {
    shape.push(...found.shape);
    found = found.of;
  }
  if (found.kind === 'number') return { number: found.number, at, shape };
  throw notNumbers(found);
}

/** @throws CaloscopeError ERR_DATASET_TYPE where an element is not a sequence of numbers of any length. */
export function numbersOfSequence(type: ElementType): NumberType {
  if (type.kind === 'sequence' && type.of.kind === 'number') return type.of.number;
  throw new CaloscopeError(
    'ERR_DATASET_TYPE',
    `it holds ${elementWords(type)}; sequences of plain numbers are needed`,
  );
}

/** As h5py stores them: `r` and `i`. */
function isComplex(type: ElementType): boolean {
  return type.kind === 'compound' && type.members.map(({ name }) => name).join() === 'r,i';
}

function notNumbers(type: ElementType): CaloscopeError {
  if (isComplex(type)) {
    const message = 'it holds complex numbers; real ones are needed: write their .real, or .imag';
    return new CaloscopeError('ERR_DATASET_TYPE', message);
  }
  const holds = type.kind === 'compound' ? 'compound records' : elementWords(type);
  const remedy =
    type.kind === 'compound'
      ? `name one of the members ${type.members.map((member) => member.name).join(', ')}`
      : 'plain integers or IEEE 754 floats of 16, 32 or 64 bits are needed';
  return new CaloscopeError('ERR_DATASET_TYPE', `it holds ${holds}; ${remedy}`);
}
