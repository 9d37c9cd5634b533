/**
 * caloscope as a part of an analysis tool: ranks generated samples by how well they can be told from a reference, with an observable of one's own.
 *
 *     node rank-generators.ts geant4.hdf5 flow.hdf5 diffusion.hdf5 …
 */
import { basename } from 'node:path';
import { CaloscopeError, evaluate, type OwnObservable, openShowers } from 'caloscope';

/** Share of the deposited energy in the brightest voxel. */
const peak: OwnObservable = {
  name: 'peak_share',
  label: 'brightest voxel / E_dep',
  unit: '',
  values: ({ rows, voxels, geometry }) =>
    Float64Array.from({ length: rows }, (_, row) => {
      const shower = voxels.subarray(row * geometry.voxels, (row + 1) * geometry.voxels);
      let [sum, largest] = [0, 0];
      for (const energy of shower) {
        sum += energy;
        largest = Math.max(largest, energy);
      }
      return sum > 0 ? largest / sum : 0;
    }),
};

interface Rank {
  readonly file: string;
  readonly auc: number;
  readonly error: number;
  readonly verdict: string;
  /** Separation power of the own observable, in 1/1000. */
  readonly peak: number;
}

async function rankOf(reference: string, generated: string): Promise<Rank> {
  using truth = await openShowers(reference);
  using sample = await openShowers(generated);
  const { result, ensemble } = await evaluate(truth, sample, {
    features: 'high',
    folds: 3,
    learners: ['logistic', 'trees'],
    observables: [peak],
  });
  ensemble.dispose();
  const own = result.observables.find(({ name }) => name === peak.name);
  const { value: auc, standardError: error } = result.auc;
  const separation = own?.separation.generated ?? Number.NaN;
  return { file: basename(generated), auc, error, verdict: result.verdict.level, peak: 1000 * separation };
}

const [reference, ...generated] = process.argv.slice(2);
if (reference === undefined || generated.length === 0) {
  console.error('usage: node rank-generators.ts REFERENCE GENERATED…');
  process.exit(2);
}
try {
  const ranks: Rank[] = [];
  for (const file of generated) ranks.push(await rankOf(reference, file));
  ranks.sort((a, b) => a.auc - b.auc);
  for (const { file, auc, error, verdict, peak } of ranks)
    console.log(
      `${file}: AUC ${auc.toFixed(3)} ± ${error.toFixed(3)}, ${verdict}, separation of the peak ${peak.toFixed(1)}·10⁻³`,
    );
} catch (error) {
  // One line with a stable code: what is wrong, where, what to do.
  if (!(error instanceof CaloscopeError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
