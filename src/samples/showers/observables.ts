import type { Geometry } from '../../geometry/geometry.js';
import { requireInstance, requireKnownOptions, requireObject } from '../../names.js';
import { native } from '../../native/binding.js';
import type { ObservableRecord } from '../../native/contract/showers.js';
import { callNative, runJob } from '../../native/run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from '../../native/threads.js';
import { nativeGeometry, ShowerSample } from './shower-sample.js';

/** All observables of a geometry, in the core's order; the definitions are in native/core/samples/observables.cc. */
export function observablesOf(geometry: Geometry): readonly ObservableRecord[] {
  return callNative(() => native().observables(nativeGeometry(geometry)));
}

/**
 * Values of some observables of all showers, one array each, in the order requested. NaN where a shower has none: the center of
 * an empty layer, a fraction of no energy.
 *
 * @param chosen indices into {@link observablesOf}.
 * @param options.threshold MeV; voxels below count as zero; null for none.
 * @throws NativeError ERR_SHAPE, ERR_ARGUMENT; `signal.reason` when aborted.
 */
export async function observableValues(
  showers: ShowerSample,
  chosen: readonly number[],
  options: ThreadedJobOptions & { readonly threshold?: number | null } = {},
): Promise<readonly Float64Array[]> {
  requireInstance(showers, ShowerSample, 'showers');
  requireKnownOptions(options, { ...threadedJobOptions, threshold: true });
  requireObject(chosen, 'chosen', 'a list of indices');
  const { threshold = null } = options;
  const geometry = nativeGeometry(showers.geometry);
  const threads = threadsOf(options);
  const indices = Uint32Array.from(chosen);
  const values = await runJob<Float64Array>(
    (notify) => native().observableValues(showers.handle, geometry, threshold, indices, threads, notify),
    options,
  );
  return chosen.map((_, i) => values.subarray(i * showers.rows, (i + 1) * showers.rows));
}
