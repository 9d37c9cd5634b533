import { Command } from 'commander';
import { ClassifierEnsemble } from '../classifier/ensemble.js';
import { scoreFile } from '../classifier/file-scores.js';
import { FileError } from '../errors.js';
import type { Precision } from '../native/contract/training.js';
import { computerFor } from '../native/devices.js';
import { readsFiles } from '../samples/kinds.js';
import { packageVersion } from '../versions.js';
import { densityRatioWeights } from '../weights/density-ratio.js';
import { writeWeightsFile } from '../weights/weights-file.js';
import { columns, count, percent } from './figures.js';
import * as options from './options.js';
import { requireOutputFile } from './output-file.js';
import type { Session } from './session.js';

export interface WeightsOptions
  extends options.RunOptions,
    options.DeviceFlags,
    options.ShowerFileOptions,
    options.ScoringOptions {
  readonly precision?: Precision;
  readonly out: string;
  readonly force?: boolean;
}

export function weightsCommand(): Command {
  const command = new Command('weights')
    .description('weigh the showers of a file with a trained classifier')
    .argument('<classifier>', 'folder written by train or evaluate')
    .argument('<file>', 'HDF5 file of showers in the geometry of the classifier')
    .requiredOption('--out <file>', 'HDF5 file for the weights')
    .option('--force', 'replace an existing file')
    .addOption(options.groupOption());
  options.addContentOptions(command);
  options.addScoringOptions(command);
  command.addOption(options.precisionOption('of the products in scoring'));
  options.addThreadsOption(command);
  options.addDeviceOptions(command);
  return options.addSpeechOptions(command);
}

export async function runWeights(
  session: Session,
  classifierPath: string,
  showersPath: string,
  chosen: WeightsOptions,
): Promise<void> {
  const { signal, progress } = session;
  const { out, force = false, clip, precision = 'float32' } = chosen;
  await requireOutputFile(out, { force, inputs: [classifierPath, showersPath] });
  using ensemble = await ClassifierEnsemble.load(classifierPath);
  const { device, reason } = computerFor(chosen);
  const { input, training } = ensemble.description;
  if (!readsFiles(input)) {
    const message = `it reads a table of ${ensemble.inputs} columns, not showers; use the library for tables`;
    throw new FileError('ERR_CLASSIFIER', classifierPath, message);
  }
  const { rows, logits, logRatios, logRatioErrors } = await scoreFile(ensemble, showersPath, {
    group: chosen.group,
    ...options.contentPolicy(chosen),
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
    precision,
    signal,
    onProgress: progress.stage('scoring'),
  });
  const weights = await densityRatioWeights(logRatios, {
    clip: clip ?? undefined,
    signal,
    threads: chosen.threads,
    device: chosen.device,
    devices: chosen.devices,
  });
  progress.stage('writing');
  await writeWeightsFile(
    out,
    [{ group: '/', logWeights: weights.logWeights, logWeightErrors: logRatioErrors, logits }],
    {
      caloscope_version: packageVersion,
      classifier: classifierPath,
      showers: showersPath,
      learners: ensemble.learners.join(' '),
      precision,
      device,
      log_weight: 'ln(p_reference/p_generated)',
    },
    { signal },
  );
  const { health } = weights;
  const document = {
    out,
    rows,
    members: ensemble.members,
    learners: ensemble.learners,
    folds: training?.folds ?? null,
    precision,
    device,
    health,
  };
  session.conclude(document, [
    `Weights: ${out}`,
    ...columns([
      ['showers', count(rows)],
      ['device', `${device}: ${reason}`],
      [
        'mean weight',
        `${health.mean.toFixed(4)} ± ${health.meanError.toFixed(4)} (generated showers: 1 is sound)`,
      ],
      ['effective sample size', `${count(health.effectiveSampleSize)} showers`],
      ['weights below 1', percent(health.shareBelowOne)],
    ]),
  ]);
}
