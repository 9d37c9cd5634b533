import { Command } from 'commander';
import * as z from 'zod';
import { CaloscopeError } from '../errors.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import { alternatives, oneOf } from '../names.js';
import { distortionNames, toyGeometryNames } from '../native/contract/simulation.js';
import { type SampleRole, sampleRoles } from '../native/contract/statistics.js';
import { type DistortionName, distortions } from '../simulation/distortions.js';
import { type JetDistortionName, jetDistortionNames, jetDistortions } from '../simulation/jet-distortions.js';
import { distortJets } from '../simulation/jet-file.js';
import { simulateShowers } from '../simulation/shower-file.js';
import { planToySample, type ToyGeometryName } from '../simulation/toy-showers.js';
import { count } from './figures.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

export interface SimulateOptions extends options.RunOptions, options.SeedOption {
  readonly geometry?: ToyGeometryName;
  readonly showers?: number;
  readonly distortion?: DistortionName | JetDistortionName;
  readonly from?: string;
  readonly strength?: number;
  readonly sample?: SampleRole;
  readonly force?: boolean;
}

const distortionList = distortions.map(({ name, description, strength, exactRatio }) => {
  const known = exactRatio ? ' [exact weights are stored]' : '';
  return `  ${name}: ${description}; strength: ${strength.meaning}, default ${strength.default}${known}`;
});

const jetDistortionList = jetDistortionNames.map((name) => `  ${name}: ${jetDistortions[name]}`);

const usual = { geometry: 'calogan', showers: 10_000 } as const;

/** What a file of jets does not take: it gives the jets, and all that make the distorted sample are written. */
const ofToyShowers = ['geometry', 'showers', 'strength', 'sample'] as const;

function isOfJets(name: string | undefined): name is JetDistortionName {
  return (jetDistortionNames as readonly (string | undefined)[]).includes(name);
}

export function simulateCommand(): Command {
  const showers = z.int({ error: 'must be a whole number of showers from 1 on' }).min(1, {
    error: 'must be a whole number of showers from 1 on',
  });
  const strength = z.number({ error: 'must be a number' });
  const word = (text: string) => text;
  const command = new Command('simulate')
    .description(
      'write a file of toy showers: for tests and examples, nothing about a detector follows from them',
    )
    .argument('<file>', 'HDF5 file to write')
    .addOption(
      options.checkedOption(
        '--geometry <name>',
        `${alternatives(toyGeometryNames)} (default: ${usual.geometry})`,
        oneOf(toyGeometryNames),
        word,
      ),
    )
    .addOption(
      options.checkedOption('--showers <n>', `number of showers (default: ${usual.showers})`, showers),
    )
    .addOption(
      options.checkedOption(
        '--distortion <name>',
        'what is wrong (default: nothing)',
        oneOf([...distortionNames, ...jetDistortionNames]),
        word,
      ),
    )
    .addOption(options.checkedOption('--strength <x>', 'strength of the distortion', strength))
    .addOption(
      options.checkedOption(
        '--sample <role>',
        'generated: distorted; reference: not distorted, with exact weights against the distorted sample where they are known',
        oneOf(sampleRoles),
        word,
      ),
    )
    .option('--from <file>', 'HDF5 file of jets: those of them that make a distorted sample are written')
    .option('--force', 'replace an existing file');
  options.addSeedOption(command);
  options.addThreadsOption(command);
  options.addSpeechOptions(command);
  return command.addHelpText(
    'after',
    `\nDistortions:\n${distortionList.join('\n')}\nDistortions of jets, with --from:\n${jetDistortionList.join('\n')}`,
  );
}

export async function runSimulate(session: Session, path: string, chosen: SimulateOptions): Promise<void> {
  const { seed = 1, distortion, strength, sample, threads, from } = chosen;
  if (from !== undefined || isOfJets(distortion)) {
    await runDistortJets(session, path, chosen);
    return;
  }
  const { geometry, showers } = { ...usual, ...chosen };
  const plan = { geometry, showers, seed, distortion, strength, sample, threads };
  planToySample(plan); // options that do not go together are wrong usage, whatever the file
  const { force = false } = chosen;
  requireAddressSpace();
  using _claim = await claimOutput(path, { force });
  const record = await simulateShowers(path, {
    ...plan,
    force,
    signal: session.signal,
    onProgress: session.progress.stage('simulating'),
  });
  const what = record.distortion
    ? `distortion ${record.distortion}, strength ${record.strength}, ${record.sample} sample`
    : 'not distorted';
  session.conclude(record, [
    `${count(record.showers)} toy showers in ${path} (${record.geometry}, ${what}, seed ${record.seed})`,
    ...(record.exactAuc === null
      ? []
      : [`The best possible classifier against its counterpart has AUC ${record.exactAuc.toFixed(4)}`]),
  ]);
}

async function runDistortJets(session: Session, path: string, chosen: SimulateOptions): Promise<void> {
  const { from, distortion, seed, threads, force = false } = chosen;
  if (from === undefined || !isOfJets(distortion)) {
    const message = `${jetDistortionNames.join(', ')} are made from a file of jets: --from FILE --distortion NAME`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  const other = ofToyShowers.find((name) => chosen[name] !== undefined);
  if (other !== undefined) {
    const message = `--${other} is for toy showers; of jets (--from) those that make the distorted sample are written: leave it out`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  using _claim = await claimOutput(path, { force, inputs: [from] });
  const { signal, progress } = session;
  const onProgress = progress.stage('simulating');
  const record = await distortJets(from, path, { distortion, seed, threads, force, signal, onProgress });
  const { given, kept } = record.jets;
  session.conclude(record, [
    `${count(kept)} of the ${count(given)} jets of ${from} in ${path} (distortion ${distortion}, seed ${record.seed})`,
  ]);
}
