import { Command } from 'commander';
import { classifierFileAt } from '../classifier/classifier-folder.js';
import { ClassifierEnsemble } from '../classifier/ensemble.js';
import { exportOnnx } from '../classifier/onnx/export-onnx.js';
import { checksumOf } from '../formats/files/inputs.js';
import { featureNames, inputSettings } from '../samples/kinds.js';
import { columns, count } from './figures.js';
import * as options from './options.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

export interface ExportOptions extends options.RunOptions {
  readonly out: string;
  readonly force?: boolean;
}

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write a trained classifier as one ONNX model, from the features of a shower to ln w')
    .argument('<classifier>', 'folder written by train or evaluate')
    .requiredOption('--out <file>', 'ONNX file to write')
    .option('--force', 'replace an existing file');
  return options.addSpeechOptions(command);
}

export async function runExport(session: Session, path: string, chosen: ExportOptions): Promise<void> {
  const { out, force = false } = chosen;
  using _claim = await claimOutput(out, { force, inputs: [path] });
  using ensemble = await ClassifierEnsemble.load(path);
  session.signal.throwIfAborted();
  const sha256 = await checksumOf(await classifierFileAt(path), session.signal);
  await exportOnnx(ensemble, out, { force, inputs: [{ role: 'classifier', source: path, sha256 }] });
  const { members, learners, inputs, description } = ensemble;
  const { features, geometry } = inputSettings(description.input);
  const names = featureNames(description.input);
  session.conclude({ out, members, learners, inputs, features, geometry, columns: names }, [
    `Model: ${out}`,
    ...columns([
      ['members', `${count(members)} (${learners.join(', ')})`],
      [
        'input',
        `${count(inputs)} columns, ${features}${geometry === null ? '' : ` of ${geometry}`}; their names are in its metadata`,
      ],
      ['output', 'logit: ln(p_reference/p_generated)'],
    ]),
  ]);
}
