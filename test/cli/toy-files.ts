import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateShowers } from '#caloscope/simulation/shower-file';

export interface ToyFiles {
  readonly folder: string;
  readonly reference: string;
  readonly generated: string;
  /** A folder in it that did not exist before. */
  newFolder(): string;
  remove(): void;
}

/** Two files of toy showers, one with a flaw; they need nothing from outside the repository. */
export async function makeToyFiles(showers: number): Promise<ToyFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-toys-'));
  const reference = join(folder, 'reference.hdf5');
  const generated = join(folder, 'generated.hdf5');
  await simulateShowers(reference, { geometry: 'calogan', showers, seed: 1 });
  await simulateShowers(generated, { geometry: 'calogan', showers, seed: 1, distortion: 'energy-scale' });
  let folders = 0;
  return {
    folder,
    reference,
    generated,
    newFolder() {
      folders += 1;
      const path = join(folder, `run-${folders}`);
      mkdirSync(path);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Settings of a training that takes a moment. */
export const quick = [
  ...['--folds', '3', '--learners', 'network,logistic'],
  ...['--hidden', '8', '--epochs', '2', '--threads', '1'],
];
