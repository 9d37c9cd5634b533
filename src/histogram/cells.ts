import type { NestedNumbers } from '../formats/uhi/uhi.js';

/**
 * The cells of the bins alone. `cells` is flat, the last axis fastest, with a flow cell at both ends of every axis;
 * `shape` has the bins of each axis.
 */
export function withoutFlow(cells: Float64Array, shape: readonly number[]): Float64Array {
  const bins = new Float64Array(shape.reduce((product, n) => product * n, 1));
  let next = 0;
  const copy = (axis: number, first: number): void => {
    const n = shape[axis] as number;
    if (axis === shape.length - 1) {
      bins.set(cells.subarray(first + 1, first + 1 + n), next);
      next += n;
      return;
    }
    const stride = shape.slice(axis + 1).reduce((product, m) => product * (m + 2), 1);
    for (let bin = 1; bin <= n; bin++) copy(axis + 1, first + bin * stride);
  };
  copy(0, 0);
  return bins;
}

/** Flat numbers, the last axis fastest, as nested lists. */
export function nested(flat: Float64Array, sizes: readonly number[]): NestedNumbers {
  const [size = 0, ...inner] = sizes;
  if (inner.length === 0) return Array.from(flat);
  const stride = flat.length / size;
  return Array.from({ length: size }, (_, i) => nested(flat.subarray(i * stride, (i + 1) * stride), inner));
}

/** Where the cells of one axis of a nested list go among those with both flow cells. */
export interface StoredCells {
  /** Cells with underflow and overflow. */
  readonly cells: number;
  /** 0 where the list has an underflow cell, otherwise 1. */
  readonly first: number;
}

/**
 * Nested lists, whose lengths were checked, as flat numbers with both flow cells on every axis; those that are not stored
 * are 0.
 */
export function flattened(list: NestedNumbers, axes: readonly StoredCells[]): Float64Array {
  const flat = new Float64Array(axes.reduce((product, { cells }) => product * cells, 1));
  const copy = (part: NestedNumbers | number, depth: number, offset: number): void => {
    const axis = axes[depth];
    if (typeof part === 'number') flat[offset] = part;
    else if (axis)
      part.forEach((inner, i) => {
        copy(inner, depth + 1, offset * axis.cells + axis.first + i);
      });
  };
  copy(list, 0, 0);
  return flat;
}
