import type * as z from 'zod';
import { ArgumentError, type ErrorCode } from '../errors.js';
import type { LayoutKind } from '../layouts/kinds-of-layouts.js';
import type { FeatureSetName, RepeatedInPair } from '../native/contract/showers.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { ComputeOptions } from '../native/devices.js';
import type { JobOptions } from '../native/run-job.js';
import type { ThreadedJobOptions } from '../native/threads.js';
import type { Warning } from '../warnings.js';
import type { FeatureTable } from './feature-table.js';
import type { OwnDensities } from './own-densities.js';
import type { Pictures } from './pictures.js';
import type { RowWeightSummary } from './row-weights.js';
import type { FileOfSample } from './sample-file.js';
import type { ShowerBlock } from './showers/shower-block.js';
import type { NumberedRows } from './source-rows.js';

/** A sample as a result names it. */
export interface SampleRecord extends SampleOrigin {
  /** Rows beside them that the selection left out. */
  readonly unselected: number;
  /** Rows beside them that were left out as copies of others. */
  readonly leftOut: number;
}

/** Where a sample comes from, and what it holds. */
export interface SampleOrigin {
  readonly role: SampleRole;
  /** What its rows are, plural: `showers`, `events`. */
  readonly noun: string;
  /** File path as given, or the name given to a plain matrix. */
  readonly source: string;
  /** The files of the rows, in their order; none for a matrix. */
  readonly files: readonly FileOfSample[];
  /** SHA-256 of the file; of several that of their checksums, as text, one after the other; null for a matrix. */
  readonly sha256: string | null;
  /** Rows that were compared. */
  readonly rows: number;
  /** Name of the layout of its file; `matrix` for a plain matrix. */
  readonly layout: string;
  /** With which rows count; null: every row counts 1. */
  readonly weights: RowWeightSummary | null;
  /** True where the file says that its showers come from caloscope's toy simulation. */
  readonly toy: boolean;
}

/** A number that physicists histogram. */
export interface Observable {
  /** Stable name, e.g. `energy_ratio`, `layer_energy_3`. */
  readonly name: string;
  /** For axis labels. */
  readonly label: string;
  /** `MeV`, the length unit of the geometry, or empty. */
  readonly unit: string;
}

/** Numbers of the layers of a calorimeter, and those of them that an evaluation looks at. */
export interface ComparedLayers {
  readonly all: readonly number[];
  /** With all their observables. */
  readonly inFull: readonly number[];
  /** With their energy at least. */
  readonly energies: readonly number[];
}

/** What a row has on average in the bins of an axis: the energy of a shower by layer, its voxels by energy. */
export interface Profile {
  /** Stable name, e.g. `energy_by_layer`. */
  readonly name: string;
  /** Of the mean that is drawn, e.g. `energy of a shower`. */
  readonly label: string;
  /** `MeV` or empty. */
  readonly unit: string;
  readonly axis: { readonly label: string; readonly unit: string; readonly scale: 'linear' | 'log' };
  /** One more than bins. */
  readonly edges: readonly number[];
}

/** A profile of some rows, one entry a bin. */
export interface ProfileMeans {
  readonly profile: Profile;
  readonly means: readonly number[];
  /** Standard errors of `means`; all that a row has in a bin is one entry. */
  readonly errors: readonly number[];
  /** Of the means, where it was requested: that of bins i ≥ j at i (i + 1)/2 + j. */
  readonly covariance: Float64Array | null;
  /** Kish's effective number of rows: (Σw)²/Σw². */
  readonly effectiveRows: number;
}

export interface ProfileOptions extends ThreadedJobOptions {
  /** MeV; voxels below count as zero; null: none do. */
  readonly threshold: number | null;
  /** Whether the covariance of the bins is wanted, too. */
  readonly covariance: boolean;
}

/** What the rows of a sample were made for: the same in both samples, or classifiers learn it instead of the difference. */
export interface Condition {
  /** As users name it: `energy`, `theta`. */
  readonly key: string;
  /** Plural: `incident energies`. */
  readonly name: string;
  /** For axis labels: `E_inc`. */
  readonly label: string;
  /** `MeV`, or empty. */
  readonly unit: string;
  /** One a row. */
  readonly values: Float64Array;
  /** Whole numbers up to this one are held apart; absent: as far as float64 does. */
  readonly exactTo?: number | undefined;
}

/** What the user chooses of the input of classifiers, as far as the kind of sample has a choice. */
export interface InputChoices {
  readonly features: FeatureSetName;
  /** MeV, null for none, or `published` for the readout threshold of the geometry. */
  readonly threshold: number | null | 'published';
  /** Conditions beside the incident energy that classifiers read: those that vary, none, or these. */
  readonly conditions: 'varying' | 'none' | readonly string[];
}

/** Why the input is what it is, in words; null where there is nothing to choose. */
export interface InputReasons {
  /** `guessed from 6480 voxels`. */
  readonly geometryReason: string | null;
  /** `published for ds2`. */
  readonly thresholdReason: string | null;
}

/** What every description of a classifier's input has: the name of its kind of sample. */
export interface AnyInput {
  readonly kind: string;
}

/** The input of a network: what it is, and the names of its columns. */
export interface NetworkInput {
  readonly description: AnyInput;
  readonly columns: readonly string[];
}

/** A sample of any kind, as evaluation and classifiers see it. */
export interface Sample extends NumberedRows {
  /** Name of its kind, the same as in the description of its input. */
  readonly kind: string;
  /** What its rows are, plural: `showers`, `rows`. */
  readonly noun: string;
  /** Weights with which the rows count in losses, AUC, histograms and tests, of any sign; null: every row counts 1. */
  readonly rowWeights: Float64Array | null;
  /** How well a Bayesian generator of the rows knows its own density; null: the sample does not say. */
  readonly ownDensities: OwnDensities | null;
  origin(role: SampleRole): SampleOrigin;
  /** @throws ArgumentError ERR_SHAPE, ERR_LAYOUT and others when a generated sample cannot be compared with this one. */
  requireFit(generated: Sample): void;
  conditions(): readonly Condition[];
  /** What classifiers read of this reference sample and a generated one that fits it. @throws ArgumentError ERR_ARGUMENT. */
  input(choices: InputChoices, generated: Sample): AnyInput;
  inputReasons(choices: InputChoices): InputReasons;
  /** @throws ArgumentError ERR_SHAPE when the sample does not have this input; NativeError. */
  features(input: NetworkInput, options: ThreadedJobOptions): Promise<FeatureTable>;
  /** All observables that have a name. */
  observables(): readonly Observable[];
  /** Those that an evaluation of this reference sample and a generated one that fits it compares, in its order. */
  compared(generated: Sample): readonly Observable[];
  /** The layers whose observables are compared; null: rows have no layers. */
  readonly comparedLayers: ComparedLayers | null;
  /** Columns that are tested for a difference beside the observables, and not drawn: {@link values} has them too. */
  otherColumns(): readonly Observable[];
  /**
   * Values of observables, one array each, in the order given.
   *
   * @param options.threshold MeV; what lies below counts as zero; null for none.
   */
  values(
    chosen: readonly Observable[],
    options: ThreadedJobOptions & { readonly threshold: number | null },
  ): AsyncIterable<Float64Array>;
  /** Mean profiles with each column of weights, null for equal ones; null: the kind has none. */
  readonly profiles:
    | ((
        weights: readonly (Float64Array | null)[],
        options: ProfileOptions,
      ) => Promise<readonly (readonly ProfileMeans[])[]>)
    | null;
  /** What the rows look like; null: the kind has no pictures. */
  readonly pictures: Pictures | null;
  /** The rows block by block, for a user's own observables, cut as {@link values}; null: the kind has none. */
  readonly blocks: ((threshold: number | null) => Iterable<ShowerBlock>) | null;
  /** What is odd in this reference sample and in a generated one that fits it. */
  oddities(generated: Sample, options: ComputeOptions): Promise<readonly Warning[]>;
  /** Rows that occur twice in this reference sample, in a generated one that fits it, or in both. */
  repetitions(generated: Sample, options: JobOptions): Promise<RepeatedInPair>;
  /** The sample without some rows, which ascend; the caller's to free. */
  without(rows: Float64Array, options: JobOptions): Promise<Sample>;
  /** Frees native memory of the sample. */
  dispose(): void;
}

/** How large the samples of a stream may become: the first bound that is passed ends one. */
export interface SampleBounds {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * A file that is read sample by sample. Where rows are left out while it is read, `rows` are those of the file, and `sourceRows` is
 * known after the last sample.
 */
export interface SampleStream extends NumberedRows {
  /** Its files, in their order; complete after the last sample. */
  readonly files: readonly FileOfSample[];
  /** Weights with which its rows count, of any sign; null: every row counts 1. */
  readonly rowWeights: Float64Array | null;
  /** What was odd in the file and was not refused; complete after the last sample. */
  readonly warnings: readonly Warning[];
  /** All rows in file order. Each sample is the caller's to free. */
  samples(bounds: SampleBounds): AsyncIterable<Sample>;
  close(): Promise<void>;
}

/** What a file says of itself before its numbers are read. */
export interface DescribedFile {
  /** Name of the layout. */
  readonly layout: string;
  /** null: only who reads it to its end knows. */
  readonly rows: number | null;
  /** What all files that are compared must agree on, as `showers of 504 voxels`, and the code of the error where they do not. */
  readonly content: { readonly words: string; readonly code: ErrorCode };
}

/**
 * Files of a kind of sample.
 *
 * @template Options how files are opened: each kind takes those that it knows.
 */
export interface SampleFiles<Given, Input, Options> {
  /** Kind of the layouts that such files have. */
  readonly layouts: LayoutKind;
  /** Names of the options. */
  readonly options: Readonly<Record<keyof Options, true>>;
  /** With which rows are left out whose numbers cannot be used; none where they always are. */
  readonly dropping: Options;
  /** @throws FileError with the codes for files; those of {@link otherKindCodes} where the file has none of the layouts. */
  describe(path: string, options: Options): Promise<DescribedFile>;
  /** Reads a file, or several in their order, as one sample. */
  read(paths: readonly string[], options: Options): Promise<Given>;
  /** Opens a file whose rows have the input, or several, in their order. */
  open(paths: string | readonly string[], input: Input, options: Options): Promise<SampleStream>;
}

/** What a file is refused with that may be of another kind. */
export const otherKindCodes: readonly ErrorCode[] = ['ERR_LAYOUT', 'ERR_DATASET_MISSING', 'ERR_NOT_HDF5'];

/**
 * All that a kind of sample says of itself.
 *
 * @template Given what the user passes.
 * @template Options how its files are opened.
 * @template Input description of what classifiers read of it.
 * @template Schema of the same as plain JSON, in the files of a classifier.
 */
export interface SampleKind<Given, Input extends AnyInput, Schema extends z.ZodObject, Options> {
  /** As it stands in results and in the files of classifiers. */
  readonly name: Input['kind'];
  /** What the user passes, for messages. */
  readonly given: string;
  /** What samples are of, plural: `showers`, `tables`. */
  readonly plural: string;
  /** What the user can choose of the input of classifiers. */
  readonly choices: readonly (keyof InputChoices)[];
  owns(value: unknown): value is Given;
  /** @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE. */
  sample(given: Given): Sample;
  /** Names of the columns of the network input. */
  columns(input: Input): readonly string[];
  /** What results say of the input. */
  settings(input: Input): InputSettings;
  readonly storedInput: Schema;
  store(input: Input): z.output<Schema>;
  /** @throws CaloscopeError where this version does not know what was stored. */
  restore(stored: z.output<Schema>): Input;
  readonly files: SampleFiles<Given, Input, Options>;
}

/** What the settings of a result say of the input. */
export interface InputSettings {
  readonly geometry: string | null;
  readonly features: string;
  readonly threshold: number | null;
  /** Conditions beside the incident energy that classifiers read. */
  readonly conditions: readonly string[];
}

/** The error for two samples of different kinds. */
export function differentKinds(reference: Sample, generated: Sample): ArgumentError {
  return new ArgumentError(
    'ERR_SHAPE',
    `the reference sample holds ${reference.noun}, the generated sample ${generated.noun}; compare samples of one kind`,
  );
}

/** The error for rows that a classifier of another input is to score. A matrix fits wherever its columns do. */
export function otherInput(noun: string, columns: readonly string[]): ArgumentError {
  return new ArgumentError(
    'ERR_SHAPE',
    `the classifier takes ${columns.length} columns, not ${noun}: pass a matrix`,
  );
}

/** Warnings of one of two samples, which say of which. */
export function warningsOf(role: SampleRole, warnings: readonly Warning[]): Warning[] {
  return warnings.map(({ code, message }) => ({ code, message: `${role} sample: ${message}` }));
}
