/** A chunk in the middle of others: its shape, and where in the whole its first element goes. */
export interface ChunkPlace {
  readonly chunkShape: readonly number[];
  readonly wholeShape: readonly number[];
  readonly start: readonly number[];
}

/**
 * Copies what of a chunk lies within the whole, both in row order, of any number of axes.
 *
 * @param elementBytes bytes of one element.
 */
export function placeChunk(chunk: Buffer, whole: Buffer, place: ChunkPlace, elementBytes: number): void {
  const { chunkShape, wholeShape, start } = place;
  const copied = chunkShape.map((size, axis) =>
    Math.min(size, (wholeShape[axis] as number) - (start[axis] as number)),
  );
  const [fromStep, toStep] = [rowSteps(chunkShape, elementBytes), rowSteps(wholeShape, elementBytes)];
  const first = start.reduce((sum, at, axis) => sum + at * (toStep[axis] as number), 0);
  // What lies in one piece on both sides is copied as one.
  let inner = copied.length - 1;
  while (inner > 0 && copied[inner] === chunkShape[inner] && copied[inner] === wholeShape[inner]) inner--;
  const run = (copied[inner] as number) * (fromStep[inner] as number);
  const walk = (axis: number, from: number, to: number): void => {
    if (axis === inner) {
      copyRun(chunk, from, whole, to, run);
      return;
    }
    const [stepFrom, stepTo] = [fromStep[axis] as number, toStep[axis] as number];
    for (let i = 0; i < (copied[axis] as number); i++) walk(axis + 1, from + i * stepFrom, to + i * stepTo);
  };
  walk(0, 0, first);
}

/** Bytes from one place of each axis to the next. */
function rowSteps(shape: readonly number[], elementBytes: number): number[] {
  const steps: number[] = [];
  let step = elementBytes;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis] as number;
  }
  return steps;
}

/** A call costs more than a few bytes. */
function copyRun(source: Buffer, from: number, target: Buffer, to: number, bytes: number): void {
  if (bytes > 48) source.copy(target, to, from, from + bytes);
  else for (let i = 0; i < bytes; i++) target[to + i] = source[from + i] as number;
}
