import { z } from 'zod';
import { CaloscopeError } from '../../errors.js';
import type { UhiAxis, UhiDocument, UhiHistogram } from './uhi.js';

const metadata = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const writerInfo = z.record(z.string(), z.record(z.string(), z.string()));
const flow = {
  underflow: z.boolean(),
  overflow: z.boolean(),
  circular: z.boolean(),
  metadata: metadata.optional(),
  writer_info: writerInfo.optional(),
};

const regularAxis = z
  .strictObject({
    type: z.literal('regular'),
    lower: z.number(),
    upper: z.number(),
    bins: z.int().min(1),
    ...flow,
  })
  .refine(({ lower, upper }) => lower < upper, 'lower must be below upper');

const variableAxis = z
  .strictObject({ type: z.literal('variable'), edges: z.array(z.number()).min(2), ...flow })
  .refine(
    ({ edges }) => edges.every((edge, i) => i === 0 || (edges[i - 1] as number) < edge),
    'edges must rise strictly',
  );

/** All but the lists of numbers, which are checked against the axes by hand. */
const histogramSchema = z.strictObject({
  uhi_schema: z.literal(1),
  writer_info: writerInfo.optional(),
  metadata: metadata.optional(),
  axes: z
    .array(z.discriminatedUnion('type', [regularAxis, variableAxis]))
    .min(1)
    .max(8),
  storage: z.strictObject({ type: z.literal('weighted'), values: z.unknown(), variances: z.unknown() }),
});

/** Cells of an axis in the lists of numbers: bins and the flow cells that it says to have. */
export function storedCells(axis: UhiAxis): number {
  const bins = axis.type === 'regular' ? axis.bins : axis.edges.length - 1;
  return bins + (axis.underflow ? 1 : 0) + (axis.overflow ? 1 : 0);
}

function problemOfLists(list: unknown, axes: readonly UhiAxis[], depth = 0): string | undefined {
  const axis = axes[depth];
  if (axis === undefined) return Number.isFinite(list) ? undefined : `${String(list)} is not a finite number`;
  const cells = storedCells(axis);
  if (!Array.isArray(list) || list.length !== cells) return `axis ${depth} needs lists of ${cells} cells`;
  for (const inner of list) {
    const problem = problemOfLists(inner, axes, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function refuse(what: string, problem: string): never {
  throw new CaloscopeError('ERR_UHI', `${what} is not a histogram that can be read: ${problem}`);
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
}

/**
 * Checks one histogram in UHI serialisation: `uhi_schema` 1, regular and variable axes, storage `weighted`, lists of finite
 * numbers that fit the axes. `what` names it in the error.
 *
 * @throws CaloscopeError ERR_UHI
 */
export function parseUhiHistogram(value: unknown, what: string): UhiHistogram {
  const parsed = histogramSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as z.core.$ZodIssue;
    refuse(`${what}${pathOf(issue)}`, issue.message);
  }
  const histogram = parsed.data as UhiHistogram;
  for (const key of ['values', 'variances'] as const) {
    const problem = problemOfLists(histogram.storage[key], histogram.axes);
    if (problem !== undefined) refuse(`${what}.storage.${key}`, problem);
  }
  return histogram;
}

/**
 * Checks a document `{name: histogram}` in UHI serialisation, the part of it that caloscope knows: see
 * {@link parseUhiHistogram}. Category and boolean axes and storages other than `weighted` are refused.
 *
 * @throws CaloscopeError ERR_UHI
 */
export function parseUhiDocument(value: unknown): UhiDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('the document', 'it must be an object of named histograms');
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, histogram]) => [
      name,
      parseUhiHistogram(histogram, `histogram ${JSON.stringify(name)}`),
    ]),
  );
}
