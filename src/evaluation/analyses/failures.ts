import { adjustedPValues } from '../../failures/false-discoveries.js';
import { type ExplainedArea, type Failures, findFailures } from '../../failures/find-failures.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { type FailureRegion, regionOf } from '../failure-regions.js';
import { type FailureSentence, failureSentences } from '../failure-sentences.js';
import { falseDiscoveryRate } from '../false-discovery-rate.js';
import type { ObservableComparison } from './observables.js';
import type { VoxelComparison } from './voxels.js';

export type { RegionFactor } from '../../failures/region-factor.js';
export type { FailureRegion, RegionBound } from '../failure-regions.js';
export type { FailureSentence } from '../failure-sentences.js';

/** What an observable explains of AUC − ½; the AUC is that of ln w, all rows together. */
export interface ExplainedShare {
  /** Of AUC − ½: what is gone between rows alike in the observable. */
  readonly share: number;
  /** Jackknife over groups of rows; the training of the classifiers is not in it. */
  readonly standardError: number;
  /** The AUC that is left. */
  readonly left: number;
}

/** An observable in which the samples were compared. */
export interface ObservableFailure {
  readonly name: string;
  readonly label: string;
  /** Twice the smaller p-value of Kolmogorov–Smirnov distance and χ². */
  readonly pValue: number;
  /** The same after Benjamini and Hochberg's correction for all observables and boxes, and the voxels' hit rates as one. */
  readonly adjustedPValue: number;
  /** Where the samples differ most in it; null: it has one value. */
  readonly region: FailureRegion | null;
  readonly explained: ExplainedShare;
}

/** A region of several observables. */
export interface FailureBox extends FailureRegion {
  readonly adjustedPValue: number;
}

/** What is wrong with the generated sample. */
export interface FailureSummary {
  readonly falseDiscoveryRate: number;
  /** At most ten, what matters most first; empty where nothing is wrong. */
  readonly sentences: readonly FailureSentence[];
  /** What is not wrong; null: nothing can be said. */
  readonly sound: string | null;
  /** AUC of ln w, all rows together. */
  readonly area: number;
  readonly observables: readonly ObservableFailure[];
  /** The observables that explain the AUC one after the other, each beyond those before. */
  readonly inTurn: readonly ({ readonly name: string } & ExplainedShare)[];
  /** Boxes with the most certain factors, found among rows that are in none of the boxes before. */
  readonly boxes: readonly FailureBox[];
}

interface Earlier {
  readonly observables: readonly ObservableComparison[];
  readonly voxels: VoxelComparison | null;
}

/** What is wrong, where, by how much, and how sure that is. */
export const failures: Analysis<FailureSummary | null, Earlier> = {
  async run(context, earlier) {
    if (context.scores.rowsAreWeighted) return { part: null };
    const compared = earlier.observables;
    const pValues = compared.map(pValueOf);
    // Candidates before the boxes are known: every observable that may be one in the end is among them.
    const known = adjustedPValues([...pValues, ...voxelPValue(earlier.voxels)]);
    const candidates = compared.flatMap((_, i) => ((known[i] as number) < falseDiscoveryRate ? [i] : []));
    const columns = columnsOf(context, compared);
    if (columns.length === 0) return { part: nothing };
    const { scores, choices, run } = context;
    const logWeights = {
      reference: finite(scores.reference.logWeights),
      generated: finite(scores.generated.logWeights),
    };
    const found = await findFailures(columns, logWeights, {
      signal: run.signal,
      threads: run.threads,
      candidates,
      seed: choices.seed,
    });
    return { part: summaryOf(context, earlier, pValues, found) };
  },
};

const nothing: FailureSummary = {
  falseDiscoveryRate,
  sentences: [],
  sound: null,
  area: 0.5,
  observables: [],
  inTurn: [],
  boxes: [],
};

function summaryOf(
  { reference }: AnalysisContext,
  { observables: compared, voxels }: Earlier,
  pValues: readonly number[],
  found: Failures,
): FailureSummary {
  const boxes = found.boxes.flatMap((box) => regionOf(box, compared, found.measuring) ?? []);
  const boxPValues = boxes.map(({ factor }) => factor.pValue);
  const adjusted = adjustedPValues([...pValues, ...boxPValues, ...voxelPValue(voxels)]);
  const observables = compared.map(({ name, label }, i) => ({
    name,
    label,
    pValue: pValues[i] as number,
    adjustedPValue: adjusted[i] as number,
    region: regionOf(found.columns[i] as Failures['columns'][number], compared, found.measuring),
    explained: shareOf(found.alone[i] as ExplainedArea),
  }));
  const summary = {
    falseDiscoveryRate,
    area: found.area,
    observables,
    inTurn: found.inTurn.map((one) => ({
      name: (compared[one.column] as ObservableComparison).name,
      ...shareOf(one),
    })),
    boxes: boxes.map((box, i) => ({ ...box, adjustedPValue: adjusted[compared.length + i] as number })),
  };
  const ofVoxels = voxels && { rates: voxels.hitRates, adjustedPValue: adjusted.at(-1) as number };
  return { ...summary, ...failureSentences({ ...summary, voxels: ofVoxels }, reference.noun) };
}

/** All voxels are one test among the others, so that they add as much to the false alarms as one observable. */
function voxelPValue(voxels: VoxelComparison | null): number[] {
  return voxels === null ? [] : [voxels.hitRates.pValue];
}

function shareOf({ share, error, left }: ExplainedArea): ExplainedShare {
  return { share, standardError: error, left };
}

/** Of the two tests of an observable, which see different things; 1 where neither could be made. */
function pValueOf({ distance, chiSquare }: ObservableComparison): number {
  const smaller = [distance.generated.pValue, chiSquare.generated.pValue].filter((p) => !Number.isNaN(p));
  return Math.min(1, 2 * Math.min(1, ...smaller));
}

/** The values of the observables that were compared. */
function columnsOf({ columns }: AnalysisContext, compared: readonly ObservableComparison[]) {
  const byName = new Map(columns.map((column) => [column.observable.name, column]));
  return compared.flatMap(({ name }) => byName.get(name) ?? []);
}

/** Infinite ln w as the largest finite one: only their order counts. */
function finite(logWeights: Float64Array): Float64Array {
  const beyond = 1e4;
  return logWeights.map((value) => (Number.isNaN(value) ? 0 : Math.max(-beyond, Math.min(beyond, value))));
}
