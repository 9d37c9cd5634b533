import { CaloscopeError } from '../errors.js';

/**
 * Which number of a row of a dataset with this shape is that of the column.
 *
 * @throws CaloscopeError ERR_DATASET_SHAPE unless it is (N) or (N,1), or (N,k) with k above the column.
 */
export function columnOf(
  { dataset, column }: { readonly dataset: string; readonly column: number | null },
  shape: readonly number[],
): number {
  const [, width = 1] = shape;
  const fits = (shape.length === 1 || shape.length === 2) && (column === null ? width === 1 : column < width);
  if (fits) return column ?? 0;
  const needed = column === null ? '(N,1)' : `(N,k) with k above ${column}`;
  throw new CaloscopeError(
    'ERR_DATASET_SHAPE',
    `dataset ${dataset} has shape (${shape.join(',')}), needed is ${needed}`,
  );
}
