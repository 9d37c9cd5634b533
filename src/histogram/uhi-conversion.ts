import { CaloscopeError } from '../errors.js';
import type { NestedNumbers, UhiAxis, UhiHistogram, UhiMetadata } from '../formats/uhi/uhi.js';
import { parseUhiHistogram } from '../formats/uhi/uhi-schema.js';
import { mustBeOneOf } from '../names.js';
import { type UpperEdge, upperEdges } from '../native/contract/histograms.js';
import { packageVersion } from '../versions.js';
import {
  binCount,
  type CategoryAxis,
  categoryAxis,
  type HistogramAxis,
  regularAxis,
  usualUpperEdge,
  variableAxis,
} from './axis.js';
import { flattened, nested } from './cells.js';

/** What one weight column of a histogram holds; values and variances with flow cells. */
export interface KeptSums {
  readonly values: Float64Array;
  readonly variances: Float64Array;
  readonly entries: number;
  readonly nanEntries: number;
  readonly nanValue: number;
  readonly nanVariance: number;
}

function present(metadata: Record<string, string | number | boolean | undefined>): UhiMetadata {
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as UhiMetadata;
}

function writeAxis(axis: HistogramAxis, edges: () => Float64Array): UhiAxis {
  const metadata = present({
    name: axis.name,
    label: axis.label,
    scale: axis.type === 'log' ? 'log' : undefined,
    upper_edge: axis.upperEdge === usualUpperEdge ? undefined : axis.upperEdge,
  });
  const flow = { underflow: true, overflow: true, circular: false };
  const about = Object.keys(metadata).length > 0 ? { metadata } : {};
  if (axis.type === 'category') return writeCategories(axis.categories, about);
  if (axis.type === 'regular') {
    return { type: 'regular', lower: axis.lower, upper: axis.upper, bins: axis.bins, ...flow, ...about };
  }
  return { type: 'variable', edges: Array.from(edges()), ...flow, ...about };
}

function writeCategories(
  categories: CategoryAxis['categories'],
  about: { readonly metadata?: UhiMetadata },
): UhiAxis {
  const [first] = categories;
  if (typeof first === 'boolean') return { type: 'boolean', ...about };
  const [texts, numbers] = [categories as readonly string[], categories as readonly number[]];
  return typeof first === 'string'
    ? { type: 'category_str', categories: texts, flow: true, ...about }
    : { type: 'category_int', categories: numbers, flow: true, ...about };
}

/** Where each cell of an axis, both flow cells included, is among those that UHI has; null: nowhere. */
function cellsOfAxis(axis: HistogramAxis): readonly (number | null)[] {
  const bins = binCount(axis);
  if (axis.type !== 'category') return Array.from({ length: bins + 2 }, (_, cell) => cell);
  // What is no category has one cell there, behind the others; what is neither false nor true none.
  const others = typeof axis.categories[0] === 'boolean' ? null : bins;
  return Array.from({ length: bins + 2 }, (_, cell) => (cell >= 1 && cell <= bins ? cell - 1 : others));
}

/** @throws CaloscopeError ERR_UHI for content of a cell that is nowhere. */
function nestedCells(cells: Float64Array, axes: readonly (readonly (number | null)[])[]): NestedNumbers {
  const sizes = axes.map((places) => Math.max(...places.map((place) => place ?? 0)) + 1);
  if (sizes.every((size, axis) => size === axes[axis]?.length)) return nested(cells, sizes);
  const kept = new Float64Array(sizes.reduce((product, size) => product * size, 1));
  for (const [cell, value] of cells.entries()) {
    let rest = cell;
    let stride = 1;
    let target: number | null = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const places = axes[axis] as readonly (number | null)[];
      const place = places[rest % places.length] ?? null;
      rest = Math.floor(rest / places.length);
      target = place === null || target === null ? null : target + place * stride;
      stride *= sizes[axis] as number;
    }
    if (target !== null) kept[target] = (kept[target] as number) + value;
    else if (value !== 0) {
      throw new CaloscopeError(
        'ERR_UHI',
        'an axis of false and true holds rows that are neither, for which UHI has no cell',
      );
    }
  }
  return nested(kept, sizes);
}

/** @throws CaloscopeError ERR_NON_FINITE for sums that JSON has no number for */
export function writeUhiHistogram(
  axes: readonly HistogramAxis[],
  edges: (axis: number) => Float64Array,
  label: string | undefined,
  sums: KeptSums,
): UhiHistogram {
  const { entries, nanEntries, nanValue, nanVariance } = sums;
  for (const numbers of [sums.values, sums.variances, [nanValue, nanVariance]]) {
    const cell = numbers.findIndex((number) => !Number.isFinite(number));
    if (cell === -1) continue;
    throw new CaloscopeError(
      'ERR_NON_FINITE',
      `the sum ${numbers[cell]} in cell ${cell} cannot be written to UHI: the weights are too large, clip or scale them`,
    );
  }
  const stored = axes.map((axis) => cellsOfAxis(axis));
  const nan =
    nanEntries > 0 ? { nan_entries: nanEntries, nan_value: nanValue, nan_variance: nanVariance } : {};
  return {
    uhi_schema: 1,
    writer_info: { caloscope: { version: packageVersion } },
    metadata: present({ label, entries, ...nan }),
    axes: axes.map((axis, index) => writeAxis(axis, () => edges(index))),
    storage: {
      type: 'weighted',
      values: nestedCells(sums.values, stored),
      variances: nestedCells(sums.variances, stored),
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}

function numberOf(value: unknown): number {
  return Number.isFinite(value) ? (value as number) : 0;
}

function upperEdgeOf(value: string | number | boolean = usualUpperEdge): UpperEdge {
  const known = upperEdges.find((name) => name === value);
  if (known) return known;
  const message = `upper_edge of an axis is ${value}; it ${mustBeOneOf(upperEdges)}`;
  throw new CaloscopeError('ERR_UHI', message);
}

function readAxis(axis: UhiAxis): HistogramAxis {
  if ('circular' in axis && axis.circular) {
    throw new CaloscopeError(
      'ERR_UHI',
      'circular axes cannot be read; write the histogram with a plain axis',
    );
  }
  const { name, label, upper_edge } = axis.metadata ?? {};
  const options = {
    name: textOf(name),
    label: textOf(label),
    upperEdge: upperEdgeOf(upper_edge),
  };
  switch (axis.type) {
    case 'regular':
      return regularAxis(axis.bins, axis.lower, axis.upper, options);
    case 'variable':
      return variableAxis(axis.edges, options);
    case 'boolean':
      return categoryAxis([false, true], options);
    default:
      return categoryAxis(axis.categories, options);
  }
}

/** @throws CaloscopeError ERR_UHI */
export function readUhiHistogram(uhi: UhiHistogram<unknown>): {
  axes: HistogramAxis[];
  label: string | undefined;
  sums: KeptSums;
} {
  const { axes, metadata = {}, storage } = parseUhiHistogram(uhi, 'the value');
  const { label, entries, nan_entries, nan_value, nan_variance } = metadata;
  const read = axes.map(readAxis);
  const stored = axes.map((axis, i) => ({
    cells: binCount(read[i] as HistogramAxis) + 2,
    first: 'underflow' in axis && axis.underflow ? 0 : 1,
  }));
  return {
    axes: read,
    label: textOf(label),
    sums: {
      values: flattened(storage.values, stored),
      variances: flattened(storage.variances, stored),
      entries: countOf(entries),
      nanEntries: countOf(nan_entries),
      nanValue: numberOf(nan_value),
      nanVariance: numberOf(nan_variance),
    },
  };
}
