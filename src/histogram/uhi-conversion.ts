import { createRequire } from 'node:module';
import { CaloscopeError } from '../errors.js';
import type { UhiAxis, UhiHistogram, UhiMetadata } from '../formats/uhi/uhi.js';
import { parseUhiHistogram, storedCells } from '../formats/uhi/uhi-schema.js';
import { mustBeOneOf } from '../names.js';
import { type UpperEdge, upperEdges } from '../native/contract/histograms.js';
import { binCount, type HistogramAxis, regularAxis, usualUpperEdge, variableAxis } from './axis.js';
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

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

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
  const rest = Object.keys(metadata).length > 0 ? { ...flow, metadata } : flow;
  if (axis.type === 'regular') {
    return { type: 'regular', lower: axis.lower, upper: axis.upper, bins: axis.bins, ...rest };
  }
  return { type: 'variable', edges: Array.from(edges()), ...rest };
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
  const sizes = axes.map((axis) => binCount(axis) + 2);
  const nan =
    nanEntries > 0 ? { nan_entries: nanEntries, nan_value: nanValue, nan_variance: nanVariance } : {};
  return {
    uhi_schema: 1,
    writer_info: { caloscope: { version } },
    metadata: present({ label, entries, ...nan }),
    axes: axes.map((axis, index) => writeAxis(axis, () => edges(index))),
    storage: {
      type: 'weighted',
      values: nested(sums.values, sizes),
      variances: nested(sums.variances, sizes),
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
  if (axis.circular) {
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
  if (axis.type === 'regular') return regularAxis(axis.bins, axis.lower, axis.upper, options);
  return variableAxis(axis.edges, options);
}

/** @throws CaloscopeError ERR_UHI */
export function readUhiHistogram(uhi: UhiHistogram): {
  axes: HistogramAxis[];
  label: string | undefined;
  sums: KeptSums;
} {
  const { axes, metadata = {}, storage } = parseUhiHistogram(uhi, 'the value');
  const { label, entries, nan_entries, nan_value, nan_variance } = metadata;
  const stored = axes.map((axis) => ({
    cells: storedCells({ ...axis, underflow: true, overflow: true }),
    first: axis.underflow ? 0 : 1,
  }));
  return {
    axes: axes.map(readAxis),
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
