import type { Geometry } from '../../geometry/geometry.js';
import { native } from '../../native/binding.js';
import { callNative, runJob } from '../../native/run-job.js';
import { type ThreadedJobOptions, threadsOf } from '../../native/threads.js';
import type { Observable } from '../sample.js';
import { nativeGeometry, type ShowerSample } from './shower-sample.js';

type Describe = (layer: string, lengthUnit: string) => { label: string; unit: string };

const descriptions: Readonly<Record<string, Describe>> = {
  incident_energy: () => ({ label: 'E_inc', unit: 'MeV' }),
  deposited_energy: () => ({ label: 'E_dep', unit: 'MeV' }),
  energy_ratio: () => ({ label: 'E_dep / E_inc', unit: '' }),
  depth: () => ({ label: 'mean layer, energy-weighted', unit: '' }),
  depth_width: () => ({ label: 'width in layers, energy-weighted', unit: '' }),
  occupancy: () => ({ label: 'occupancy', unit: '' }),
  brightest_fraction: () => ({ label: 'brightest voxel / E_dep', unit: '' }),
  layer_energy: (layer) => ({ label: `energy in layer ${layer}`, unit: 'MeV' }),
  layer_occupancy: (layer) => ({ label: `occupancy of layer ${layer}`, unit: '' }),
  centre_r: (layer, unit) => ({ label: `centre of energy in r, layer ${layer}`, unit }),
  width_r: (layer, unit) => ({ label: `width in r, layer ${layer}`, unit }),
  centre_eta: (layer, unit) => ({ label: `centre of energy in η, layer ${layer}`, unit }),
  centre_phi: (layer, unit) => ({ label: `centre of energy in φ, layer ${layer}`, unit }),
  width_eta: (layer, unit) => ({ label: `width in η, layer ${layer}`, unit }),
  width_phi: (layer, unit) => ({ label: `width in φ, layer ${layer}`, unit }),
};

/** All observables of a geometry, in the core's order; the definitions are in native/core/samples/observables.h. */
export function observablesOf(geometry: Geometry): readonly Observable[] {
  return callNative(() => native().observableNames(nativeGeometry(geometry))).map((name) => {
    const layer = /_(\d+)$/.exec(name)?.[1] ?? '';
    const kind = layer === '' ? name : name.slice(0, -layer.length - 1);
    const describe = descriptions[kind] ?? (() => ({ label: name, unit: '' }));
    return { name, ...describe(layer, geometry.lengthUnit) };
  });
}

/**
 * Values of some observables of all showers, one array each, in the order asked for.
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
  const { threshold = null } = options;
  const geometry = nativeGeometry(showers.geometry);
  const threads = threadsOf(options);
  const indices = Uint32Array.from(chosen);
  const values = await runJob<Float64Array>(
    (notify) => native().observables(showers.handle, geometry, threshold, indices, threads, notify),
    options,
  );
  return chosen.map((_, i) => values.subarray(i * showers.rows, (i + 1) * showers.rows));
}
