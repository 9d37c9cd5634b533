import { type Command, Option } from 'commander';
import * as z from 'zod';
import { type ClassifierOptions, classifierSchema } from '../classifier/network-settings.js';
import { presetNames } from '../classifier/presets.js';
import type { TrainingOptions } from '../classifier/settings.js';
import { ArgumentError } from '../errors.js';
import { type EvaluationOptions, evaluationSchema, mostConditionBins } from '../evaluation/settings.js';
import { writtenFormats } from '../formats/tables/writer/table-plan.js';
import { layoutNames } from '../layouts/kinds-of-layouts.js';
import { alternatives, oneOf } from '../names.js';
import { calibrationMethods } from '../native/contract/calibration.js';
import { activations, learnerNames } from '../native/contract/ensembles.js';
import { featureSetNames } from '../native/contract/showers.js';
import { precisions } from '../native/contract/training.js';
import { type DeviceName, deviceNames } from '../native/devices.js';
import { mostThreads } from '../native/threads.js';
import type { OpenSampleOptions } from '../samples/kinds.js';
import { repeatedPolicies } from '../samples/repeated-rows.js';
import { negativePolicies, nonFinitePolicies, strictPolicy } from '../samples/showers/reading/oddities.js';
import type { ContentPolicy } from '../samples/showers/reading/reading.js';
import type { SpeechOptions } from './session.js';

/** The options that several commands share. Ranges are those of the library: each option is checked by its schema. */

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** NaN for what is not plainly a number; JavaScript itself would take '' as 0 and '0x10' as 16. */
function numberFrom(text: string): number {
  return numberPattern.test(text) ? Number(text) : Number.NaN;
}

export function numberOr<Word extends string>(...words: readonly Word[]): (text: string) => number | Word {
  return (text) => words.find((word) => word === text) ?? numberFrom(text);
}

function numbersFrom(text: string): number[] {
  return text.split(',').map(numberFrom);
}

/** From the text of the command line to what a schema takes. */
type Convert = (text: string) => unknown;

/**
 * An option whose value is checked.
 *
 * @param demand said of a value that the schema refuses, in place of the words of the schema.
 */
export function checkedOption(
  flags: string,
  description: string,
  schema: z.ZodType,
  convert: Convert = numberFrom,
  demand?: string,
): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const parsed = schema.safeParse(convert(text));
    if (parsed.success) return parsed.data;
    const says = demand ?? parsed.error.issues[0]?.message;
    throw new ArgumentError('ERR_USAGE', `${option.long} ${says}; it is ${JSON.stringify(text)}`);
  });
}

/** `(default: …)` as the library has it. */
function usual(schema: z.ZodType): string {
  return `(default: ${schema.parse(undefined)})`;
}

export const asGiven = (text: string) => text;

export interface RunOptions extends SpeechOptions {
  readonly threads?: number;
  readonly debug?: boolean;
}

const threadsDemand = { error: `must be a whole number from 1 to ${mostThreads}` };
const threadsSchema = z.int(threadsDemand).min(1, threadsDemand).max(mostThreads, threadsDemand);

export function addThreadsOption(command: Command): Command {
  const description =
    'threads to work on; results do not depend on it (default: those that affinity mask, CPU quota and SLURM_CPUS_PER_TASK leave)';
  return command.addOption(checkedOption('--threads <n>', description, threadsSchema));
}

export interface DeviceFlags {
  readonly device?: DeviceName;
  readonly devices?: readonly number[];
}

/** Where the heavy arithmetic is done. */
export function addDeviceOptions(command: Command): Command {
  const device = `${alternatives(deviceNames)} (default: cpu)`;
  const demand = { error: 'must be numbers from 0 on with commas between them' };
  const list = z.array(z.int(demand).min(0, demand).max(1023, demand), demand);
  return command
    .addOption(checkedOption('--device <name>', device, oneOf(deviceNames), asGiven))
    .addOption(
      checkedOption(
        '--devices <list>',
        'numbers of the CUDA devices, as 0,1 (default: 0)',
        list,
        numbersFrom,
      ),
    );
}

export function addSpeechOptions(command: Command): Command {
  return command
    .option('--json', 'the outcome as one JSON document on stdout, and no progress')
    .option('--quiet', 'nothing but errors (and the document of --json)')
    .option('--debug', 'with the stack trace of an error');
}

export interface SeedOption {
  readonly seed?: number;
}

export function addSeedOption(command: Command): Command {
  const { seed } = evaluationSchema.shape;
  const description = `seed of all random numbers, 0 to 2^53-1 ${usual(seed)}`;
  return command.addOption(checkedOption('--seed <n>', description, seed));
}

export interface SampleFileOptions {
  readonly geometry?: string;
  readonly particle?: string;
  readonly group?: string;
  readonly layout?: string;
  readonly multiplicity?: number;
  readonly negativeVoxels?: ContentPolicy['negative'];
  readonly nonFiniteVoxels?: ContentPolicy['nonFinite'];
  readonly dropRows?: boolean;
}

const named = z.string().min(1, { error: 'must not be empty' });

/** How shower files are opened. */
export function addGeometryOptions(command: Command): Command {
  const geometry =
    'calogan, ds1-photons, ds1-pions, ds2, ds3, cartesian:LxRxC, grid:LxRxC:X1..X2:Y1..Y2 (bins points, mm), a table of cells (.csv) or a binning file (.xml); guessed where left out';
  return command
    .addOption(checkedOption('--geometry <name>', geometry, named, asGiven))
    .addOption(
      checkedOption('--particle <name>', 'particle of a binning file that has several', named, asGiven),
    )
    .addOption(layoutOption())
    .addOption(groupOption());
}

export function multiplicityOption(): Option {
  const demand = { error: 'must be a whole number of objects from 1 on' };
  const description = 'only events with that many objects (default: all, in one training)';
  return checkedOption('--multiplicity <n>', description, z.int(demand).min(1, demand));
}

export function layoutOption(): Option {
  const description = `${layoutNames.join(', ')} or a description (.json); recognized where left out`;
  return checkedOption('--layout <name>', description, named, asGiven);
}

export function groupOption(): Option {
  return checkedOption('--group <path>', 'group of the HDF5 file with the showers', named, asGiven);
}

/** How odd numbers in shower files are treated. */
export function addContentOptions(command: Command): Command {
  const option = (flags: string, policies: readonly [string, ...string[]], usualPolicy: string) => {
    const description = `${alternatives(policies)} (default: ${usualPolicy})`;
    command.addOption(checkedOption(flags, description, oneOf(policies), asGiven));
  };
  option('--negative-voxels <how>', negativePolicies, strictPolicy.negative);
  option('--non-finite-voxels <how>', nonFinitePolicies, strictPolicy.nonFinite);
  const drop =
    'leave out showers with NaN, infinite or negative numbers, and rows of tables that are not finite';
  return command.option('--drop-rows', `${drop}; the same as drop for both`);
}

export interface TrainingFlags extends SeedOption {
  readonly preset?: EvaluationOptions['preset'];
  readonly folds?: EvaluationOptions['folds'];
  readonly split?: EvaluationOptions['split'];
  readonly learners?: EvaluationOptions['learners'];
  /** false: `--no-whitening`. */
  readonly whitening?: EvaluationOptions['whitening'];
  readonly members?: EvaluationOptions['members'];
  readonly select?: EvaluationOptions['select'];
  readonly repeated?: EvaluationOptions['repeated'];
  readonly features?: EvaluationOptions['features'];
  /** `none`: null of the library, which commander would take for a missing value. */
  readonly threshold?: NonNullable<EvaluationOptions['threshold']> | 'none';
  readonly conditions?: EvaluationOptions['conditions'];
  readonly hidden?: ClassifierOptions['hidden'];
  readonly activation?: ClassifierOptions['activation'];
  readonly dropout?: ClassifierOptions['dropout'];
  readonly epochs?: ClassifierOptions['epochs'];
  readonly batch?: ClassifierOptions['batchSize'];
  readonly learningRate?: ClassifierOptions['learningRate'];
  readonly weightDecay?: ClassifierOptions['weightDecay'];
  readonly patience?: ClassifierOptions['patience'];
  readonly validationFraction?: ClassifierOptions['validationFraction'];
  readonly precision?: ClassifierOptions['precision'];
}

/** What the classifiers see, and how they are trained. */
export function addTrainingOptions(command: Command): Command {
  const { conditions, features, folds, learners, members, threshold, repeated, split } =
    evaluationSchema.shape;
  const network = classifierSchema.shape;
  const option = (flags: string, what: string, schema: z.ZodType, convert?: Convert, demand?: string) =>
    command.addOption(checkedOption(flags, `${what} ${usual(schema)}`, schema, convert, demand));
  const ofPreset = `architecture, features and training of a published classifier; other options go before: ${alternatives(presetNames)}`;
  command.addOption(checkedOption('--preset <name>', ofPreset, oneOf(presetNames), asGiven));
  option('--folds <n>', 'parts of the showers; each is scored by classifiers that saw others only', folds);
  const parts =
    'in place of folds: percent of the showers to train, to validate and to compare with, as 60/20/20';
  const noParts = 'must be TRAIN/VALIDATION/TEST, above 0, that sum to 100 or to 1';
  command.addOption(checkedOption('--split <shares>', parts, split.unwrap().unwrap(), splitFrom, noParts));
  option('--learners <list>', `comma-separated: ${alternatives(learnerNames)}`, learners, namesFrom);
  command.option('--no-whitening', 'columns one by one, not turned onto their principal axes');
  option('--members <n>', 'networks a pair of folds', members);
  option('--features <set>', alternatives(featureSetNames), features, asGiven);
  const above = 'voxels below count as zero; or published, none';
  const noThreshold = 'must be an energy in MeV from 0 on, published or none';
  const orNone = z
    .union([z.literal('none'), threshold.unwrap()])
    .default(threshold.parse(undefined) ?? 'none');
  option('--threshold <MeV>', above, orNone, numberOr('published', 'none'), noThreshold);
  const none = 'must be varying, none, or names with commas between';
  const angles = 'conditions beside the energy that classifiers read: varying, none, or names';
  option('--conditions <names>', angles, conditions, wordOrNames, none);
  command.addOption(selectOption());
  const copies = `${alternatives(repeatedPolicies)}: rows that occur twice`;
  option('--repeated <how>', copies, repeated, asGiven);
  option('--hidden <widths>', 'widths of the hidden layers', network.hidden, numbersFrom);
  option('--activation <name>', alternatives(activations), network.activation, asGiven);
  option('--dropout <share>', 'share of hidden values dropped in training', network.dropout);
  option('--epochs <n>', 'passes over the training showers at most', network.epochs);
  option('--batch <n>', 'showers a step, or auto', network.batchSize, numberOr('auto'));
  option('--learning-rate <rate>', 'highest learning rate of AdamW', network.learningRate);
  option('--weight-decay <rate>', 'decoupled weight decay', network.weightDecay);
  option('--patience <n>', 'epochs without a gain before a training ends', network.patience);
  const validation = 'share of the training showers that decide when to stop';
  option('--validation-fraction <share>', validation, network.validationFraction);
  command.addOption(precisionOption('of the products in training and scoring'));
  return addSeedOption(command);
}

/** @param what it is the precision of. */
export function precisionOption(what: string): Option {
  const { precision } = classifierSchema.shape;
  const description = `${alternatives(precisions)}: precision ${what} ${usual(precision)}`;
  return checkedOption('--precision <type>', description, precision, asGiven);
}

export interface CheckpointFlags {
  readonly checkpoint?: string;
  readonly resume?: boolean;
}

/** What survives the process. */
export function addCheckpointOptions(command: Command): Command {
  const keep = 'keep the state of the training in this folder after every epoch; it goes when all is done';
  const goOn =
    'resume from the checkpoints of the same command, or start where there are none (folder: OUT.checkpoint unless --checkpoint is given)';
  return command
    .addOption(checkedOption('--checkpoint <folder>', keep, named, asGiven))
    .option('--resume', goOn);
}

export interface PermutationsOption {
  readonly permutations?: EvaluationOptions['permutations'];
  readonly repeat?: EvaluationOptions['repeats'];
}

export function addPermutationsOption(command: Command): Command {
  const { permutations, repeats } = evaluationSchema.shape;
  const permuted = `trainings with permuted labels, for an exact p-value ${usual(permutations)}`;
  const repeated = `trainings with seeds of their own, for the spread of the AUC ${usual(repeats)}`;
  return command
    .addOption(checkedOption('--permutations <n>', permuted, permutations))
    .addOption(checkedOption('--repeat <n>', repeated, repeats));
}

export interface ScoringOptions {
  readonly clip?: EvaluationOptions['clip'];
}

export interface CalibrationOption {
  readonly calibration?: NonNullable<EvaluationOptions['calibration']>;
}

export function addCalibrationOption(command: Command): Command {
  const description = `calibrates ln w, not the ranks: ${alternatives(calibrationMethods)} (default: none)`;
  return command.addOption(
    checkedOption('--calibration <name>', description, oneOf(calibrationMethods), asGiven),
  );
}

/** How logits become weights. */
export function addScoringOptions(command: Command): Command {
  const { clip } = evaluationSchema.shape;
  const noClip = 'must be LOW,HIGH with 0 <= LOW < HIGH';
  const bounds = 'bounds on the weights (default: none)';
  return command.addOption(checkedOption('--clip <low,high>', bounds, clip, clipFrom, noClip));
}

/** Shares or percent. */
function splitFrom(text: string): unknown {
  const [train = Number.NaN, validation = Number.NaN, test = Number.NaN, ...rest] = text
    .split('/')
    .map(numberFrom);
  if (rest.length > 0) return text;
  const whole = Math.abs(train + validation + test - 100) < 1e-9 ? 100 : 1;
  return { train: train / whole, validation: validation / whole, test: test / whole };
}

export function figuresOption(): Option {
  const description =
    'folder for the figures of the report as SVG and PDF for papers, and their numbers as CSV and tables of HEPData';
  return checkedOption('--figures <folder>', description, named, asGiven);
}

export function styleOption(): Option {
  const description =
    'style sheet (CSS) for the report and its figures, such as ":root { --generated: #c00 }"; it may load nothing';
  return checkedOption('--style <file>', description, named, asGiven);
}

export function tablesOption(): Option {
  const description = `tables of weights and observables, a row for each row that was compared: ${alternatives(writtenFormats)}`;
  return checkedOption('--tables <format>', description, oneOf(writtenFormats), asGiven);
}

export interface WindowsOption {
  readonly windows?: EvaluationOptions['windows'];
}

export function addWindowsOption(command: Command): Command {
  const { windows } = evaluationSchema.shape;
  const description = 'windows of the weight whose showers are looked at (default: :0.1,2:)';
  const demand = 'must be LOW:HIGH with commas between them; a bound that is left out is none';
  return command.addOption(checkedOption('--windows <list>', description, windows, windowsFrom, demand));
}

function windowsFrom(text: string): unknown {
  const bound = (part: string | undefined) => (part === '' ? null : numberFrom(part ?? ''));
  return text.split(',').map((window) => {
    const [lower, upper, ...rest] = window.split(':');
    return rest.length === 0 ? { lower: bound(lower), upper: bound(upper) } : window;
  });
}

export interface ByOption {
  readonly by?: EvaluationOptions['by'];
}

export function addByOption(command: Command): Command {
  const { by } = evaluationSchema.shape;
  const description =
    'conditions in whose bins everything is compared, with the number of bins: energy,theta:5 (default: all)';
  const demand = `must be NAME or NAME:BINS with commas between them, each name once, from 2 to ${mostConditionBins} bins`;
  return command.addOption(checkedOption('--by <list>', description, by, byFrom, demand));
}

/** Which rows are compared. */
function selectOption(): Option {
  const { select } = evaluationSchema.shape;
  const description =
    'only rows made for this: energy:1e3..5e4 (MeV; both ends belong to it, one may be left out), pdg:22/-211 (values); any condition of the layout, with commas between (default: all)';
  const demand =
    'must be NAME:LOW..HIGH or NAME:VALUE/VALUE with commas between them, each name once, LOW <= HIGH, one of both may be left out';
  return checkedOption('--select <list>', description, select, selectionsFrom, demand);
}

function selectionsFrom(text: string): unknown {
  return text.split(',').map((part) => {
    const colon = part.lastIndexOf(':');
    const [condition, wanted] = [part.slice(0, Math.max(0, colon)).trim(), part.slice(colon + 1)];
    const [from = '', to, ...rest] = wanted.split('..');
    if (rest.length > 0) return part;
    if (to === undefined) return { condition, values: wanted.split('/').map(numberFrom) };
    const bound = (end: string) => (end === '' ? null : numberFrom(end));
    return { condition, from: bound(from), to: bound(to) };
  });
}

function byFrom(text: string): unknown {
  return text.split(',').map((part) => {
    const [condition, bins, ...rest] = part.split(':');
    if (rest.length > 0) return part;
    return { condition, ...(bins !== undefined && { bins: numberFrom(bins) }) };
  });
}

function wordOrNames(text: string): unknown {
  return text === 'varying' || text === 'none' ? text : namesFrom(text);
}

export function namesFrom(text: string): unknown {
  return text.split(',').map((name) => name.trim());
}

function clipFrom(text: string): unknown {
  const [lower, upper, ...rest] = numbersFrom(text);
  return rest.length === 0 ? { lower, upper } : text;
}

/** Without the options that were not given, so that the defaults of the library hold. */
function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/** The options of a training as the library takes them. */
export function trainingOptions(flags: TrainingFlags): TrainingOptions {
  const { preset, features, conditions, folds, split, learners, members, seed, select, repeated } = flags;
  const whitening = flags.whitening === false ? false : undefined;
  const threshold = flags.threshold === 'none' ? null : flags.threshold;
  const { hidden, activation, dropout, epochs, learningRate, weightDecay, patience } = flags;
  const { batch: batchSize, validationFraction, precision } = flags;
  const steps = { epochs, batchSize, learningRate, weightDecay, patience, validationFraction, precision };
  const classifier = given({ hidden, activation, dropout, ...steps });
  return {
    ...given({ preset, features, conditions, folds, split, learners, whitening, threshold, members, seed }),
    ...given({ select, repeated }),
    classifier,
  };
}

/** The options that decide a result as the library takes them. */
export function evaluationOptions(
  flags: TrainingFlags & ScoringOptions & PermutationsOption & CalibrationOption & WindowsOption & ByOption,
): EvaluationOptions {
  return {
    ...trainingOptions(flags),
    ...given({ clip: flags.clip, permutations: flags.permutations, repeats: flags.repeat }),
    ...given({ calibration: flags.calibration, windows: flags.windows, by: flags.by }),
  };
}

/** How files are opened, as the library takes it. */
export function openingOptions(flags: SampleFileOptions): OpenSampleOptions {
  const { geometry, particle, group, layout, multiplicity, dropRows } = flags;
  const { negativeVoxels: negative, nonFiniteVoxels: nonFinite } = flags;
  return given({
    ...{ geometry, particle, group, layout, multiplicity, dropRows },
    ...(negative && { negative }),
    ...(nonFinite && { nonFinite }),
  });
}
