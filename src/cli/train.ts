import { readdir, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { rowsNeeded } from '../classifier/cross-fitting.js';
import { trainingChoices, trainingSchema } from '../classifier/settings.js';
import { type TrainedClassifier, trainClassifier } from '../classifier/training.js';
import { FileError } from '../errors.js';
import { requireFolderAbove, writeWholeFolder } from '../formats/files/whole-output.js';
import { computerFor } from '../native/devices.js';
import { keepingCheckpoints, requireCheckpointFolder } from './checkpoints.js';
import { columns, count } from './figures.js';
import { inputLines, warningLines } from './findings.js';
import { addPairArguments, checkPair, openPair, type PairOptions, pairFiles } from './inputs.js';
import * as options from './options.js';
import type { Session } from './session.js';

export interface TrainOptions
  extends PairOptions,
    options.RunOptions,
    options.DeviceFlags,
    options.SampleFileOptions,
    options.TrainingFlags,
    options.CheckpointFlags {
  readonly out: string;
  readonly force?: boolean;
  readonly allowSame?: boolean;
}

export function trainCommand(): Command {
  const command = addPairArguments(
    new Command('train').description(
      'train classifiers on the showers of two samples, to weigh other files with',
    ),
  )
    .requiredOption('--out <folder>', 'folder for the classifier; it is made')
    .option('--force', 'replace an earlier classifier')
    .option('--allow-same', 'train on a file against itself, on purpose');
  options.addGeometryOptions(command);
  options.addContentOptions(command);
  options.addTrainingOptions(command);
  options.addCheckpointOptions(command);
  options.addThreadsOption(command);
  options.addDeviceOptions(command);
  options.addSpeechOptions(command);
  return command.addHelpText(
    'after',
    '\nThe weights of the very showers that a classifier was trained on are too good: use evaluate for those.',
  );
}

export async function runTrain(
  session: Session,
  reference: string | undefined,
  generated: string | undefined,
  chosen: TrainOptions,
): Promise<void> {
  computerFor(chosen); // refused before files are read
  await requireClassifierFolder(chosen.out, chosen.force ?? false);
  const checkpoint = await requireCheckpointFolder(chosen, session);
  const needed = rowsNeeded(trainingChoices(trainingSchema, options.trainingOptions(chosen)));
  const needs = { ...needed, allowSame: chosen.allowSame ?? false };
  const files = await pairFiles([reference, generated], chosen);
  await checkPair(files, chosen, needs, session);
  const outcome = await keepingCheckpoints(checkpoint, session, async () => {
    using pair = await openPair(files, chosen, session);
    const trained = await trainClassifier(pair.reference, pair.generated, {
      ...options.trainingOptions(chosen),
      threads: chosen.threads,
      device: chosen.device,
      devices: chosen.devices,
      checkpoint,
      signal: session.signal,
      onProgress: session.progress.stage('training'),
    });
    try {
      await writeWholeFolder(chosen.out, (partial) => trained.ensemble.save(partial), session.signal);
      return outcomeOf(trained, chosen.out);
    } finally {
      trained.ensemble.dispose();
    }
  });
  session.conclude(...outcome);
}

/** @throws FileError ERR_OUTPUT for a folder that a classifier cannot be written to, or must not. */
async function requireClassifierFolder(folder: string, force: boolean): Promise<void> {
  await requireFolderAbove(folder);
  const present = await stat(folder).catch(() => null);
  if (!present) return;
  if (!present.isDirectory()) throw new FileError('ERR_OUTPUT', folder, 'this is a file; name a new folder');
  if (!force) {
    const message = 'this folder exists; name a new one, or replace it with --force';
    throw new FileError('ERR_OUTPUT', folder, message);
  }
  const others = (await readdir(folder)).filter((name) => !name.endsWith('.safetensors'));
  if (others.length > 0) {
    const message = `this folder holds more than a classifier (${others[0]}) and is not replaced; name a new one`;
    throw new FileError('ERR_OUTPUT', folder, message);
  }
}

function outcomeOf(trained: TrainedClassifier, folder: string): [object, string[]] {
  const { ensemble, records, input, warnings } = trained;
  const networks = records
    .filter((record) => record !== null)
    .map(({ bestEpoch, epochs, stoppedEarly, trainingRows }, network) => {
      const validationLoss = epochs[bestEpoch]?.validationLoss ?? null;
      return { network, trainingRows, epochs: epochs.length, bestEpoch, stoppedEarly, validationLoss };
    });
  const { learners, members, parameters } = ensemble;
  const document = { out: folder, learners, members, parameters, networks, input, warnings };
  const rows = networks.map(({ network, epochs, validationLoss }) => {
    const loss = validationLoss?.toFixed(4) ?? 'none';
    return [`network ${network}`, `${epochs} epochs`, `validation loss ${loss} (a coin toss: 0.6931)`];
  });
  return [
    document,
    [
      `Classifier: ${folder}, ${count(members)} members (${learners.join(', ')})`,
      ...columns(rows),
      'Input:',
      ...inputLines(input),
      ...warningLines(warnings),
    ],
  ];
}
