import { native } from '../../native/binding.js';
import { jetObservableNames } from '../../native/contract/jets.js';
import { runJob } from '../../native/run-job.js';
import { type ThreadedJobOptions, threadsOf } from '../../native/threads.js';
import type { Observable } from '../sample.js';
import { type JetSample, particleColumns } from './jet-sample.js';

type CoreName = (typeof jetObservableNames)[number];

/** What the core computes: definitions and their sources are in native/core/jets/jet_substructure.h. */
const ofCore: Readonly<Record<CoreName, string>> = {
  mass: 'm/p_T',
  pt: 'p_T of the particles/p_T',
  particles: 'number of particles',
  tau21: 'τ₂₁',
  tau32: 'τ₃₂',
  d2: 'D₂',
};

/** Hardest particles whose p_T is an observable of its own. */
const hardest = 3;

const places = Array.from({ length: hardest }, (_, i) => ({
  name: `particle_pt_${i + 1}`,
  label: `p_T of particle ${i + 1}/p_T`,
  unit: '',
}));

const jetPt: Observable = { name: 'jet_pt', label: 'p_T(jet)', unit: 'GeV' };

/** Mass, p_T, multiplicity and substructure of a jet, and the spectra of its hardest particles; masses and momenta in units of its p_T. */
export function jetObservables(sample: JetSample): Observable[] {
  const core = jetObservableNames.map((name) => ({ name, label: ofCore[name], unit: '' }));
  return [...core, ...places, ...(sample.jetPt ? [jetPt] : [])];
}

/**
 * Values of all observables, one array each, by name; NaN where a jet has none.
 *
 * @throws NativeError; `signal.reason` when aborted.
 */
export async function jetValues(
  sample: JetSample,
  options: ThreadedJobOptions,
): Promise<ReadonlyMap<string, Float64Array>> {
  const { rows, particles } = sample;
  const values = await runJob<Float64Array>(
    (notify) => native().jetObservables(particles, rows, threadsOf(options), notify),
    options,
  );
  const core = jetObservableNames.map(
    (name, i) => [name, values.subarray(i * rows, (i + 1) * rows)] as const,
  );
  const spectra = hardestParticles(sample);
  return new Map<string, Float64Array>([
    ...core,
    ...places.map(({ name }, i) => [name, spectra[i] as Float64Array] as const),
    ...(sample.jetPt ? [[jetPt.name, sample.jetPt] as const] : []),
  ]);
}

/** p_T of the hardest, the second, …; NaN where there are fewer. */
function hardestParticles({ particles, capacity, rows }: JetSample): Float64Array[] {
  const found = places.map(() => new Float64Array(rows).fill(Number.NaN));
  for (let row = 0; row < rows; row++) {
    const momenta: number[] = [];
    for (let i = 0; i < capacity; i++) {
      const pt = particles[(row * capacity + i) * particleColumns + 2] as number;
      if (pt > 0) momenta.push(pt);
    }
    momenta.sort((a, b) => b - a);
    for (let i = 0; i < Math.min(hardest, momenta.length); i++)
      (found[i] as Float64Array)[row] = momenta[i] as number;
  }
  return found;
}
