import * as z from 'zod';
import { ArgumentError, CaloscopeError } from '../errors.js';
import { chosenLayout } from '../layouts/chosen-layout.js';
import { requireKnownOptions, requireObject, requirePaths } from '../names.js';
import { NativeObject } from '../native/run-job.js';
import type { ThreadedJobOptions } from '../native/threads.js';
import type { EventInput } from './events/event-features.js';
import { type OpenEventsOptions, openEventsOptions } from './events/event-files.js';
import type { EventSample } from './events/event-sample.js';
import { events } from './events/events.js';
import type { FeatureTable } from './feature-table.js';
import { type OpenJetsOptions, openJetsOptions } from './jets/jet-files.js';
import type { JetSample } from './jets/jet-sample.js';
import { type JetInput, jets } from './jets/jets.js';
import {
  type AnyInput,
  type DescribedFile,
  type InputChoices,
  type InputSettings,
  otherKindCodes,
  type Sample,
  type SampleFiles,
  type SampleKind,
  type SampleStream,
} from './sample.js';
import { isShowerInput, type ShowerInput, voxelColumns } from './showers/shower-input.js';
import type { ShowerSample } from './showers/shower-sample.js';
import { type OpenShowersOptions, openShowersOptions } from './showers/shower-stream.js';
import { showers } from './showers/showers.js';
import type { MatrixSample } from './table/matrix-sample.js';
import { type MatrixInput, table } from './table/table.js';
import { type OpenTableOptions, openTableOptions } from './table/table-files.js';

/** What the user passes as a sample. */
export type GivenSample = ShowerSample | EventSample | JetSample | MatrixSample;

/** What a classifier reads: a feature set of a geometry, or the columns of a matrix. */
export type InputDescription = ShowerInput | EventInput | JetInput | MatrixInput;

/** How files of samples are opened; each kind takes what it knows. */
export interface OpenSampleOptions
  extends OpenShowersOptions,
    OpenEventsOptions,
    OpenJetsOptions,
    OpenTableOptions {}

/** Their names, for functions that refuse others. */
export const openSampleOptions: Readonly<Record<keyof OpenSampleOptions, true>> = {
  ...openShowersOptions,
  ...openEventsOptions,
  ...openJetsOptions,
  ...openTableOptions,
};

type AnyKind = SampleKind<GivenSample, InputDescription, z.ZodObject, OpenSampleOptions>;
type AnyFiles = SampleFiles<GivenSample, InputDescription, OpenSampleOptions>;

/** The kinds of samples, in the order in which they are asked whether a value is theirs. */
const kinds = [showers, events, jets, table] as const satisfies readonly AnyKind[];

type SchemasOf<Kinds extends readonly { readonly storedInput: z.ZodObject }[]> = {
  [I in keyof Kinds]: Kinds[I]['storedInput'];
};

/** A description in the files of a classifier. */
export const storedInputSchema = z.discriminatedUnion('kind', [
  showers.storedInput,
  events.storedInput,
  jets.storedInput,
  table.storedInput,
] satisfies SchemasOf<typeof kinds>);
export type StoredInput = z.output<typeof storedInputSchema>;

/** The kind of a description. */
function kindOf({ kind }: AnyInput): AnyKind {
  const found = kinds.find(({ name }) => name === kind);
  if (!found) throw new ArgumentError('ERR_ARGUMENT', `there is no kind of sample "${kind}"`);
  return found;
}

/**
 * The sample that the user passed: from here on its kind does not matter.
 *
 * @throws ArgumentError ERR_ARGUMENT for what is no sample, ERR_SHAPE.
 */
export function sampleOf(given: unknown): Sample {
  for (const kind of kinds as readonly AnyKind[]) {
    if (kind.owns(given)) return kind.sample(given);
  }
  const known = kinds.map((candidate) => candidate.given).join(', or ');
  throw new ArgumentError('ERR_ARGUMENT', `this is no sample; pass ${known}`);
}

/** What classifiers of two samples that fit together read. @throws ArgumentError ERR_ARGUMENT. */
export function inputFor(reference: Sample, generated: Sample, choices: InputChoices): InputDescription {
  return reference.input(choices, generated) as InputDescription;
}

/** Names of the columns of the network input. */
export function featureNames(input: InputDescription): readonly string[] {
  requireObject(input, 'input', 'the description of what a classifier reads');
  return kindOf(input).columns(input);
}

/** How many numbers of a row are stored, and how many are made from its hits when it is read. */
export function columnCounts(input: InputDescription): { readonly stored: number; readonly voxels: number } {
  const voxels = isShowerInput(input) ? voxelColumns(input) : 0;
  return { stored: featureNames(input).length - voxels, voxels };
}

/** What results say of an input. */
export function inputSettings(input: InputDescription): InputSettings {
  return kindOf(input).settings(input);
}

export function storeInput(input: InputDescription): StoredInput {
  return kindOf(input).store(input) as StoredInput;
}

/** @throws CaloscopeError where this version does not know what was stored. */
export function restoreInput(stored: StoredInput): InputDescription {
  return kindOf(stored).restore(stored);
}

/**
 * The features of all rows of a sample.
 *
 * @throws ArgumentError ERR_SHAPE when the sample is not what `input` describes; NativeError ERR_INCIDENT_ENERGY with
 * the row.
 */
export function makeFeatures(
  sample: Sample,
  input: InputDescription,
  options: ThreadedJobOptions = {},
): Promise<FeatureTable> {
  return sample.features({ description: input, columns: featureNames(input) }, options);
}

/** Kinds that are read from files, in the order in which a file is held against their layouts. */
const kindsOfFiles: readonly AnyFiles[] = kinds.map(({ files }: AnyKind) => files);

/** The kind whose layout a file has, and what the file says of itself. */
async function recognized(
  path: string,
  options: OpenSampleOptions,
): Promise<{ readonly files: AnyFiles; readonly file: DescribedFile }> {
  const chosen = await chosenLayout(options.layout);
  let refused: unknown;
  for (const files of kindsOfFiles) {
    if (chosen !== null && chosen.kind !== files.layouts) continue;
    try {
      return { files, file: await files.describe(path, options) };
    } catch (error) {
      if (!(error instanceof CaloscopeError && otherKindCodes.includes(error.code))) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

/**
 * What a file of any kind says of itself, before its numbers are read.
 *
 * @throws FileError with the codes for files; CaloscopeError ERR_LAYOUT; the reason of the signal when aborted.
 */
export async function describeFile(path: string, options: OpenSampleOptions = {}): Promise<DescribedFile> {
  return (await recognized(path, options)).file;
}

/**
 * Reads a file, or several in their order, as one sample, of the kind whose layout the first has. Its memory is the caller's to free:
 * {@link freeSample}.
 *
 * @throws FileError and CaloscopeError with the codes for files and content, ArgumentError ERR_ARGUMENT for no file, and for one
 * that is named twice; `signal.reason` when aborted.
 */
export async function openSample(
  paths: string | readonly string[],
  options: OpenSampleOptions = {},
): Promise<GivenSample> {
  requirePaths(paths);
  requireKnownOptions(options, openSampleOptions);
  const all = typeof paths === 'string' ? [paths] : paths;
  const { files } = await recognized(all[0] as string, options);
  return await files.read(all, options);
}

/**
 * Keeps native memory of a sample, whatever is disposed of meanwhile, until the end of the block.
 *
 * @throws NativeError ERR_DISPOSED.
 */
export function holdSample(given: GivenSample): Disposable {
  return given instanceof NativeObject ? given.hold() : { [Symbol.dispose]: () => undefined };
}

/** Frees native memory of a sample. */
export function freeSample(given: GivenSample): void {
  sampleOf(given).dispose();
}

/**
 * Opens a file whose rows have the input, or several in their order, to be read sample by sample.
 *
 * @throws what the kind throws.
 */
export function openStream(
  paths: string | readonly string[],
  input: InputDescription,
  options: OpenSampleOptions,
): Promise<SampleStream> {
  return kindOf(input).files.open(paths, input, options);
}
