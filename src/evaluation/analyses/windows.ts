import { eventLoopTurn } from '../../event-loop.js';
import type { UhiHistogram } from '../../formats/uhi/uhi.js';
import type { HistogramAxis } from '../../histogram/axis.js';
import { WeightedHistogram } from '../../histogram/weighted-histogram.js';
import { type SampleRole, sampleRoles } from '../../native/contract/statistics.js';
import { kolmogorovSmirnov } from '../../statistics/rank-statistics.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { binsFor } from '../observable-axis.js';
import type { ObservableColumn } from '../own-observables.js';
import { ordered } from '../rank-distances.js';
import { rowsWhere, valuesAt } from '../rows-where.js';

/** Observables of a window that are kept: those in which its rows differ most from all. */
const kept = 8;
/** Rows of a window from which its observables say something. */
const fewestRows = 10;

/** Rows of a sample whose weight lies in a window. */
export interface WindowRows {
  readonly rows: number;
  readonly share: number;
}

/** An observable of the rows in a window. */
export interface WindowObservable {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Kolmogorov–Smirnov distance of the rows in the window from all of their sample, of the sample that has more of them. */
  readonly distance: number;
  /** Names of histograms on the axis of the observable: the rows in the window of each sample. */
  readonly histograms: Readonly<Record<SampleRole, string>>;
}

/** What lies in a window of w = p_reference/p_generated: below 1 the generator makes too many, above 1 too few (arXiv:2305.16774). */
export interface WeightWindow {
  /** w in [lower, upper); null: no bound. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly reference: WindowRows;
  readonly generated: WindowRows;
  /** The sample that has more of its rows in the window: what stands of observables and clusters is of its rows. */
  readonly role: SampleRole;
  /** In the order of their distance; none where the window holds fewer than ten rows. */
  readonly observables: readonly WindowObservable[];
}

/** Observables of the showers in windows of the weight. */
export const windows: Analysis<readonly WeightWindow[]> = {
  async run(context) {
    const part: WeightWindow[] = [];
    const histograms: Record<string, UhiHistogram> = {};
    if (context.scores.rowsAreWeighted) return { part };
    for (const [number, window] of context.choices.windows.entries()) {
      const found = await lookInto(context, window, number);
      part.push(found.window);
      Object.assign(histograms, found.histograms);
    }
    return { part, histograms };
  },
  summary(found) {
    if (found.length === 0) return null;
    return {
      heading: 'Windows of the weight',
      rows: found.map(({ lower, upper, reference, generated, observables }) => [
        windowText(lower, upper),
        `${reference.rows} reference`,
        `${generated.rows} generated`,
        observables
          .slice(0, 3)
          .map(({ label }) => label)
          .join(', '),
      ]),
    };
  },
};

/** `w < 0.1`, `w ≥ 2`, `0.5 ≤ w < 2`. */
export function windowText(lower: number | null, upper: number | null): string {
  if (lower === null) return upper === null ? 'all w' : `w < ${upper}`;
  return upper === null ? `w ≥ ${lower}` : `${lower} ≤ w < ${upper}`;
}

/** Rows whose weight lies in a window. */
export function rowsInWindow(
  weights: Float64Array,
  { lower, upper }: Pick<WeightWindow, 'lower' | 'upper'>,
): Uint32Array {
  return rowsWhere(weights, (w) => w >= (lower ?? 0) && w < (upper ?? Number.POSITIVE_INFINITY));
}

async function lookInto(
  context: AnalysisContext,
  bounds: Pick<WeightWindow, 'lower' | 'upper'>,
  number: number,
) {
  const { scores, run, columns } = context;
  const inside = (role: SampleRole) => rowsInWindow(scores[role].values, bounds);
  const rows = { reference: inside('reference'), generated: inside('generated') };
  const counted = (role: SampleRole): WindowRows => ({
    rows: rows[role].length,
    share: rows[role].length / scores[role].values.length,
  });
  const [reference, generated] = [counted('reference'), counted('generated')];
  const role: SampleRole = reference.share > generated.share ? 'reference' : 'generated';
  const window = { ...bounds, reference, generated, role };
  if (window[role].rows < fewestRows) return { window: { ...window, observables: [] }, histograms: {} };
  const distances: { readonly column: ObservableColumn; readonly distance: number }[] = [];
  for (const column of columns) {
    const all = ordered(column[role]);
    const { statistic } = await kolmogorovSmirnov(valuesAt(all, rows[role]), all, run);
    distances.push({ column, distance: statistic });
    await eventLoopTurn();
  }
  distances.sort((a, b) => b.distance - a.distance);
  const histograms: Record<string, UhiHistogram> = {};
  const observables: WindowObservable[] = [];
  for (const { column, distance } of distances.slice(0, kept)) {
    const axis = binsFor(column)?.axis;
    if (axis === undefined) continue;
    const { name, label, unit } = column.observable;
    const nameOf = (of: SampleRole) => `${name}_window_${number}_${of}`;
    for (const of of sampleRoles) histograms[nameOf(of)] = await histogramOf(column, of, rows[of], axis, run);
    const names = { reference: nameOf('reference'), generated: nameOf('generated') };
    const scale = axis.type === 'log' ? 'log' : 'linear';
    observables.push({ name, label, unit, scale, distance, histograms: names });
    await eventLoopTurn();
  }
  return { window: { ...window, observables }, histograms };
}

async function histogramOf(
  column: ObservableColumn,
  role: SampleRole,
  rows: Uint32Array,
  axis: HistogramAxis,
  run: AnalysisContext['run'],
): Promise<UhiHistogram> {
  using histogram = new WeightedHistogram([axis], { label: column.observable.label });
  await histogram.fill([valuesAt(column[role], rows).filter((value) => !Number.isNaN(value))], run);
  return histogram.toUhi();
}
