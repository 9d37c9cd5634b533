import * as z from 'zod';
import { ArgumentError, CaloscopeError } from '../errors.js';
import { chosenLayout } from '../layouts/chosen-layout.js';
import { requireKnownOptions, requireObject, requirePaths } from '../names.js';
import { jobOptions, NativeObject } from '../native/run-job.js';
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
    OpenTableOptions {
  /** Whether rows are left out whose numbers cannot be used, of the kind that the files have. */
  readonly dropRows?: boolean | undefined;
}

/** Their names, for functions that refuse others. */
export const openSampleOptions: Readonly<Record<keyof OpenSampleOptions, true>> = {
  ...openShowersOptions,
  ...openEventsOptions,
  ...openJetsOptions,
  ...openTableOptions,
  dropRows: true,
};

type AnyKind = SampleKind<GivenSample, InputDescription, z.ZodObject, OpenSampleOptions>;

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

/** Choices of the input of classifiers as the user gave them, without defaults. */
export type GivenChoices = { readonly [Choice in keyof InputChoices]?: unknown };

/** Options that say how it is read, whatever the kind. */
const ofAnyKind: readonly string[] = Object.keys({ ...jobOptions, threads: true, dropRows: true });

/** What options are called on the command line where it is not their own name. */
const flags: Readonly<Record<string, string>> = {
  negative: '--negative-voxels',
  nonFinite: '--non-finite-voxels',
};

function takenBy({ files, choices }: AnyKind): readonly string[] {
  return [...Object.keys(files.options), ...choices];
}

/**
 * An option that the user gave and that means nothing for a kind of sample is not passed over.
 *
 * @param given options of any kind, of files and of the input of classifiers; undefined where they are not given.
 * @throws ArgumentError ERR_ARGUMENT that names it, and the kinds that it is for.
 */
function requireTaken(kind: AnyKind, given: object): void {
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined || ofAnyKind.includes(option) || takenBy(kind).includes(option)) continue;
    const others = (kinds as readonly AnyKind[]).filter((other) => takenBy(other).includes(option));
    if (others.length === 0) continue; // none of samples
    const whose = others.map(({ plural }) => plural).join(' and ');
    const flag = flags[option] ?? `--${option}`;
    const message = `${option} is for ${whose}, and these are ${kind.plural}; leave it out (${flag})`;
    throw new ArgumentError('ERR_ARGUMENT', message);
  }
}

/** The same for a sample. @throws ArgumentError ERR_ARGUMENT. */
export function requireChoices(sample: Sample, given: GivenChoices): void {
  const { features, threshold, conditions } = given;
  requireTaken(kindOf(sample), { features, threshold, conditions });
}

/** The same for the name of a kind and options of files. @throws ArgumentError ERR_ARGUMENT. */
export function requireFileOptions(kind: AnyInput['kind'], given: OpenSampleOptions): void {
  requireTaken(kindOf({ kind }), given);
}

/** As the kind takes them. @throws ArgumentError ERR_ARGUMENT for options of other kinds. */
function optionsOf(kind: AnyKind, { dropRows, ...options }: OpenSampleOptions): OpenSampleOptions {
  requireTaken(kind, options);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return dropRows ? { ...kind.files.dropping, ...given } : options;
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

/** The kind whose layout a file has, the first in their order, and what the file says of itself. */
async function recognized(
  path: string,
  options: OpenSampleOptions,
): Promise<{ readonly kind: AnyKind; readonly file: DescribedFile }> {
  const chosen = await chosenLayout(options.layout);
  let refused: unknown;
  for (const kind of kinds as readonly AnyKind[]) {
    const { files } = kind;
    if (chosen !== null && chosen.kind !== files.layouts) continue;
    try {
      return { kind, file: await files.describe(path, options) };
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
 * @param choices of the input of classifiers that the user gave.
 * @throws FileError with the codes for files; CaloscopeError ERR_LAYOUT; ArgumentError ERR_ARGUMENT for options of other kinds; the
 * reason of the signal when aborted.
 */
export async function describeFile(
  path: string,
  options: OpenSampleOptions = {},
  choices: GivenChoices = {},
): Promise<DescribedFile> {
  const { kind, file } = await recognized(path, options);
  requireTaken(kind, { ...options, ...choices });
  return file;
}

/**
 * Reads a file, or several in their order, as one sample, of the kind whose layout the first has. Its memory is the caller's to free:
 * {@link freeSample}.
 *
 * @throws FileError and CaloscopeError with the codes for files and content, ArgumentError ERR_ARGUMENT for no file, for one
 * that is named twice, and for options of other kinds; `signal.reason` when aborted.
 */
export async function openSample(
  paths: string | readonly string[],
  options: OpenSampleOptions = {},
): Promise<GivenSample> {
  requirePaths(paths);
  requireKnownOptions(options, openSampleOptions);
  const all = typeof paths === 'string' ? [paths] : paths;
  const { kind } = await recognized(all[0] as string, options);
  return await kind.files.read(all, optionsOf(kind, options));
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
export async function openStream(
  paths: string | readonly string[],
  input: InputDescription,
  options: OpenSampleOptions,
): Promise<SampleStream> {
  const kind = kindOf(input);
  return kind.files.open(paths, input, optionsOf(kind, options));
}
