import { ArgumentError } from '../errors.js';
import type { Geometry } from '../geometry/geometry.js';
import { native } from '../native/binding.js';
import type { FeatureSetName, FeatureTableHandle } from '../native/contract/showers.js';
import { callNative, NativeObject, runJob } from '../native/run-job.js';
import { type ThreadedJobOptions, threadsOf } from '../native/threads.js';
import { nativeGeometry, type ShowerSample } from '../samples/showers/shower-sample.js';

export type { FeatureSetName } from '../native/contract/showers.js';

/** The feature sets by name; the definitions are in the README and in native/core/samples/feature_set.h. */
export const featureSetNames: readonly FeatureSetName[] = ['low', 'low-normalised', 'high'];

/** A sample that is a table of numbers already: toys, tables, a user's own features. */
export interface MatrixSample {
  /** rows × columns, row by row; finite. */
  readonly values: Float32Array;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Named in results and reports. */
  readonly name?: string;
}

export type Sample = ShowerSample | MatrixSample;

export function isMatrix(sample: Sample): sample is MatrixSample {
  return 'columns' in sample;
}

export function rowsOf(sample: Sample): number {
  return isMatrix(sample) ? sample.values.length / sample.columns.length : sample.rows;
}

/** What a classifier reads: a feature set of a geometry, or the columns of a matrix. */
export type InputDescription =
  | {
      readonly kind: 'showers';
      readonly features: FeatureSetName;
      readonly geometry: Geometry;
      /** MeV; voxels below count as zero. null for none. */
      readonly threshold: number | null;
    }
  | { readonly kind: 'matrix'; readonly columns: readonly string[] };

/**
 * What classifiers of two samples read; refuses samples that do not fit together.
 *
 * @param choices.threshold MeV, null for none, or `published` for the readout threshold of the geometry.
 * @throws ArgumentError ERR_LAYOUT, ERR_VOXEL_COUNT, ERR_GEOMETRY, ERR_SHAPE.
 */
export function inputFor(
  reference: Sample,
  generated: Sample,
  choices: { readonly features: FeatureSetName; readonly threshold: number | null | 'published' },
): InputDescription {
  if (isMatrix(reference) && isMatrix(generated)) {
    const input: InputDescription = { kind: 'matrix', columns: reference.columns };
    requireSameColumns(generated, input);
    return input;
  }
  if (isMatrix(reference) || isMatrix(generated)) {
    throw new ArgumentError('ERR_SHAPE', 'one sample is a matrix and the other holds showers');
  }
  requireSameDetector(reference, generated);
  const { geometry } = reference;
  const threshold = choices.threshold === 'published' ? geometry.threshold : choices.threshold;
  return { kind: 'showers', features: choices.features, geometry, threshold };
}

function requireSameDetector(reference: ShowerSample, generated: ShowerSample): void {
  const [first, second] = [reference.geometry, generated.geometry];
  if (reference.origin.layout !== generated.origin.layout) {
    throw new ArgumentError(
      'ERR_LAYOUT',
      `the reference sample has the layout ${reference.origin.layout}, the generated sample ${generated.origin.layout}; compare files of one layout`,
    );
  }
  if (first.voxels !== second.voxels) {
    throw new ArgumentError(
      'ERR_VOXEL_COUNT',
      `the reference showers have ${first.voxels} voxels (${first.name}), the generated ones ${second.voxels} (${second.name})`,
    );
  }
  if (first.name !== second.name || JSON.stringify(first.layers) !== JSON.stringify(second.layers)) {
    throw new ArgumentError(
      'ERR_GEOMETRY',
      `the reference showers are in the geometry ${first.name}, the generated ones in ${second.name}`,
    );
  }
}

/** Names of the columns of the network input. */
export function featureNames(input: InputDescription): readonly string[] {
  if (input.kind === 'matrix') return input.columns;
  return callNative(() => native().featureNames(nativeGeometry(input.geometry), input.features));
}

/** Rows of features in native memory, ready for a network. */
export class FeatureTable extends NativeObject<'feature-table'> {
  /** @internal Use makeFeatures. */
  constructor(handle: FeatureTableHandle) {
    super(handle);
  }
}

/**
 * The features of all rows of a sample.
 *
 * @throws ArgumentError ERR_SHAPE when the sample is not what `input` describes; NativeError ERR_INCIDENT_ENERGY with
 * the row.
 */
export async function makeFeatures(
  sample: Sample,
  input: InputDescription,
  options: ThreadedJobOptions = {},
): Promise<FeatureTable> {
  if (isMatrix(sample)) {
    requireSameColumns(sample, input);
    return new FeatureTable(callNative(() => native().makeMatrix(sample.values, sample.columns.length)));
  }
  if (input.kind === 'matrix') {
    throw new ArgumentError(
      'ERR_SHAPE',
      `the classifier takes ${input.columns.length} columns, not showers: pass a matrix`,
    );
  }
  const geometry = nativeGeometry(input.geometry);
  const threads = threadsOf(options);
  const handle = await runJob<FeatureTableHandle>(
    (notify) =>
      native().makeFeatures(sample.handle, geometry, input.features, input.threshold, threads, notify),
    options,
  );
  return new FeatureTable(handle);
}

function requireSameColumns(sample: MatrixSample, input: InputDescription): void {
  const { values, columns } = sample;
  if (columns.length === 0 || values.length % columns.length !== 0) {
    throw new ArgumentError(
      'ERR_SHAPE',
      `a matrix of ${values.length} numbers does not have rows of ${columns.length} columns`,
    );
  }
  const expected = featureNames(input);
  if (expected.length !== columns.length || columns.some((name, i) => name !== expected[i])) {
    throw new ArgumentError(
      'ERR_SHAPE',
      `the matrix has ${columns.length} columns (${shortList(columns)}), ${expected.length} are expected (${shortList(expected)})`,
    );
  }
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
}

/**
 * Features in double precision, to be checked against other code: count × columns, row by row.
 *
 * @param threshold MeV; voxels below count as zero; null for none.
 */
export function featureRows(
  sample: ShowerSample,
  features: FeatureSetName,
  options: { readonly threshold?: number | null; readonly first?: number; readonly count?: number } = {},
): { readonly columns: readonly string[]; readonly values: Float64Array } {
  const { threshold = null, first = 0, count = sample.rows - first } = options;
  const geometry = nativeGeometry(sample.geometry);
  return callNative(() => ({
    columns: native().featureNames(geometry, features),
    values: native().featureRows(sample.handle, geometry, features, threshold, first, count),
  }));
}
