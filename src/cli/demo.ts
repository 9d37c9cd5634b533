import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { resultFolder } from '../evaluation/outputs.js';
import { type OwnFiles, removeOwn } from '../formats/files/own-files.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import { simulateShowers } from '../simulation/shower-file.js';
import { documentOf, evaluateFiles, linesOf } from './evaluate.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

export interface DemoOptions extends options.RunOptions, options.SeedOption {
  readonly out: string;
  readonly force?: boolean;
}

/** The one whose density ratio is known exactly: the demo can say how well its classifiers do. */
const flaw = { distortion: 'depth-shift', strength: 0.5 } as const;

const names = { reference: 'reference.hdf5', generated: 'generated.hdf5', evaluation: 'evaluation' } as const;

const demoFolder: OwnFiles = {
  what: 'earlier demo',
  files: /^(reference|generated)\.hdf5$/,
  folders: { [names.evaluation]: resultFolder },
  mark: { files: /^generated\.hdf5$/, says: 'HDF' },
};

export function demoCommand(): Command {
  const command = new Command('demo')
    .description(
      'simulate two small toy samples, one of them with a flaw, and find it; takes less than a minute',
    )
    .option('--out <folder>', 'folder for samples, result and report; it is made', 'caloscope-demo')
    .option('--force', 'replace an earlier demo');
  options.addSeedOption(command);
  options.addThreadsOption(command);
  return options.addSpeechOptions(command);
}

export async function runDemo(session: Session, chosen: DemoOptions): Promise<void> {
  const { out, seed = 1, threads } = chosen;
  requireAddressSpace();
  using _claim = await claimOutput(out, { force: chosen.force ?? false }, demoFolder);
  await removeOwn(out, demoFolder).catch(() => undefined);
  try {
    await mkdir(out, { recursive: true });
    const reference = join(out, names.reference);
    const generated = join(out, names.generated);
    const toys = { geometry: 'calogan', showers: 5000, seed, threads, signal: session.signal } as const;
    await simulateShowers(reference, { ...toys, onProgress: session.progress.stage('simulating reference') });
    const { exactAuc } = await simulateShowers(generated, {
      ...toys,
      ...flaw,
      onProgress: session.progress.stage('simulating generated'),
    });
    const evaluation = join(out, names.evaluation);
    const result = await evaluateFiles(
      session,
      { reference: [reference], generated: [generated], null: null },
      {
        out: evaluation,
        seed,
        ...(threads !== undefined && { threads }),
        folds: 3,
        members: 1,
        hidden: [64, 64],
        epochs: 12,
      },
    );
    session.conclude({ ...flaw, exactAuc, ...documentOf(result, { out: evaluation }) }, [
      'Two samples of 5,000 toy showers; the maximum of the generated ones lies too deep by half a standard deviation.',
      `The best possible classifier has AUC ${exactAuc?.toFixed(3)}.`,
      ...linesOf(result, evaluation),
    ]);
  } catch (error) {
    await removeOwn(out, demoFolder).catch(() => undefined);
    throw error;
  }
}
