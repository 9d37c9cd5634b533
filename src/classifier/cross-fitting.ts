import { ArgumentError } from '../errors.js';
import type { OutputInput } from '../formats/files/inputs.js';
import { native } from '../native/binding.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type {
  CrossFitted,
  HeldOutRows,
  NativePlan,
  NativeSharedFits,
  PreparedSamplesHandle,
} from '../native/contract/training.js';
import type { Computer } from '../native/devices.js';
import { type JobOptions, NativeObject, runJob } from '../native/run-job.js';
import type { Ranks } from '../ranks/ranks.js';
import { type ColumnRanges, columnRanges } from '../samples/column-ranges.js';
import {
  columnCounts,
  featureNames,
  type InputDescription,
  inputSettings,
  makeFeatures,
} from '../samples/kinds.js';
import type { PairedRows } from '../samples/paired-rows.js';
import { weightsOfBoth, weightsOfRows } from '../samples/row-weights.js';
import type { Sample } from '../samples/sample.js';
import { selectionText } from '../samples/selected-rows.js';
import type { Warning } from '../warnings.js';
import { type CheckpointFolder, nativeFolder } from './checkpoints.js';
import { ClassifierEnsemble, networkParameters } from './ensemble.js';
import { decodeFits, encodeFits } from './exchanged-fits.js';
import { requireFittingMemory } from './memory-need.js';
import { batchSizeFor } from './network-settings.js';
import { type CrossFittingPlan, seenShare, splitText } from './settings.js';
import { sizeWarnings } from './size-warnings.js';

/** What was held out of a sample, and the weights with which its rows count; null: each counts 1. */
export interface HeldOutSample extends HeldOutRows {
  readonly rowWeights: Float64Array | null;
}

/** What the core gives, with the ensemble as users have it. */
export interface CrossFitResult extends Omit<CrossFitted, 'ensemble' | 'reference' | 'generated'> {
  readonly ensemble: ClassifierEnsemble;
  readonly reference: HeldOutSample;
  readonly generated: HeldOutSample;
  readonly batchSize: number;
  /** What is odd about the numbers of rows and parameters; the ensemble keeps it, too. */
  readonly sizeWarnings: readonly Warning[];
}

export interface PrepareOptions extends JobOptions {
  readonly computer: Computer;
  /** Rows that were made for the same conditions: partners stay in one fold. */
  readonly paired?: PairedRows | null;
  /** Bytes that the caller will need beside the fit, which is refused where there is no room for both. */
  readonly besideBytes?: number;
  /** Processes that share the fits. */
  readonly ranks?: Ranks | null;
}

/** What a share of a fit depends on. */
export interface ShareOptions extends JobOptions {
  readonly checkpoint?: CheckpointFolder | null;
  /** In place of that of the plan. */
  readonly seed?: number;
  /** This fit is that of the result, of which the first rank will have more to do. */
  readonly ofResult?: boolean;
}

export interface FitOptions extends ShareOptions {
  /** What is odd about the samples, for the description of the ensemble. */
  readonly warnings: readonly Warning[];
  /** The files of the samples, for the same. */
  readonly inputs: readonly OutputInput[];
}

/** How many rows the samples have. */
interface Sizes {
  readonly reference: number;
  readonly generated: number;
}

/** What fits are made of beside the samples of the core. */
interface Preparation {
  readonly input: InputDescription;
  readonly plan: CrossFittingPlan;
  /** What the rows are, plural. */
  readonly noun: string;
  readonly rows: Sizes;
  readonly rowWeights: { readonly [Role in SampleRole]: Float64Array | null };
  readonly ranges: ColumnRanges;
  readonly groups: Uint32Array;
  readonly computer: Computer;
  readonly ranks: Ranks | null;
}

/** Two samples as learners read them: features and whitening are made once, whatever is fitted to them. */
export class PreparedFitting extends NativeObject<'prepared-samples'> {
  readonly #made: Preparation;

  /** @internal Users of the class call {@link prepareFitting}. */
  constructor(handle: PreparedSamplesHandle, made: Preparation) {
    super(handle);
    this.#made = made;
  }

  get rows(): Sizes {
    return this.#made.rows;
  }

  get computer(): Computer {
    return this.#made.computer;
  }

  /** Processes that share the fits. */
  get ranks(): Ranks | null {
    return this.#made.ranks;
  }

  /** The plan as the core takes it. */
  get plan(): NativePlan {
    const { plan, input, groups } = this.#made;
    const { folds, split, members, seed, learners, classifier } = plan;
    const { betas, ...settings } = classifier;
    const { features, threshold, conditions } = inputSettings(input);
    const cut = threshold === null ? 'no threshold' : `threshold ${threshold} MeV`;
    const read = conditions.map((name) => `, ${name}`).join('');
    return {
      ...settings,
      beta1: betas[0],
      beta2: betas[1],
      folds,
      split,
      members,
      seed,
      learners,
      input: `${features}, ${cut}${read}`,
      groups,
      batchSize: this.#batchSize,
      hidden: Uint32Array.from(classifier.hidden),
    };
  }

  /**
   * Fits learners to tell the samples apart (reference is label 1) and scores every row with members that never saw it. The
   * classes are balanced in the loss, so a logit is ln(p_reference/p_generated) whatever the sizes.
   *
   * @throws NativeError ERR_TOO_FEW_ROWS, ERR_TRAINING, ERR_CHECKPOINT, ERR_OUTPUT (of a checkpoint); `signal.reason` when
   * aborted.
   */
  async fit(options: FitOptions): Promise<CrossFitResult> {
    const { input, plan, ranges, rowWeights, noun, ranks } = this.#made;
    const { seed = plan.seed } = options;
    const fitted = ranks === null ? await this.#fitAlone(options) : await this.#fitWith(ranks, options);
    const { select, folds, split, members, learners, whitening, classifier } = plan;
    const batchSize = this.#batchSize;
    const odd = sizeWarnings(this.rows, noun, plan, networkParameters(fitted.ensemble));
    const ensemble = ClassifierEnsemble.adopt(fitted.ensemble, {
      input,
      training: {
        folds,
        split,
        select,
        rows: this.rows,
        members,
        seed,
        learners,
        whitening,
        classifier: { ...classifier, batchSize },
      },
      records: fitted.records,
      ranges,
      warnings: [...options.warnings, ...odd],
      inputs: options.inputs,
    });
    const held = (role: SampleRole) => ({
      ...fitted[role],
      rowWeights: weightsOfRows(rowWeights[role], fitted[role].rows),
    });
    return {
      ...fitted,
      reference: held('reference'),
      generated: held('generated'),
      ensemble,
      batchSize,
      sizeWarnings: odd,
    };
  }

  /**
   * What a rank beside the first does of a fit: its share, which it sends to the first.
   *
   * @throws what {@link fit} throws.
   */
  async takeShare(ranks: Ranks, options: ShareOptions): Promise<void> {
    await ranks.toFirst(await this.#share(ranks, options));
  }

  #fitAlone(options: ShareOptions): Promise<CrossFitted> {
    const checkpoint = nativeFolder(options.checkpoint, null);
    return runJob<CrossFitted>(
      (notify) => native().crossFit(this.handle, this.#planOf(options), checkpoint, this.computer, notify),
      options,
    );
  }

  async #fitWith(ranks: Ranks, options: ShareOptions): Promise<CrossFitted> {
    const shares = (await ranks.toFirst(await this.#share(ranks, options))) as Uint8Array[];
    const fits = decodeFits(shares);
    shares.length = 0;
    return await runJob<CrossFitted>(
      (notify) => native().crossFitOf(this.handle, this.#planOf(options), fits, this.computer, notify),
      options,
    );
  }

  async #share(ranks: Ranks, options: ShareOptions): Promise<Uint8Array> {
    const checkpoint = nativeFolder(options.checkpoint, ranks);
    const share = ranks.share(options.ofResult);
    const { members, fits } = await runJob<NativeSharedFits>(
      (notify) =>
        native().fitShare(this.handle, this.#planOf(options), share, checkpoint, this.computer, notify),
      options,
    );
    ranks.deal(members);
    return encodeFits(fits);
  }

  #planOf({ seed = this.#made.plan.seed }: ShareOptions): NativePlan {
    return { ...this.plan, seed };
  }

  get #batchSize(): number {
    const { plan, rows } = this.#made;
    return batchSizeFor(plan.classifier, (rows.reference + rows.generated) * seenShare(plan));
  }
}

/**
 * Makes what learners read of two samples. Dispose of it when all is fitted.
 *
 * @throws CaloscopeError ERR_MEMORY; NativeError ERR_TOO_FEW_ROWS, ERR_SHAPE, ERR_INCIDENT_ENERGY; `signal.reason` when aborted.
 */
export async function prepareFitting(
  reference: Sample,
  generated: Sample,
  input: InputDescription,
  plan: CrossFittingPlan,
  { computer, paired = null, signal, besideBytes = 0, ranks = null }: PrepareOptions,
): Promise<PreparedFitting> {
  requireRows(reference, 'reference', plan);
  requireRows(generated, 'generated', plan);
  const { stored, voxels } = columnCounts(input);
  const read = { rows: reference.rows + generated.rows, stored, voxels };
  requireFittingMemory(read, plan, computer.threads, besideBytes, ranks?.onNode);
  const quiet = { signal, threads: computer.threads };
  using referenceFeatures = await makeFeatures(reference, input, quiet);
  using generatedFeatures = await makeFeatures(generated, input, quiet);
  const both = reference.rows + generated.rows;
  const ranges = await columnRanges(referenceFeatures, generatedFeatures, both, featureNames(input), quiet);
  const handle = await runJob<PreparedSamplesHandle>(
    (notify) =>
      native().prepareSamples(
        referenceFeatures.handle,
        generatedFeatures.handle,
        weightsOfBoth(reference, generated),
        plan.whitening,
        computer,
        notify,
      ),
    quiet,
  );
  const { noun } = reference;
  const rows = { reference: reference.rows, generated: generated.rows };
  const groups = paired ? joined(paired.reference, paired.generated) : new Uint32Array(0);
  const rowWeights = { reference: reference.rowWeights, generated: generated.rowWeights };
  return new PreparedFitting(handle, {
    input,
    plan,
    noun,
    rows,
    rowWeights,
    ranges,
    groups,
    computer,
    ranks,
  });
}

/** Rows that each sample must have, and what for: two a fold, or a part of a split. */
export function rowsNeeded({ folds, split }: Pick<CrossFittingPlan, 'folds' | 'split'>): {
  readonly rows: number;
  readonly purpose: string;
} {
  if (!split) return { rows: 2 * folds, purpose: `${folds} folds` };
  const smallest = Math.min(split.train, split.validation, split.test);
  return { rows: Math.ceil(2 / smallest), purpose: `the parts of ${splitText(split)}` };
}

function requireRows(sample: Sample, name: string, plan: CrossFittingPlan): void {
  const { rows, purpose } = rowsNeeded(plan);
  if (sample.rows >= rows) return;
  const chosen = plan.select.map((one) => selectionText(one)).join(' and ');
  const left = chosen === '' ? '' : ` with ${chosen}, as selected`;
  const found = sample.rows === 1 ? '1 row' : `${sample.rows} rows`;
  throw new ArgumentError(
    'ERR_TOO_FEW_ROWS',
    `the ${name} sample has ${found}${left}; ${purpose} need at least ${rows}`,
  );
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
