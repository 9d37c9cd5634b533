import { crossCalibrate } from '../calibration/calibration.js';
import type { CrossFitResult } from '../classifier/cross-fitting.js';
import { eventLoopTurn } from '../event-loop.js';
import type { LearnerName } from '../native/contract/ensembles.js';
import type { ComputeOptions } from '../native/devices.js';
import { type AreaUnderCurve, RankedScores, type RocCurve } from '../statistics/rank-statistics.js';
import { type DensityRatioWeights, densityRatioWeights, type SampleRole } from '../weights/density-ratio.js';
import { calibrationFolds, calibrationWeights } from './calibration-folds.js';
import { foldAreas, type MeanArea, meanArea } from './mean-area.js';
import type { ComparedWeights } from './rank-distances.js';
import { rankingWeights } from './ranking-weights.js';
import type { EvaluationChoices } from './settings.js';

/**
 * What the classifiers say of every row of both samples: logits, weights and ranks come from here alone. To be disposed of
 * when the analyses are done.
 */
export class Scores {
  readonly reference: DensityRatioWeights;
  readonly generated: DensityRatioWeights;
  readonly #ranked: RankedScores;
  readonly #fitted: CrossFitResult;
  readonly #run: ComputeOptions;

  private constructor(
    weights: { readonly reference: DensityRatioWeights; readonly generated: DensityRatioWeights },
    ranked: RankedScores,
    fitted: CrossFitResult,
    run: ComputeOptions,
  ) {
    this.reference = weights.reference;
    this.generated = weights.generated;
    this.#ranked = ranked;
    this.#fitted = fitted;
    this.#run = run;
  }

  static async of(fitted: CrossFitResult, choices: EvaluationChoices, run: ComputeOptions): Promise<Scores> {
    const clip = choices.clip ?? undefined;
    const logRatios = await calibratedLogRatios(fitted, choices, run);
    const weigh = (role: SampleRole) => {
      const rowWeights = fitted[role].rowWeights ?? undefined;
      return densityRatioWeights(logRatios[role], { ...run, clip, role, rowWeights });
    };
    const reference = await weigh('reference');
    const generated = await weigh('generated');
    const rowWeights = rankingWeights(fitted.reference.rowWeights, fitted.generated.rowWeights);
    const ranked = await RankedScores.of(fitted.reference.scores, fitted.generated.scores, {
      ...run,
      ...rowWeights,
    });
    return new Scores({ reference, generated }, ranked, fitted, run);
  }

  /** Of all scores together, whatever their fold. */
  pooledArea(): Promise<AreaUnderCurve> {
    return this.#ranked.areaUnderCurve(this.#run);
  }

  rocCurve(): Promise<RocCurve> {
    return this.#ranked.rocCurve(this.#run);
  }

  /** The mean over the folds of the area under the curve. */
  meanArea(): Promise<MeanArea> {
    return meanArea(this.#fitted, this.#run);
  }

  /** The areas of each fold of each learner alone. */
  async learnerAreas(): Promise<{ readonly name: LearnerName; readonly folds: AreaUnderCurve[] }[]> {
    const { learners, reference, generated } = this.#fitted;
    const areas = [];
    for (const [i, { name }] of learners.entries()) {
      const column = {
        reference: columnOf(reference.logits, i, learners.length),
        generated: columnOf(generated.logits, i, learners.length),
      };
      areas.push({ name, folds: await foldAreas(this.#fitted, column, this.#run) });
    }
    return areas;
  }

  /** Median standard error of ln w of the generated rows, before any calibration. */
  medianError(): number {
    const sorted = Float64Array.from(this.#fitted.generated.logRatioErrors).sort();
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }

  [Symbol.dispose](): void {
    this.#ranked.dispose();
  }

  /** With which the rows of a sample count; null: each counts 1. */
  rowWeights(role: SampleRole): Float64Array | null {
    return this.#fitted[role].rowWeights;
  }

  /** Whether rows of a sample have weights of their own. */
  get rowsAreWeighted(): boolean {
    return this.rowWeights('reference') !== null || this.rowWeights('generated') !== null;
  }

  /**
   * Weights of the generated sample for histograms, times those of its rows. Histograms take finite ones only: the others are 0,
   * counted in the health.
   */
  finiteWeights(): Float64Array {
    const of = this.rowWeights('generated');
    return this.generated.values.map((w, row) => finiteOrNone(of === null ? w : w * (of[row] as number)));
  }

  /** With which the rows of both samples count in comparisons, before and after the weights. */
  comparedWeights(): ComparedWeights {
    return {
      reference: this.rowWeights('reference'),
      generated: this.rowWeights('generated'),
      reweighted: this.finiteWeights(),
    };
  }

  /**
   * {@link finiteWeights} without one fold after the other: 0 for the rows of the fold, K/(K − 1) times the weight for the
   * others.
   */
  async foldReplicas(): Promise<{ readonly learned: Float64Array[]; readonly kept: Float64Array[] }> {
    const { fold, logRatios, logRatiosWithout } = this.#fitted.generated;
    const weights = this.finiteWeights();
    const rows = fold.length;
    const folds = logRatiosWithout.length / rows;
    const outside = (k: number, of: (row: number) => number) =>
      weights.map((w, row) => (fold[row] === k ? 0 : (w * of(row) * folds) / (folds - 1)));
    const change = (k: number) => (row: number) =>
      Math.exp((logRatiosWithout[k * rows + row] as number) - (logRatios[row] as number));
    const replicas: { readonly learned: Float64Array[]; readonly kept: Float64Array[] } = {
      learned: [],
      kept: [],
    };
    for (let k = 0; k < folds; k++) {
      replicas.learned.push(outside(k, change(k)).map(finiteOrNone));
      replicas.kept.push(outside(k, () => 1));
      await eventLoopTurn();
    }
    return replicas;
  }
}

/** ln w of both samples, calibrated where that was asked for. */
async function calibratedLogRatios(
  fitted: CrossFitResult,
  { calibration }: EvaluationChoices,
  run: ComputeOptions,
): Promise<Record<SampleRole, Float64Array>> {
  const raw = { reference: fitted.reference.logRatios, generated: fitted.generated.logRatios };
  if (calibration === null) return raw;
  const folded = { ...raw, ...calibrationFolds(fitted), ...calibrationWeights(fitted) };
  const calibrated = await crossCalibrate(calibration, folded, { signal: run.signal });
  return { reference: calibrated.reference.logOdds, generated: calibrated.generated.logOdds };
}

function finiteOrNone(weight: number): number {
  return Number.isFinite(weight) ? weight : 0;
}

/** One learner's part of logits, learners × rows. */
function columnOf(logits: Float32Array, learner: number, learners: number): Float32Array {
  const rows = logits.length / learners;
  return logits.subarray(learner * rows, (learner + 1) * rows);
}
