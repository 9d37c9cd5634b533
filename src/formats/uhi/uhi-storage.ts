import { ArgumentError } from '../../errors.js';
import type { NestedNumbers, UhiAxis, UhiHistogram, UhiSparseStorage, UhiWeightedStorage } from './uhi.js';

/** Cells that are made for a storage that does not list them: a few letters can claim any number. */
const mostCells = 1e7;

/** Cells of an axis in the lists of numbers: bins and the flow cells that it says to have. */
export function storedCells(axis: UhiAxis): number {
  switch (axis.type) {
    case 'regular':
      return axis.bins + Number(axis.underflow) + Number(axis.overflow);
    case 'variable':
      return axis.edges.length - 1 + Number(axis.underflow) + Number(axis.overflow);
    case 'boolean':
      return 2;
    default:
      return axis.categories.length + Number(axis.flow);
  }
}

/** A storage as files have it; what its lists are is not known yet. */
export interface StoredStorage {
  readonly type: 'int' | 'double' | 'weighted';
  readonly index?: unknown;
  readonly values?: unknown;
  readonly variances?: unknown;
}

/** What is wrong, and where in the storage. */
export class StorageProblem {
  readonly place: string;
  readonly what: string;

  constructor(place: string, what: string) {
    this.place = place;
    this.what = what;
  }
}

/**
 * The dense form, with variances, of any storage that counts: an empty one has zeros, a sparse one zeros between its cells. Counts are
 * their own variance; so are the sums of a storage without variances, as long as all could be counts. Others are of weights or scaled:
 * hist does not know their variances in memory, and its files do not say so.
 */
export function denseStorage(
  storage: StoredStorage,
  axes: readonly UhiAxis[],
): UhiWeightedStorage | StorageProblem {
  const sizes = axes.map(storedCells);
  const { type, index, values, variances } = storage;
  if (values === undefined) return index === undefined ? emptyStorage(sizes) : lacks('values');
  if (type === 'weighted' && variances === undefined) return lacks('variances');
  if (type !== 'weighted' && variances !== undefined) {
    return new StorageProblem('.variances', `a storage of type ${type} has none`);
  }
  const read = (list: unknown, place: string) =>
    index === undefined ? denseList(list, sizes, place) : sparseList(list, index, sizes, place);
  const sums = read(values, '.values');
  if (sums instanceof StorageProblem) return sums;
  if (type !== 'weighted') {
    const sum = firstThatCountsNothing(sums);
    if (sum === undefined) return { type: 'weighted', values: sums, variances: sums };
    const what = `a sum is ${sum}, no count, and a storage without variances is read as counts; write it with storage Weight`;
    return new StorageProblem('.values', what);
  }
  const squares = read(variances, '.variances');
  return squares instanceof StorageProblem ? squares : { type, values: sums, variances: squares };
}

function lacks(name: string): StorageProblem {
  return new StorageProblem('', `it lacks ${name}`);
}

function emptyStorage(sizes: readonly number[]): UhiWeightedStorage | StorageProblem {
  if (productOf(sizes) > mostCells) return tooMany(sizes);
  const zeros = zerosOf(sizes);
  return { type: 'weighted', values: zeros, variances: zeros };
}

function tooMany(sizes: readonly number[]): StorageProblem {
  return new StorageProblem('', `its axes have ${sizes.join(' × ')} cells, more than ${mostCells}`);
}

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

type Nested = number[] | Nested[];

function zerosOf([size = 0, ...inner]: readonly number[]): Nested {
  if (inner.length === 0) return new Array<number>(size).fill(0);
  return Array.from({ length: size }, () => zerosOf(inner)) as Nested[];
}

/** The first number that is no count: negative or not whole. */
function firstThatCountsNothing(list: NestedNumbers): number | undefined {
  for (const one of list) {
    const found = typeof one === 'number' ? one : firstThatCountsNothing(one);
    if (found !== undefined && !(Number.isInteger(found) && found >= 0)) return found;
  }
  return undefined;
}

function denseList(list: unknown, sizes: readonly number[], place: string): NestedNumbers | StorageProblem {
  const problem = problemOfLists(list, sizes);
  return problem === undefined ? (list as NestedNumbers) : new StorageProblem(place, problem);
}

function problemOfLists(list: unknown, sizes: readonly number[], depth = 0): string | undefined {
  const cells = sizes[depth];
  if (cells === undefined)
    return Number.isFinite(list) ? undefined : `${String(list)} is not a finite number`;
  if (typeof list === 'string') return 'the numbers are elsewhere; write them into the document';
  if (!Array.isArray(list) || list.length !== cells) return `axis ${depth} needs lists of ${cells} cells`;
  for (const inner of list) {
    const problem = problemOfLists(inner, sizes, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The numbers of a sparse list, each in its cell. */
function sparseList(
  list: unknown,
  index: unknown,
  sizes: readonly number[],
  place: string,
): NestedNumbers | StorageProblem {
  if (!Array.isArray(list) || !list.every(Number.isFinite)) {
    return new StorageProblem(place, 'a sparse storage has one list of finite numbers');
  }
  if (!Array.isArray(index) || index.length !== sizes.length) {
    return new StorageProblem('.index', `it needs one list for each of ${sizes.length} axes`);
  }
  for (const [axis, places] of index.entries()) {
    const inside = (at: unknown) =>
      Number.isInteger(at) && (at as number) >= 0 && (at as number) < (sizes[axis] as number);
    if (Array.isArray(places) && places.length === list.length && places.every(inside)) continue;
    const what = `needs ${list.length} whole numbers from 0 to ${(sizes[axis] as number) - 1} for axis ${axis}`;
    return new StorageProblem('.index', what);
  }
  if (productOf(sizes) > mostCells) return tooMany(sizes);
  const dense = zerosOf(sizes);
  const taken = new Set<string>();
  for (const [i, value] of (list as number[]).entries()) {
    const cell = (index as number[][]).map((places) => places[i] as number);
    if (taken.has(cell.join())) return new StorageProblem('.index', `cell ${cell.join(', ')} occurs twice`);
    taken.add(cell.join());
    let row = dense;
    for (const at of cell.slice(0, -1)) row = row[at] as Nested;
    row[cell.at(-1) as number] = value;
  }
  return dense;
}

/** A histogram with the cells alone that have content: less to write where there are several axes. */
export function sparseUhi(histogram: UhiHistogram): UhiHistogram<UhiSparseStorage> {
  if (!Array.isArray(histogram?.axes) || !Array.isArray(histogram.storage?.values)) {
    throw new ArgumentError('ERR_ARGUMENT', 'histogram must be what toUhi or parseUhiHistogram gives');
  }
  const { storage, axes } = histogram;
  const index: number[][] = axes.map(() => []);
  const [values, variances]: [number[], number[]] = [[], []];
  const visit = (
    sums: NestedNumbers | number,
    squares: NestedNumbers | number,
    cell: readonly number[],
  ): void => {
    if (typeof sums !== 'number') {
      sums.forEach((inner: NestedNumbers | number, at) => {
        visit(inner, (squares as readonly (NestedNumbers | number)[])[at] as number, [...cell, at]);
      });
    } else if (sums !== 0 || squares !== 0) {
      for (const [axis, at] of cell.entries()) index[axis]?.push(at);
      values.push(sums);
      variances.push(squares as number);
    }
  };
  visit(storage.values, storage.variances, []);
  return { ...histogram, storage: { type: 'weighted', index, values, variances } };
}
