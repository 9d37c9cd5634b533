import { Command } from 'commander';
import { classifierFolder } from '../classifier/classifier-folder.js';
import { rowsNeeded } from '../classifier/cross-fitting.js';
import { trainingChoices, trainingSchema } from '../classifier/settings.js';
import { type TrainedClassifier, trainClassifier } from '../classifier/training.js';
import { writeWholeFolder } from '../formats/files/whole-output.js';
import { sampleRoles } from '../native/contract/statistics.js';
import { computerFor } from '../native/devices.js';
import { isDoneAlready, keepingCheckpoints, requireCheckpointFolder } from './checkpoints.js';
import { columns, count } from './figures.js';
import { inputLines, rowsText, selectionLines, warningLines } from './findings.js';
import { addPairArguments, checkPair, openPair, type PairOptions, pairFiles } from './inputs.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
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
  command.addOption(options.multiplicityOption());
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
  const { out, force = false } = chosen;
  if (await isDoneAlready(chosen, classifierFolder, session)) return;
  const files = await pairFiles([reference, generated], chosen);
  const inputs = [...files.reference, ...files.generated];
  using _claim = await claimOutput(out, { force, inputs }, classifierFolder);
  const checkpoint = await requireCheckpointFolder(chosen, session);
  const needed = rowsNeeded(trainingChoices(trainingSchema, options.trainingOptions(chosen)));
  const needs = { ...needed, allowSame: chosen.allowSame ?? false };
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
      const replaceable = force ? classifierFolder : 'nothing';
      const { signal } = session;
      await writeWholeFolder(out, (partial) => trained.ensemble.save(partial), { replaceable, signal });
      return outcomeOf(trained, out);
    } finally {
      trained.ensemble.dispose();
    }
  });
  session.conclude(...outcome);
}

function outcomeOf(trained: TrainedClassifier, folder: string): [object, string[]] {
  const { ensemble, records, samples, input, warnings } = trained;
  const networks = records
    .filter((record) => record !== null)
    .map(({ bestEpoch, epochs, stoppedEarly, trainingRows }, network) => {
      const validationLoss = epochs[bestEpoch]?.validationLoss ?? null;
      return { network, trainingRows, epochs: epochs.length, bestEpoch, stoppedEarly, validationLoss };
    });
  const { learners, members, parameters } = ensemble;
  const select = ensemble.description.training?.select ?? [];
  const document = { out: folder, learners, members, parameters, networks, samples, input, select, warnings };
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
      ...columns(sampleRoles.map((role) => [role, rowsText(samples[role])])),
      ...selectionLines(select),
      ...warningLines(warnings),
    ],
  ];
}
