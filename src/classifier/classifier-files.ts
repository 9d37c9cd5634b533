import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type * as z from 'zod';
import { type CaloscopeError, FileError } from '../errors.js';
import type { OutputInput } from '../formats/files/inputs.js';
import { outputError } from '../formats/files/output-error.js';
import { accessError, requirePlainFile } from '../formats/files/plain-file.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from '../formats/safetensors/safetensors.js';
import { native } from '../native/binding.js';
import type {
  EnsembleHandle,
  MemberHandle,
  NativeEnsembleSum,
  NativeMember,
  NativeTensor,
} from '../native/contract/ensembles.js';
import type { NativeTrainingRecord } from '../native/contract/training.js';
import { callNative } from '../native/run-job.js';
import type { ColumnRanges } from '../samples/column-ranges.js';
import { featureNames, type InputDescription, restoreInput, storeInput } from '../samples/kinds.js';
import type { Warning } from '../warnings.js';
import { ensembleFile } from './classifier-folder.js';
import {
  ensembleSchema,
  formatVersion,
  memberSchema,
  metadataKey,
  parsedDescription,
  type recordSchema,
  type StoredMemberDescription,
  sharedKey,
  type sharedSchema,
} from './file-descriptions.js';
import type { CrossFittingPlan } from './settings.js';

/**
 * A classifier on disk is a folder with one safetensors file a member and one of the ensemble. Tensors of a network:
 * `layers.N.weight` (outputs × inputs, y = x·Wᵀ + b), `layers.N.bias`, `standardisation.centre`,
 * `standardisation.scale`, `standardisation.clip`; of a regression `weights` and `constant`; of trees `trees.*`; of the
 * ensemble `sum.weights`, `sum.constant`, `sum.covariance`, and `whitening.*`. The metadata entry `caloscope` is JSON: input,
 * architecture, training and its record. Networks without the file of an ensemble are an ensemble that is their mean.
 */

/** Bytes that Node reads at once. */
const largestFile = 2 ** 31 - 1;

/** A training, and the rows of the samples that it had; undefined in classifiers from before they were counted. */
export interface TrainingDescription extends CrossFittingPlan {
  readonly rows?: { readonly reference: number; readonly generated: number } | undefined;
}

/** What is known of an ensemble beside its numbers; saved with it. */
export interface EnsembleDescription {
  readonly input: InputDescription;
  /** Undefined where it was not trained here. */
  readonly training?: TrainingDescription | undefined;
  /** One a member; null for one that was not trained here, or not epoch by epoch. */
  readonly records: readonly (NativeTrainingRecord | null)[];
  /** Where the scalar columns of the training lay; null for a classifier that does not know. */
  readonly ranges: ColumnRanges | null;
  /** What was odd about the samples of the training. */
  readonly warnings: readonly Warning[];
  /** The files of these samples; none where they were not files. */
  readonly inputs: readonly OutputInput[];
}

/** One member as it is on disk. */
interface StoredMember {
  readonly file: string;
  /** SHA-256 of the bytes that were read. */
  readonly digest: string;
  readonly description: StoredMemberDescription;
  readonly handle: MemberHandle;
}

/** Writes one file after the other. @throws FileError ERR_OUTPUT. */
export async function writeClassifier(
  ensemble: EnsembleHandle,
  { input, training, records, ranges, warnings, inputs }: EnsembleDescription,
  folder: string,
): Promise<void> {
  const shared: z.input<typeof sharedSchema> = {
    formatVersion,
    input: storeInput(input),
    featureNames: [...featureNames(input)],
    training: training && { ...training, learners: [...training.learners] },
    ...(ranges && { ranges }),
    warnings: [...warnings],
    inputs: [...inputs],
  };
  try {
    const files: Record<string, string> = {};
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < records.length; number++) {
      const stored = callNative(() => native().ensembleMember(ensemble, number));
      const description = memberDescription(shared, stored, number, records[number] ?? null);
      const bytes = encoded(stored.tensors, description);
      const name = fileName(stored, number);
      await writeFile(join(folder, name), bytes);
      files[name] = sha256(bytes);
    }
    const sum = callNative(() => native().ensembleSum(ensemble));
    const format = 'caloscope-ensemble';
    const description = { ...shared, format, members: records.length, files };
    await writeFile(join(folder, ensembleFile), encoded(sumTensors(sum), description));
  } catch (cause) {
    throw outputError(folder, cause);
  }
}

function memberDescription(
  shared: z.input<typeof sharedSchema>,
  { learner, columns, leftOut, activation, slope }: NativeMember,
  number: number,
  record: NativeTrainingRecord | null,
): z.input<typeof memberSchema> {
  const [first = 0, second = 0] = leftOut ?? [];
  const usual = shared.training?.classifier ?? {};
  return {
    ...shared,
    format: 'caloscope-classifier',
    learner,
    columns,
    // Of one layer, which has neither, what was requested.
    activation: activation ?? usual.activation ?? 'relu',
    slope: slope ?? usual.slope ?? 0,
    number,
    leftOut: leftOut && [first, second],
    ...(record && { record: record as z.input<typeof recordSchema> }),
  };
}

function fileName({ learner, leftOut }: NativeMember, number: number): string {
  const without = leftOut ? `-without-${leftOut.join('-')}` : '';
  return `member-${String(number).padStart(3, '0')}-${learner}${without}.safetensors`;
}

function encoded(tensors: readonly NativeTensor[], description: unknown): Uint8Array {
  return encodeSafetensors({
    metadata: { [metadataKey]: JSON.stringify(description) },
    tensors: new Map(
      tensors.map(({ name, shape, values }) => [name, { shape: [...shape], values }] as const),
    ),
  });
}

function sumTensors({ whitening, weights, constant, covariance }: NativeEnsembleSum): NativeTensor[] {
  const tensor = (name: string, values: NativeTensor['values'], ...shape: number[]): NativeTensor => {
    return { name, shape: Uint32Array.from(shape.length > 0 ? shape : [values.length]), values };
  };
  const size = weights.length + 1;
  const sum = [
    tensor('sum.weights', weights),
    tensor('sum.constant', Float64Array.of(constant)),
    tensor('sum.covariance', covariance, size, size),
  ];
  if (!whitening) return sum;
  const { centre, matrix, relativeWidth, clip } = whitening;
  return [
    ...sum,
    tensor('whitening.centre', centre),
    tensor('whitening.matrix', matrix, centre.length, relativeWidth.length),
    tensor('whitening.relative_width', relativeWidth),
    tensor('whitening.clip', Float64Array.of(clip)),
  ];
}

/** Reads a folder, or one file of a network. @throws FileError, see ClassifierEnsemble.load. */
export async function readClassifier(
  path: string,
): Promise<{ readonly handle: EnsembleHandle; readonly description: EnsembleDescription }> {
  const { members: files, ensemble } = await classifierFiles(path);
  const stored: StoredMember[] = [];
  for (const file of files) stored.push(await readMember(file));
  stored.sort((a, b) => a.description.number - b.description.number);
  const first = stored[0]?.description as StoredMemberDescription;
  const input = restoredInput(first, path);
  requireOneTraining(stored, path);
  const sum = ensemble === null ? meanOf(stored, path) : await readSum(ensemble, stored, path);
  const members = stored.map(({ description: { learner, leftOut }, handle: member }) => {
    return {
      member,
      learner,
      leftOut: sum.blocks <= 1 || leftOut === null ? null : Uint32Array.from(leftOut),
    };
  });
  try {
    const handle = callNative(() => native().createEnsemble({ ...sum, members }));
    const records = stored.map(({ description }) => description.record ?? null);
    const { training, ranges = null, warnings = [], inputs = [] } = first;
    return { handle, description: { input, training, records, ranges, warnings, inputs } };
  } catch (cause) {
    const error = cause as CaloscopeError;
    throw new FileError(error.code, path, error.message, { cause });
  }
}

/** The mean of networks that come without an ensemble. */
function meanOf(stored: readonly StoredMember[], path: string): NativeEnsembleSum {
  if (
    stored.some(({ description: { training, learner } }) => training !== undefined || learner !== 'network')
  ) {
    const message = `${ensembleFile} is missing: name the whole folder of the classifier`;
    throw new FileError('ERR_CLASSIFIER', path, message);
  }
  const weights = Float64Array.of(1);
  return { blocks: 0, whitening: null, weights, constant: 0, covariance: new Float64Array(4) };
}

async function readSum(
  file: string,
  stored: readonly StoredMember[],
  path: string,
): Promise<NativeEnsembleSum> {
  const { content, text } = await readContent(file);
  const { members, files, ...shared } = parsedDescription(ensembleSchema, text, file);
  if (members !== stored.length) {
    const message = `${stored.length} of its ${members} members are there`;
    throw new FileError('ERR_CLASSIFIER', path, message);
  }
  if (sharedKey(shared) !== sharedKey(stored[0]?.description as StoredMemberDescription)) {
    throw new FileError(
      'ERR_CLASSIFIER',
      path,
      'its files are not of one training; keep one classifier a folder',
    );
  }
  if (files) requireOwnMembers(files, stored, path);
  const numbers = (name: string): Float64Array => {
    const values = content.tensors.get(name)?.values;
    if (values instanceof Float64Array) return values;
    throw new FileError('ERR_CLASSIFIER', file, `tensor "${name}" (float64) is missing`);
  };
  const single = (name: string): number => numbers(name)[0] ?? Number.NaN;
  const named = [...content.tensors.keys()];
  const whitening = named.some((name) => name.startsWith('whitening.'))
    ? {
        centre: numbers('whitening.centre'),
        matrix: numbers('whitening.matrix'),
        relativeWidth: numbers('whitening.relative_width'),
        clip: single('whitening.clip'),
      }
    : null;
  return {
    blocks: shared.training?.split ? 1 : (shared.training?.folds ?? 0),
    whitening,
    weights: numbers('sum.weights'),
    constant: single('sum.constant'),
    covariance: numbers('sum.covariance'),
  };
}

/** Refuses members that are not those the ensemble was written with, bit by bit. */
function requireOwnMembers(
  files: Readonly<Record<string, string>>,
  stored: readonly StoredMember[],
  path: string,
): void {
  const wrong = stored.find(({ file, digest }) => files[basename(file)] !== digest);
  if (!wrong) return;
  const message = `${basename(wrong.file)} is not as it was written with its ensemble; copy the whole folder again`;
  throw new FileError('ERR_CLASSIFIER', path, message);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Refuses a folder in which files of several classifiers have come together, or one file twice. */
function requireOneTraining(stored: readonly StoredMember[], path: string): void {
  const distinct = (keyOf: (description: StoredMemberDescription) => unknown) =>
    new Set(stored.map(({ description }) => keyOf(description))).size;
  if (distinct(sharedKey) > 1) {
    const message = 'its files are not of one training; keep one classifier a folder';
    throw new FileError('ERR_CLASSIFIER', path, message);
  }
  if (distinct(({ number }) => number) < stored.length) {
    throw new FileError('ERR_CLASSIFIER', path, 'it holds a member twice; remove the copy');
  }
}

/** The files of the members, and that of the ensemble where there is one. */
async function classifierFiles(path: string): Promise<{ members: string[]; ensemble: string | null }> {
  const status = await stat(path).catch(() => null);
  if (!status) throw new FileError('ERR_FILE_NOT_FOUND', path, 'there is no such file or folder');
  if (!status.isDirectory()) return { members: [path], ensemble: null };
  const names = (await readdir(path)).filter((name) => name.endsWith('.safetensors')).sort();
  const members = names.filter((name) => name !== ensembleFile);
  if (members.length === 0) {
    throw new FileError('ERR_CLASSIFIER', path, 'this folder holds no classifier (*.safetensors)');
  }
  return {
    members: members.map((name) => join(path, name)),
    ensemble: names.includes(ensembleFile) ? join(path, ensembleFile) : null,
  };
}

interface FileContent {
  readonly content: SafetensorsContent;
  readonly text: string | undefined;
  readonly digest: string;
}

async function readContent(path: string): Promise<FileContent> {
  const size = await requirePlainFile(path);
  if (size > largestFile)
    throw new FileError('ERR_TOO_LARGE', path, `${size} bytes are more than a classifier has`);
  const bytes = await readFile(path).catch((cause) => {
    throw accessError(path, cause);
  });
  const content = decodeSafetensors(bytes, path);
  return { content, text: content.metadata[metadataKey], digest: sha256(bytes) };
}

/** What the core cannot know: types that were left out, and what a number means. */
function requireSoundTensors({ tensors, leftOut }: SafetensorsContent, path: string): void {
  for (const [name, type] of leftOut ?? []) {
    if (!/^(layers|standardisation|trees)\.|^(weights|constant)$/.test(name)) continue;
    throw new FileError('ERR_CLASSIFIER', path, `tensor "${name}" holds numbers of type ${type}, not floats`);
  }
  const bad = tensors.get('standardisation.scale')?.values.find((scale) => !(scale >= 0));
  if (bad === undefined) return;
  throw new FileError(
    'ERR_CLASSIFIER',
    path,
    `a scale of its standardisation is ${bad}; it must not be below 0`,
  );
}

async function readMember(path: string): Promise<StoredMember> {
  const { content, text, digest } = await readContent(path);
  requireSoundTensors(content, path);
  const description = parsedDescription(memberSchema, text, path);
  const { learner, columns, activation, slope, featureNames: names, training } = description;
  const tensors = [...content.tensors].map(([name, { shape, values }]) => ({
    name,
    shape: Uint32Array.from(shape),
    values: learner === 'network' ? Float32Array.from(values) : values,
  }));
  // Where there is a whitening, its size is checked with the ensemble.
  if (!training && content.tensors.get('standardisation.centre')?.values.length !== names.length) {
    throw new FileError('ERR_CLASSIFIER', path, 'its input is not that of its feature set');
  }
  try {
    const member = { learner, columns, activation, slope, tensors };
    return { file: path, digest, description, handle: callNative(() => native().createMember(member)) };
  } catch (cause) {
    const error = cause as CaloscopeError;
    throw new FileError(error.code, path, error.message, { cause });
  }
}

function restoredInput(
  { input, featureNames: stored }: StoredMemberDescription,
  path: string,
): InputDescription {
  const restored = restoreInput(input);
  const names = featureNames(restored);
  if (names.length !== stored.length || names.some((name, i) => name !== stored[i])) {
    throw new FileError('ERR_CLASSIFIER', path, 'its features are not those of this version; train it again');
  }
  return restored;
}
