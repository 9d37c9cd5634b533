import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
  type Tensor,
} from '../formats/safetensors/safetensors.js';
import { native } from '../native/binding.js';
import type {
  EnsembleHandle,
  NativeLayer,
  NativeNetwork,
  NativeTrainingRecord,
} from '../native/contract/training.js';
import { callNative } from '../native/run-job.js';
import {
  featureNames,
  type InputDescription,
  restoreInput,
  storedInputSchema,
  storeInput,
} from '../samples/kinds.js';
import { type CrossFittingPlan, classifierSchema } from './settings.js';

/**
 * A classifier on disk is a folder with one safetensors file a network, each complete in itself. Tensors:
 * `layers.N.weight` (outputs × inputs, y = x·Wᵀ + b), `layers.N.bias`, `standardisation.centre`,
 * `standardisation.scale`, `standardisation.clip`. The metadata entry `caloscope` is JSON: input, architecture, training and its record.
 */

const metadataKey = 'caloscope';
const formatVersion = 1;
/** Bytes that Node reads at once. */
const largestFile = 2 ** 31 - 1;

const recordSchema = z.strictObject({
  trainingRows: z.number(),
  validationRows: z.number(),
  bestEpoch: z.number(),
  stoppedEarly: z.boolean(),
  epochs: z.array(
    z.strictObject({ trainingLoss: z.number(), validationLoss: z.number(), learningRate: z.number() }),
  ),
});

const descriptionSchema = z.strictObject({
  format: z.literal('caloscope-classifier'),
  formatVersion: z.literal(formatVersion),
  input: storedInputSchema,
  featureNames: z.array(z.string()),
  activation: classifierSchema.shape.activation.unwrap(),
  slope: z.number(),
  fold: z.int().nonnegative(),
  member: z.int().nonnegative(),
  training: z.strictObject({
    folds: z.int().positive(),
    members: z.int().positive(),
    seed: z.int().nonnegative(),
    classifier: classifierSchema,
  }),
  record: recordSchema,
});
type StoredDescription = z.output<typeof descriptionSchema>;

/** What is known of an ensemble beside its numbers; saved with it. */
export interface EnsembleDescription {
  readonly input: InputDescription;
  readonly training: CrossFittingPlan;
  /** One a network, fold by fold. */
  readonly records: readonly NativeTrainingRecord[];
}

/** One network as it is on disk. */
interface StoredNetwork {
  readonly description: StoredDescription;
  readonly network: NativeNetwork;
}

/** Writes one safetensors file a network. @throws FileError ERR_OUTPUT. */
export async function writeClassifier(
  networks: readonly NativeNetwork[],
  { input, training, records }: EnsembleDescription,
  folder: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [i, network] of networks.entries()) {
      const fold = Math.floor(i / training.members);
      const member = i % training.members;
      const description: StoredDescription = {
        format: 'caloscope-classifier',
        formatVersion,
        input: storeInput(input),
        featureNames: [...featureNames(input)],
        activation: network.activation,
        slope: network.slope,
        fold,
        member,
        training,
        record: records[i] as StoredDescription['record'],
      };
      const bytes = encodeSafetensors(contentOf(network, description));
      await writeFile(join(folder, `fold-${fold}-member-${member}.safetensors`), bytes);
    }
  } catch (cause) {
    if (cause instanceof CaloscopeError) throw cause;
    throw new FileError('ERR_OUTPUT', folder, 'the classifier cannot be written here', { cause });
  }
}

function contentOf(network: NativeNetwork, description: StoredDescription): SafetensorsContent {
  const tensors = new Map<string, Tensor>();
  for (const [i, layer] of network.layers.entries()) {
    const { inputs, outputs, weight, bias } = layer;
    tensors.set(`layers.${i}.weight`, {
      shape: [outputs, inputs],
      values: transposed(weight, inputs, outputs),
    });
    tensors.set(`layers.${i}.bias`, { shape: [outputs], values: bias });
  }
  tensors.set('standardisation.centre', { shape: [network.centre.length], values: network.centre });
  tensors.set('standardisation.scale', { shape: [network.scale.length], values: network.scale });
  tensors.set('standardisation.clip', { shape: [network.clip.length], values: network.clip });
  return { metadata: { [metadataKey]: JSON.stringify(description) }, tensors };
}

/** rows × columns → columns × rows. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return result;
}

/** Reads one file or a folder of them. @throws FileError, see ClassifierEnsemble.load. */
export async function readClassifier(
  path: string,
): Promise<{ readonly handle: EnsembleHandle; readonly description: EnsembleDescription }> {
  const files = await classifierFiles(path);
  const stored = await Promise.all(files.map(readNetwork));
  stored.sort(
    (a, b) => a.description.fold - b.description.fold || a.description.member - b.description.member,
  );
  const first = stored[0]?.description as StoredDescription;
  const input = restoredInput(first, path);
  requireOneTraining(stored, path);
  try {
    const handle = callNative(() => native().createEnsemble(stored.map(({ network }) => network)));
    const records = stored.map(({ description }) => description.record);
    return { handle, description: { input, training: first.training, records } };
  } catch (cause) {
    const error = cause as CaloscopeError;
    throw new FileError(error.code, path, error.message, { cause });
  }
}

/** Refuses a folder in which files of several classifiers have come together, or one file twice. */
function requireOneTraining(stored: readonly StoredNetwork[], path: string): void {
  const distinct = (keyOf: (description: StoredDescription) => unknown) =>
    new Set(stored.map(({ description }) => JSON.stringify(keyOf(description)))).size;
  if (distinct(({ input, training }) => [input, training]) > 1) {
    const message = 'its networks are not of one training; keep one classifier a folder';
    throw new FileError('ERR_CLASSIFIER', path, message);
  }
  if (distinct(({ fold, member }) => [fold, member]) < stored.length) {
    throw new FileError('ERR_CLASSIFIER', path, 'it holds a network twice; remove the copy');
  }
}

async function classifierFiles(path: string): Promise<string[]> {
  const status = await stat(path).catch(() => null);
  if (!status) throw new FileError('ERR_FILE_NOT_FOUND', path, 'there is no such file or folder');
  if (!status.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.safetensors')).sort();
  if (names.length === 0) {
    throw new FileError('ERR_CLASSIFIER', path, 'this folder holds no classifier (*.safetensors)');
  }
  return names.map((name) => join(path, name));
}

async function readNetwork(path: string): Promise<StoredNetwork> {
  const size = await requirePlainFile(path);
  if (size > largestFile)
    throw new FileError('ERR_TOO_LARGE', path, `${size} bytes are more than a classifier has`);
  const content = decodeSafetensors(await readFile(path), path);
  const description = parseDescription(content.metadata[metadataKey], path);
  const vector = (name: string) => requireTensor(content, name, path).values;
  const network = {
    activation: description.activation,
    slope: description.slope,
    clip: vector('standardisation.clip'),
    centre: vector('standardisation.centre'),
    scale: vector('standardisation.scale'),
    layers: layersOf(content, path),
  };
  if (network.centre.length !== description.featureNames.length) {
    throw new FileError('ERR_CLASSIFIER', path, 'its input is not that of its feature set');
  }
  return { description, network };
}

function parseDescription(text: string | undefined, path: string): StoredDescription {
  if (text === undefined) {
    throw new FileError(
      'ERR_CLASSIFIER',
      path,
      'this safetensors file was not written by caloscope: it has no description of its input',
    );
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new FileError('ERR_CLASSIFIER', path, 'its description is not JSON', { cause });
  }
  const parsed = descriptionSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FileError(
    'ERR_CLASSIFIER',
    path,
    `its description is not sound (${issue?.path.join('.')}: ${issue?.message})`,
  );
}

function requireTensor(content: SafetensorsContent, name: string, path: string): Tensor {
  const tensor = content.tensors.get(name);
  if (!tensor) throw new FileError('ERR_CLASSIFIER', path, `tensor "${name}" is missing`);
  return tensor;
}

function layersOf(content: SafetensorsContent, path: string): NativeLayer[] {
  const layers: NativeLayer[] = [];
  while (content.tensors.has(`layers.${layers.length}.weight`)) {
    const name = `layers.${layers.length}`;
    const weight = requireTensor(content, `${name}.weight`, path);
    const [outputs, inputs] = weight.shape;
    if (weight.shape.length !== 2 || outputs === undefined || inputs === undefined) {
      throw new FileError('ERR_CLASSIFIER', path, `tensor "${name}.weight" is not a matrix`);
    }
    const bias = requireTensor(content, `${name}.bias`, path).values;
    layers.push({ inputs, outputs, weight: transposed(weight.values, outputs, inputs), bias });
  }
  if (layers.length === 0) throw new FileError('ERR_CLASSIFIER', path, 'it holds no layers');
  return layers;
}

function restoredInput({ input, featureNames: stored }: StoredDescription, path: string): InputDescription {
  const restored = restoreInput(input);
  const names = featureNames(restored);
  if (names.length !== stored.length || names.some((name, i) => name !== stored[i])) {
    throw new FileError('ERR_CLASSIFIER', path, 'its features are not those of this version; train it again');
  }
  return restored;
}
