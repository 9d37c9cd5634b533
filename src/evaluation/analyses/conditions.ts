import { ArgumentError } from '../../errors.js';
import { eventLoopTurn } from '../../event-loop.js';
import { adjustedPValues } from '../../failures/false-discoveries.js';
import { quantityText } from '../../failures/quantity-text.js';
import { didYouMean } from '../../names.js';
import type { Sample } from '../../samples/sample.js';
import { chiSquareTail } from '../../statistics/chi-square-tail.js';
import { type AreaUnderCurve, areaUnderCurve } from '../../statistics/rank-statistics.js';
import { densityRatioWeights } from '../../weights/density-ratio.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { sortedTogether } from '../observable-axis.js';
import { type ComparedWeights, isUsable, rankDistances } from '../rank-distances.js';
import { rankingWeights } from '../ranking-weights.js';
import { rowsWhere, valuesAt } from '../rows-where.js';
import type { EvaluationChoices } from '../settings.js';
import { shortP } from '../short-p.js';

/** Values of a condition up to which each is a bin of its own; otherwise so many bins of equally many rows. */
const mostValues = 20;
const mostBins = 8;
/** Rows of both samples a bin, at least, for bins of equally many rows. */
const rowsOfBin = 200;

/** Rows made for similar conditions. */
export interface ConditionBin {
  /** [lower, upper); the last bin holds its upper end. Equal where the bin is one value. */
  readonly lower: number;
  readonly upper: number;
  readonly reference: number;
  readonly generated: number;
  /** Of the rows in the bin, whatever their fold; error of DeLong. null: a sample has fewer than two rows there, or all rows have one score. */
  readonly auc: { readonly value: number; readonly standardError: number } | null;
  /** Of the generated rows in the bin, with the scatter of the weights as its error; 1 for a ratio of densities. null: no rows. */
  readonly meanWeight: { readonly value: number; readonly standardError: number } | null;
  /** Of the generated rows, Kish's. */
  readonly effectiveSampleSize: number;
  /** The observable that differs most in the bin. */
  readonly leading: BinObservable | null;
  /** All that are compared, in their order; none where a sample has no rows in the bin. */
  readonly observables: readonly BinObservable[];
}

/** An observable of the rows in a bin. */
export interface BinObservable {
  readonly name: string;
  readonly label: string;
  /** Kolmogorov–Smirnov. */
  readonly distance: number;
  /** The same with the weights of the generated rows; null: none of them is above 0. */
  readonly reweighted: number | null;
  /** Of `distance`, corrected for all observables and bins of the condition (Benjamini and Hochberg). */
  readonly adjustedPValue: number;
}

/** What depends on a condition, such as the incident energy. */
export interface ConditionDependence {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly bins: readonly ConditionBin[];
  /** χ² of "the AUC is the same in all bins", errors of DeLong; null: fewer than two bins have one. */
  readonly spreadPValue: number | null;
}

/** AUC, weights and the observable that differs most in bins of every condition. */
export const conditions: Analysis<readonly ConditionDependence[]> = {
  async run(context) {
    const { reference, generated, choices } = context;
    const others = generated.conditions();
    const part: ConditionDependence[] = [];
    for (const [i, { key, name, label, unit, values }] of reference.conditions().entries()) {
      const chosen = choices.by?.find(({ condition }) => condition === key);
      if (choices.by && !chosen) continue;
      const other = others[i]?.values ?? new Float64Array();
      const edges = edgesOf(values, other, chosen?.bins ?? null);
      const bins = await binsOf(context, values, other, edges);
      part.push({ name, label, unit, bins, spreadPValue: spreadOf(bins) });
    }
    return { part };
  },
  summary(dependences) {
    const several = dependences.filter(({ bins }) => bins.length > 1);
    if (several.length === 0) return null;
    return {
      heading: `AUC by ${several.map(({ name }) => name).join(', ')}`,
      rows: several.flatMap(({ label, unit, bins, spreadPValue }) => [
        ...bins.map((bin) => [
          label,
          rangeText(bin, unit),
          bin.auc === null ? 'no AUC' : `${bin.auc.value.toFixed(3)} ± ${bin.auc.standardError.toFixed(3)}`,
          bin.leading === null ? '' : `${bin.leading.label}, p ${shortP(bin.leading.adjustedPValue)}`,
        ]),
        ...(spreadPValue === null ? [] : [[label, 'equal in all bins', `p ${shortP(spreadPValue)}`, '']]),
      ]),
    };
  },
};

/** @throws ArgumentError ERR_ARGUMENT for a condition that the samples do not have. */
export function requireConditions(by: EvaluationChoices['by'], sample: Sample): void {
  const known = sample.conditions().map(({ key }) => key);
  const unknown = by?.find(({ condition }) => !known.includes(condition));
  if (unknown === undefined) return;
  const message = `by: there is no condition ${unknown.condition}; the ${sample.noun} have ${known.join(', ') || 'none'}${didYouMean(unknown.condition, known)}`;
  throw new ArgumentError('ERR_ARGUMENT', message);
}

/** `1 GeV to 5 GeV`, `1 GeV` for a single value. */
export function rangeText({ lower, upper }: Pick<ConditionBin, 'lower' | 'upper'>, unit: string): string {
  const rounded = (value: number) => quantityText(Number(value.toPrecision(3)), unit);
  return lower === upper ? quantityText(lower, unit) : `${rounded(lower)} to ${rounded(upper)}`;
}

/** Bins as [lower, upper] pairs: of single values, or of equally many rows of both samples. */
function edgesOf(
  first: Float64Array,
  second: Float64Array,
  bins: number | null,
): (readonly [number, number])[] {
  const sorted = sortedTogether(first, second);
  const values = sorted.filter((value, i) => value !== sorted[i - 1]);
  if (values.length <= (bins ?? mostValues)) return Array.from(values, (value) => [value, value] as const);
  const count = bins ?? Math.max(1, Math.min(mostBins, Math.floor(sorted.length / (2 * rowsOfBin))));
  const at = (bin: number) => sorted[Math.round((bin / count) * (sorted.length - 1))] as number;
  const edges = [...new Set(Array.from({ length: count + 1 }, (_, bin) => at(bin)))];
  return edges.slice(1).map((upper, bin) => [edges[bin] as number, upper] as const);
}

async function binsOf(
  context: AnalysisContext,
  first: Float64Array,
  second: Float64Array,
  edges: readonly (readonly [number, number])[],
): Promise<ConditionBin[]> {
  const bins: Omit<ConditionBin, 'leading' | 'observables'>[] = [];
  const compared: (Omit<BinObservable, 'adjustedPValue'> & { readonly pValue: number })[][] = [];
  const weights = context.scores.comparedWeights();
  for (const [i, [lower, upper]] of edges.entries()) {
    const last = i === edges.length - 1;
    const inside = (value: number) =>
      value >= lower && (value < upper || (value === upper && (last || lower === upper)));
    const rows = { reference: rowsWhere(first, inside), generated: rowsWhere(second, inside) };
    bins.push({ lower, upper, ...(await binOf(context, weights, rows)) });
    compared.push(await distancesIn(context, weights, rows));
  }
  const adjusted = adjustedPValues(compared.flatMap((of) => of.map(({ pValue }) => pValue)));
  let next = 0;
  return bins.map((bin, i) => {
    const observables = (compared[i] ?? []).map(({ pValue: _, ...one }) => ({
      ...one,
      adjustedPValue: adjusted[next++] as number,
    }));
    const [leading = null] = [...observables].sort(
      (a, b) => a.adjustedPValue - b.adjustedPValue || b.distance - a.distance,
    );
    return { ...bin, leading, observables };
  });
}

/** All rows have the same score: learners without weight. */
function saysNothing({ value, standardError }: AreaUnderCurve): boolean {
  return value === 0.5 && standardError === 0;
}

interface BinRows {
  readonly reference: Uint32Array;
  readonly generated: Uint32Array;
}

async function binOf({ fitted, scores, run }: AnalysisContext, all: ComparedWeights, rows: BinRows) {
  const { reference, generated } = rows;
  const weights = weightsIn(all, rows);
  const enough =
    isUsable(weights.reference, weights.generated) && reference.length > 1 && generated.length > 1;
  const area = enough
    ? await areaUnderCurve(
        valuesAt(fitted.reference.scores, reference),
        valuesAt(fitted.generated.scores, generated),
        { ...run, ...rankingWeights(weights.reference, weights.generated) },
      )
    : null;
  const rowWeights = weights.generated ?? undefined;
  const { health = null } =
    generated.length > 1 && isUsable(weights.generated)
      ? await densityRatioWeights(valuesAt(scores.generated.logWeights, generated), { ...run, rowWeights })
      : {};
  return {
    reference: reference.length,
    generated: generated.length,
    auc: area === null || saysNothing(area) ? null : { value: area.value, standardError: area.standardError },
    meanWeight: health && { value: health.mean, standardError: health.meanError },
    effectiveSampleSize: health?.effectiveSampleSize ?? generated.length,
  };
}

function weightsIn(all: ComparedWeights, { reference, generated }: BinRows): ComparedWeights {
  return {
    reference: all.reference && valuesAt(all.reference, reference),
    generated: all.generated && valuesAt(all.generated, generated),
    reweighted: valuesAt(all.reweighted, generated),
  };
}

async function distancesIn({ columns, run }: AnalysisContext, all: ComparedWeights, rows: BinRows) {
  const { reference, generated } = rows;
  if (reference.length === 0 || generated.length === 0) return [];
  const ofBin = weightsIn(all, rows);
  const distances = [];
  for (const { observable, reference: first, generated: second } of columns) {
    const { name, label } = observable;
    const inBin = { reference: valuesAt(first, reference), generated: valuesAt(second, generated) };
    const { distance } = await rankDistances(inBin, ofBin, run);
    await eventLoopTurn();
    const { value, pValue } = distance.generated;
    const after = distance.reweighted.value;
    distances.push({
      name,
      label,
      distance: value,
      reweighted: Number.isNaN(after) ? null : after,
      pValue,
    });
  }
  return distances;
}

/** Of the AUCs about their mean, weighted with the inverse squares of their errors. */
function spreadOf(bins: readonly ConditionBin[]): number | null {
  const areas = bins.flatMap(({ auc }) => (auc !== null && auc.standardError > 0 ? [auc] : []));
  if (areas.length < 2) return null;
  const weight = areas.reduce((sum, { standardError }) => sum + standardError ** -2, 0);
  const mean = areas.reduce((sum, { value, standardError }) => sum + value * standardError ** -2, 0) / weight;
  const chiSquare = areas.reduce(
    (sum, { value, standardError }) => sum + ((value - mean) / standardError) ** 2,
    0,
  );
  return chiSquareTail(chiSquare, areas.length - 1);
}
