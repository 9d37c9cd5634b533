import { type Command, Option } from 'commander';
import * as z from 'zod';
import { ClassifierEnsemble } from '../classifier/ensemble.js';
import type { ModelInputChoices } from '../classifier/onnx/model-input.js';
import { OnnxClassifier } from '../classifier/onnx/onnx-classifier.js';
import { CaloscopeError } from '../errors.js';
import { alternatives, oneOf } from '../names.js';
import { featureSetNames } from '../native/contract/showers.js';
import { asGiven, checkedOption, namesFrom, numberOr } from './options.js';

/** What an ONNX model reads, where its file does not say so. */
export interface ModelFlags {
  readonly features?: ModelInputChoices['features'];
  readonly geometry?: string;
  readonly particle?: string;
  readonly threshold?: number | 'published' | 'none';
  readonly conditions?: readonly string[];
  readonly referenceClass?: string;
}

const energy = z.union([z.enum(['published', 'none']), z.number().nonnegative()]);

export function addModelOptions(command: Command): Command {
  const ofModel = 'of an ONNX model of another program:';
  const sets = `${ofModel} the features of showers that it reads, ${alternatives(featureSetNames)}; without it, the columns of a table`;
  const cut = `${ofModel} voxels below count as zero, in MeV; or published (default), none`;
  const noCut = 'must be an energy in MeV from 0 on, published or none';
  const names = `${ofModel} conditions that it reads before its features, comma-separated`;
  return command
    .addOption(checkedOption('--features <set>', sets, oneOf(featureSetNames), asGiven))
    .option('--geometry <name>', `${ofModel} geometry of its features; guessed from the file where left out`)
    .option('--particle <name>', `${ofModel} particle of a binning file that has several`)
    .addOption(checkedOption('--threshold <MeV>', cut, energy, numberOr('published', 'none'), noCut))
    .addOption(checkedOption('--conditions <names>', names, z.array(z.string().min(1)), namesFrom))
    .addOption(
      new Option(
        '--reference-class <number>',
        `${ofModel} the class that is the reference, 1 (default; the probability of a sigmoid is its) or 0`,
      ).choices(['0', '1']),
    );
}

/** The choices as the library takes them; null where there are none. */
export function modelInput(flags: ModelFlags): ModelInputChoices | null {
  const { features, geometry, particle, conditions } = flags;
  const threshold = flags.threshold === 'none' ? null : flags.threshold;
  const choices = { features, geometry, particle, threshold, conditions };
  return Object.values(choices).some((choice) => choice !== undefined) ? choices : null;
}

/** @throws FileError with the codes for classifiers and models; CaloscopeError ERR_USAGE for flags of the other. */
export async function loadClassifier(
  path: string,
  flags: ModelFlags & { readonly device?: string; readonly precision?: string },
): Promise<ClassifierEnsemble | OnnxClassifier> {
  if (!/\.onnx$/i.test(path)) {
    const chosen = modelInput(flags) ?? flags.referenceClass ?? null;
    if (chosen === null) return await ClassifierEnsemble.load(path);
    const message = `${path} knows what it reads; --features, --geometry, --threshold, --conditions and --reference-class are for ONNX models (.onnx)`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  if ((flags.device ?? 'cpu') !== 'cpu' || (flags.precision ?? 'float32') !== 'float32') {
    const message =
      'ONNX models are computed on the CPU in double precision; leave out --device and --precision';
    throw new CaloscopeError('ERR_USAGE', message);
  }
  const referenceClass = flags.referenceClass === '0' ? 0 : 1;
  return await OnnxClassifier.load(path, { referenceClass });
}
