import { z } from 'zod';
import { CaloscopeError } from '../../errors.js';
import type { UhiAxis, UhiDocument, UhiHistogram } from './uhi.js';
import { denseStorage, StorageProblem } from './uhi-storage.js';

const metadata = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const writerInfo = z.record(z.string(), metadata);
const about = { metadata: metadata.optional(), writer_info: writerInfo.optional() };
const flow = {
  underflow: z.boolean(),
  overflow: z.boolean(),
  circular: z.boolean(),
  ...about,
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

const different = { error: 'must be different' };
const unique = (list: readonly unknown[]) => new Set(list).size === list.length;
const textAxis = z.strictObject({
  type: z.literal('category_str'),
  categories: z.array(z.string()).min(1).refine(unique, different),
  flow: z.boolean(),
  ...about,
});
const numberAxis = z.strictObject({
  type: z.literal('category_int'),
  categories: z.array(z.int()).min(1).refine(unique, different),
  flow: z.boolean(),
  ...about,
});
const booleanAxis = z.strictObject({ type: z.literal('boolean'), ...about });

/** Means of samples are no sums. */
const mustBeCounts = 'must be int, double or weighted';
const counts = ['int', 'double', 'weighted'] as const;

/** All but the lists of numbers, which are checked against the axes by hand. */
const histogramSchema = z.strictObject({
  uhi_schema: z.literal(1, { error: 'must be 1, the version of the schema that is read' }),
  writer_info: writerInfo.optional(),
  metadata: metadata.optional(),
  axes: z
    .array(z.discriminatedUnion('type', [regularAxis, variableAxis, textAxis, numberAxis, booleanAxis]))
    .min(1)
    .max(8),
  storage: z.strictObject({
    type: z.enum(counts, { error: mustBeCounts }),
    index: z.unknown().optional(),
    values: z.unknown().optional(),
    variances: z.unknown().optional(),
  }),
});

function refuse(what: string, problem: string): never {
  throw new CaloscopeError('ERR_UHI', `${what} is not a histogram that can be read: ${problem}`);
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
}

/**
 * Checks one histogram in UHI serialisation, `uhi_schema` 1: axes of all types, storages that count (`int`, `double`, `weighted`), dense, sparse or empty.
 * It comes back with dense lists of values and variances; counts are their own variance. `what` names it in the error.
 *
 * @throws CaloscopeError ERR_UHI
 */
export function parseUhiHistogram(value: unknown, what = 'the document'): UhiHistogram {
  const parsed = histogramSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as z.core.$ZodIssue;
    refuse(`${what}${pathOf(issue)}`, issue.message);
  }
  const { storage, ...rest } = parsed.data;
  const dense = denseStorage(storage, rest.axes as readonly UhiAxis[]);
  if (dense instanceof StorageProblem) refuse(`${what}.storage${dense.place}`, dense.what);
  return { ...rest, storage: dense } as UhiHistogram;
}

/** What a histogram is called that stands alone at the top of its document. */
const nameOfOne = 'histogram';

/**
 * Checks a document in UHI serialisation: `{name: histogram}`, or one histogram, which comes back as `{histogram: …}`; see
 * {@link parseUhiHistogram}. Storages of means are refused.
 *
 * @throws CaloscopeError ERR_UHI
 */
export function parseUhiDocument(value: unknown): UhiDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('the document', 'it must be a histogram or an object of named histograms');
  }
  if ('uhi_schema' in value) return { [nameOfOne]: parseUhiHistogram(value) };
  return Object.fromEntries(
    Object.entries(value).map(([name, histogram]) => [
      name,
      parseUhiHistogram(histogram, `histogram ${JSON.stringify(name)}`),
    ]),
  );
}
