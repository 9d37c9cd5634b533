import * as z from 'zod';
import type { Geometry } from '../../geometry/geometry.js';
import { geometryFromRecord, geometryRecord, geometryRecordSchema } from '../../geometry/geometry-record.js';
import { requireInstance, requireKnownOptions } from '../../names.js';
import { native } from '../../native/binding.js';
import { type FeatureSetName, featureSetNames } from '../../native/contract/showers.js';
import { callNative } from '../../native/run-job.js';
import type { AnyInput } from '../sample.js';
import { nativeGeometry, ShowerSample } from './shower-sample.js';

export { type FeatureSetName, featureSetNames } from '../../native/contract/showers.js';

/** Classifiers read a feature set of a geometry. */
export interface ShowerInput {
  readonly kind: 'showers';
  readonly features: FeatureSetName;
  readonly geometry: Geometry;
  /** MeV; voxels below count as zero. null for none. */
  readonly threshold: number | null;
  /** Names of the conditions that they read beside the incident energy. */
  readonly conditions: readonly string[];
}

export const storedShowerInput = z.strictObject({
  kind: z.literal('showers'),
  features: z.enum(featureSetNames),
  geometry: geometryRecordSchema,
  threshold: z.number().nullable(),
  conditions: z.array(z.string()).default([]),
});

type StoredShowerInput = z.output<typeof storedShowerInput>;

export function isShowerInput(input: AnyInput): input is ShowerInput {
  return input.kind === 'showers';
}

export function showerColumns({ geometry, features, conditions }: ShowerInput): readonly string[] {
  const ofSet = callNative(() => native().featureNames(nativeGeometry(geometry), features));
  return [...conditions.map((name) => `condition_${name}`), ...ofSet];
}

/** How many of the columns are made from the hits of a shower when it is read, voxels or groups of them, and not stored. */
export function voxelColumns(input: ShowerInput): number {
  return showerColumns(input).filter((name) => /^voxels?_\d/.test(name)).length;
}

export function storeShowerInput(input: ShowerInput): StoredShowerInput {
  return { ...input, conditions: [...input.conditions], geometry: geometryRecord(input.geometry) };
}

/** @throws CaloscopeError ERR_GEOMETRY. */
export function restoreShowerInput(stored: StoredShowerInput): ShowerInput {
  return { ...stored, geometry: geometryFromRecord(stored.geometry) };
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
  requireInstance(sample, ShowerSample, 'sample');
  requireKnownOptions(options, { threshold: true, first: true, count: true });
  const { threshold = null, first = 0, count = sample.rows - first } = options;
  const geometry = nativeGeometry(sample.geometry);
  return callNative(() => ({
    columns: native().featureNames(geometry, features),
    values: native().featureRows(sample.handle, geometry, features, threshold, first, count),
  }));
}
