import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from '../formats/safetensors/safetensors.js';
import { native } from '../native/binding.js';
import type {
  EnsembleHandle,
  MemberHandle,
  NativeMember,
  NativeTrainingRecord,
} from '../native/contract/training.js';
import { callNative } from '../native/run-job.js';
import { type ColumnRanges, columnRangesSchema } from '../samples/column-ranges.js';
import {
  featureNames,
  type InputDescription,
  restoreInput,
  storedInputSchema,
  storeInput,
} from '../samples/kinds.js';
import { type Warning, warningSchema } from '../warnings.js';
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
  /** Missing where the member was not trained here. */
  record: recordSchema.optional(),
  /** Of the samples of the training, both together. */
  ranges: columnRangesSchema.optional(),
  /** Of the samples of the training. */
  warnings: z.array(warningSchema).optional(),
});
type StoredDescription = z.output<typeof descriptionSchema>;

/** What is known of an ensemble beside its numbers; saved with it. */
export interface EnsembleDescription {
  readonly input: InputDescription;
  readonly training: CrossFittingPlan;
  /** One a member, fold by fold; undefined for one that was not trained here. */
  readonly records: readonly (NativeTrainingRecord | undefined)[];
  /** Where the scalar columns of the training lay; null for a classifier that does not know. */
  readonly ranges: ColumnRanges | null;
  /** What was odd about the samples of the training. */
  readonly warnings: readonly Warning[];
}

/** One member as it is on disk. */
interface StoredMember {
  readonly description: StoredDescription;
  readonly handle: MemberHandle;
}

/** Writes one safetensors file a member, one after the other. @throws FileError ERR_OUTPUT. */
export async function writeClassifier(
  ensemble: EnsembleHandle,
  { input, training, records, ranges, warnings }: EnsembleDescription,
  folder: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < records.length; i++) {
      const stored = callNative(() => native().ensembleMember(ensemble, i));
      const fold = Math.floor(i / training.members);
      const member = i % training.members;
      const description: StoredDescription = {
        format: 'caloscope-classifier',
        formatVersion,
        input: storeInput(input),
        featureNames: [...featureNames(input)],
        // Of one layer, which has neither, what was requested.
        activation: stored.activation ?? training.classifier.activation,
        slope: stored.slope ?? training.classifier.slope,
        fold,
        member,
        training,
        record: records[i] as StoredDescription['record'],
        ...(ranges && { ranges }),
        warnings: [...warnings],
      };
      const bytes = encodeSafetensors(contentOf(stored, description));
      await writeFile(join(folder, `fold-${fold}-member-${member}.safetensors`), bytes);
    }
  } catch (cause) {
    if (cause instanceof CaloscopeError) throw cause;
    throw new FileError('ERR_OUTPUT', folder, 'the classifier cannot be written here', { cause });
  }
}

function contentOf(member: NativeMember, description: StoredDescription): SafetensorsContent {
  const tensors = new Map(
    member.tensors.map(({ name, shape, values }) => [name, { shape: [...shape], values }] as const),
  );
  return { metadata: { [metadataKey]: JSON.stringify(description) }, tensors };
}

/** Reads one file or a folder of them. @throws FileError, see ClassifierEnsemble.load. */
export async function readClassifier(
  path: string,
): Promise<{ readonly handle: EnsembleHandle; readonly description: EnsembleDescription }> {
  const stored: StoredMember[] = [];
  for (const file of await classifierFiles(path)) stored.push(await readMember(file));
  stored.sort(
    (a, b) => a.description.fold - b.description.fold || a.description.member - b.description.member,
  );
  const first = stored[0]?.description as StoredDescription;
  const input = restoredInput(first, path);
  requireOneTraining(stored, path);
  try {
    const handle = callNative(() => native().createEnsemble(stored.map((member) => member.handle)));
    const records = stored.map(({ description }) => description.record);
    const { training, ranges = null, warnings = [] } = first;
    return { handle, description: { input, training, records, ranges, warnings } };
  } catch (cause) {
    const error = cause as CaloscopeError;
    throw new FileError(error.code, path, error.message, { cause });
  }
}

/** Refuses a folder in which files of several classifiers have come together, or one file twice. */
function requireOneTraining(stored: readonly StoredMember[], path: string): void {
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

async function readMember(path: string): Promise<StoredMember> {
  const size = await requirePlainFile(path);
  if (size > largestFile)
    throw new FileError('ERR_TOO_LARGE', path, `${size} bytes are more than a classifier has`);
  const content = decodeSafetensors(await readFile(path), path);
  const description = parseDescription(content.metadata[metadataKey], path);
  const tensors = [...content.tensors].map(([name, { shape, values }]) => ({
    name,
    shape: Uint32Array.from(shape),
    values,
  }));
  if (content.tensors.get('standardisation.centre')?.values.length !== description.featureNames.length) {
    throw new FileError('ERR_CLASSIFIER', path, 'its input is not that of its feature set');
  }
  const { activation, slope } = description;
  try {
    return { description, handle: callNative(() => native().createMember({ activation, slope, tensors })) };
  } catch (cause) {
    const error = cause as CaloscopeError;
    throw new FileError(error.code, path, error.message, { cause });
  }
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

function restoredInput({ input, featureNames: stored }: StoredDescription, path: string): InputDescription {
  const restored = restoreInput(input);
  const names = featureNames(restored);
  if (names.length !== stored.length || names.some((name, i) => name !== stored[i])) {
    throw new FileError('ERR_CLASSIFIER', path, 'its features are not those of this version; train it again');
  }
  return restored;
}
