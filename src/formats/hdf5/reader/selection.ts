import { type ByteCursor, corrupt } from './byte-cursor.js';

/** A box of elements: where it begins and how long it is along each axis; null stands for all elements. */
export type Selection = { readonly start: readonly number[]; readonly lengths: readonly number[] } | null;

const kinds = { none: 0, points: 1, hyperslab: 2, all: 3 } as const;
const regularFlag = 1;

/**
 * Reads a dataspace selection; undefined where it is sound, but is not one box (points, steps, several blocks, no end).
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function readSelection(cursor: ByteCursor): Selection | undefined {
  const kind = cursor.unsigned(4);
  const version = cursor.unsigned(4);
  if (kind === kinds.all || kind === kinds.none) {
    cursor.skip(8);
    return kind === kinds.all ? null : undefined;
  }
  if (kind !== kinds.hyperslab) return undefined;
  if (version === 1) return readBlocks(cursor.skip(8), 4);
  if (version !== 2 && version !== 3) throw corrupt(`selection version ${version} does not exist`);
  const regular = (cursor.unsigned(1) & regularFlag) !== 0;
  const width = version === 2 ? 8 : cursor.unsigned(1);
  if (version === 2) cursor.skip(4);
  if (width !== 2 && width !== 4 && width !== 8) throw corrupt(`a selection with numbers of ${width} bytes`);
  return regular ? readSteps(cursor, width) : readBlocks(cursor, width);
}

function readRank(cursor: ByteCursor): number {
  const rank = cursor.unsigned(4);
  if (rank < 1 || rank > 32) throw corrupt(`a selection of ${rank} axes`);
  return rank;
}

/** Start, step, count and length of blocks along each axis. */
function readSteps(cursor: ByteCursor, width: number): Selection | undefined {
  const start: number[] = [];
  const lengths: number[] = [];
  let box = true;
  const endless = 2 ** (8 * width) - 1;
  for (let axis = readRank(cursor); axis > 0; axis--) {
    const [first, step, count, block] = [0, 1, 2, 3].map(() => cursor.unsigned(width)) as [
      number,
      number,
      number,
      number,
    ];
    start.push(first);
    lengths.push(count * block);
    if (count >= endless || block >= endless || (count > 1 && step !== block)) box = false;
  }
  return box ? { start, lengths } : undefined;
}

/** First and last corner of each block. */
function readBlocks(cursor: ByteCursor, width: number): Selection | undefined {
  const rank = readRank(cursor);
  const blocks = cursor.unsigned(width);
  const corner = () => Array.from({ length: rank }, () => cursor.unsigned(width));
  const [start, end] = [corner(), corner()];
  const lengths = end.map((last, axis) => last - (start[axis] as number) + 1);
  if (lengths.some((length) => !(length >= 1))) throw corrupt('a selection that ends before it begins');
  if (blocks === 1) return { start, lengths };
  cursor.skip((blocks - 1) * 2 * rank * width);
  return undefined;
}

/** A piece of a dataset in row order. */
export interface ElementRange {
  readonly first: number;
  readonly count: number;
}

/** Where the elements of a selection lie when they follow each other in row order; undefined where they do not. */
export function elementRange(selection: Selection, extent: readonly number[]): ElementRange | undefined {
  const total = extent.reduce((product, length) => product * length, 1);
  if (selection === null) return { first: 0, count: total };
  const { start, lengths } = selection;
  const outside = extent.some((length, axis) => (start[axis] as number) + (lengths[axis] as number) > length);
  if (start.length !== extent.length || outside) throw corrupt('a selection that reaches out of its dataset');
  // After the first axis with more than one place all others must be whole.
  const first = lengths.findIndex((length) => length > 1);
  const whole = lengths.every((length, axis) => first < 0 || axis <= first || length === extent[axis]);
  if (!whole) return undefined;
  return {
    first: start.reduce((sum, place, axis) => sum * (extent[axis] as number) + place, 0),
    count: lengths.reduce((product, length) => product * length, 1),
  };
}
