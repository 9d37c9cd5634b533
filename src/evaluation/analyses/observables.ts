import { eventLoopTurn } from '../../event-loop.js';
import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import type { ShapeComparison } from '../../statistics/shape-comparison.js';
import type { Warning } from '../../warnings.js';
import type { Analysis, AnalysisContext, Finding } from '../analysis.js';
import { type BeforeAndAfter, bothOf } from '../before-and-after.js';
import { jointHistograms } from '../joint-histograms.js';
import { binsFor } from '../observable-axis.js';
import { histogramsOf, type UndefinedShares } from '../observable-histograms.js';
import { rankDistances } from '../rank-distances.js';
import { shortP } from '../short-p.js';

export type { ShapeComparison } from '../../statistics/shape-comparison.js';
export type { BeforeAndAfter } from '../before-and-after.js';
export type { UndefinedShares } from '../observable-histograms.js';

/** Observables that the command line names. */
const summarized = 5;
/** Corrected p-value below which an observable tells the samples apart without doubt. */
const surely = 1e-6;
/** p-value of χ² below which the reweighted sample still differs: three standard deviations, one-sided. */
const significant = 0.00135;
/**
 * The weights describe an observable when they take away at least this factor of its distance, noise subtracted: what they
 * leave is then less than what they explain.
 */
const reduction = 2;

/** One observable: three histograms on the same axis, in the histograms of the result. */
export interface ObservableComparison {
  /** Stable name, e.g. `energy_ratio`, `layer_energy_3`. */
  readonly name: string;
  /** For axis labels, with TeX-free Unicode, e.g. `E_dep / E_inc`. */
  readonly label: string;
  /** `MeV`, `mm`, `voxel`, or empty. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /**
   * Names of the histograms in `histograms`. `reweighted` is the generated sample with its weights; its variances are Σw² and
   * what the weights have in common.
   */
  readonly histograms: {
    readonly reference: string;
    readonly generated: string;
    readonly reweighted: string;
  };
  /** The value that says "there is none", such as 0 for the center of an empty layer; null: there is no such value. */
  readonly undefinedValue: UndefinedShares | null;
  /** P(reference > generated) + ½ P(=), so that below ½ is as good as above; error of DeLong. */
  readonly auc: BeforeAndAfter<{ readonly value: number; readonly standardError: number }>;
  /** Kolmogorov–Smirnov distance; p-value of one test, not corrected for the number of observables. */
  readonly distance: BeforeAndAfter<{ readonly value: number; readonly pValue: number }>;
  /**
   * Separation power ½Σ(p−q)²/(p+q) of generated and of reweighted against reference; 0 = equal, 1 = disjoint. Flow bins
   * count, and so does the undefined value, as bins of their own: not so in `separationPower` of the library.
   */
  readonly separation: BeforeAndAfter<number>;
  /** The separation expected on average of equal samples of these sizes and weights. */
  readonly separationNoise: BeforeAndAfter<number>;
  /**
   * χ² of normalized shapes over the same bins, neighbors with few entries put together, and the number of bins compared.
   * The covariance is that of the samples, Σw², and for the reweighted sample what its weights have in common, by the
   * jackknife over the folds.
   */
  readonly chiSquare: BeforeAndAfter<ShapeComparison['chiSquare']>;
  /** The smaller p-value of distance and χ² of the generated sample, times two for each observable compared. */
  readonly pValue: number;
  /**
   * True where the observable tells the samples apart without doubt (`pValue` < 10⁻⁶) and the weights do not change that:
   * the reweighted sample differs significantly, and its separation above noise is more than half of that before.
   */
  readonly unexplained: boolean;
}

/** Observables of both samples, and whether the weights bring them together. */
export const observables: Analysis<readonly ObservableComparison[]> = {
  run: compareObservables,
  summary(compared) {
    if (compared.length === 0) return null;
    const worst = [...compared]
      .sort((a, b) => b.separation.generated - a.separation.generated)
      .slice(0, summarized);
    return {
      heading: `Observables that differ most, of ${compared.length} (separation power; noise: of equal samples; p: corrected for their number)`,
      rows: worst.map(({ label, separation, separationNoise: noise, auc, pValue, unexplained }) => [
        label,
        `${separation.generated.toFixed(4)} (noise ${noise.generated.toFixed(4)})`,
        `AUC ${Math.max(auc.generated.value, 1 - auc.generated.value).toFixed(3)}`,
        `p ${shortP(pValue)}`,
        `reweighted ${separation.reweighted.toFixed(4)} (noise ${noise.reweighted.toFixed(4)})`,
        unexplained ? 'NOT DESCRIBED by the weights' : '',
      ]),
    };
  },
};

/**
 * Histograms observables of the reference sample, the generated sample, and the generated sample with its weights, on
 * common axes, and says how far apart they are.
 */
async function compareObservables(context: AnalysisContext): Promise<Finding<ObservableComparison[]>> {
  const { scores, run, columns } = context;
  const weights = scores.comparedWeights();
  const replicated = { weights, ...(await scores.foldReplicas()) };
  const compared: Omit<ObservableComparison, 'pValue' | 'unexplained'>[] = [];
  const histograms: Record<string, UhiHistogram> = {};
  for (const column of columns) {
    const bins = binsFor(column);
    if (bins === null) continue;
    await eventLoopTurn();
    const made = await histogramsOf(column, bins, replicated, run);
    const ranks = await rankDistances(column, weights, run);
    Object.assign(histograms, made.histograms);
    compared.push({
      ...column.observable,
      scale: bins.axis.type === 'log' ? 'log' : 'linear',
      histograms: made.names,
      undefinedValue: made.undefinedValue,
      ...ranks,
      separation: bothOf(made.shapes, ({ separation }) => separation),
      separationNoise: bothOf(made.shapes, ({ noise }) => noise),
      chiSquare: bothOf(made.shapes, ({ chiSquare }) => chiSquare),
    });
  }
  const part = compared.map((one) => judged(one, compared.length));
  Object.assign(histograms, await jointHistograms(columns, context.reference.comparedLayers, weights, run));
  return { part, histograms, warnings: notDescribed(part) };
}

function judged(
  one: Omit<ObservableComparison, 'pValue' | 'unexplained'>,
  observables: number,
): ObservableComparison {
  const { distance, chiSquare, separation, separationNoise: noise } = one;
  const smallest = Math.min(distance.generated.pValue, numberOr(chiSquare.generated.pValue, 1));
  const pValue = Math.min(1, 2 * observables * smallest);
  const before = separation.generated - noise.generated;
  const after = separation.reweighted - noise.reweighted;
  const differs = chiSquare.reweighted.pValue < significant && reduction * after > before;
  return { ...one, pValue, unexplained: pValue < surely && differs };
}

function numberOr(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

/** Says which observables the weights leave as they are. */
export function notDescribed(compared: readonly ObservableComparison[]): Warning[] {
  const unexplained = compared.filter((one) => one.unexplained);
  if (unexplained.length === 0) return [];
  const list = unexplained
    .map(
      ({ label, separation: { generated, reweighted } }) =>
        `${label} (separation ${generated.toFixed(3)}, reweighted ${reweighted.toFixed(3)})`,
    )
    .join(', ');
  const message = `the weights do not describe ${list}: they do not say where the generated sample is wrong in this; do not use them for it`;
  return [{ code: 'observable-not-described', message }];
}
