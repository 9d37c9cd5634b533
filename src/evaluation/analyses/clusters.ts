import { eventLoopTurn } from '../../event-loop.js';
import { gaussianMixture } from '../../failures/gaussian-mixture.js';
import { measuredText } from '../../failures/quantity-text.js';
import { type RegionFactor, regionFactor } from '../../failures/region-factor.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import { type PlaceOfRow, placeOfRow } from '../../samples/source-rows.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import type { ObservableColumn } from '../own-observables.js';
import { valuesAt } from '../rows-where.js';
import { rowsInWindow, type WeightWindow, windowText } from './windows.js';

/** Rows of a window from which clusters are looked for. */
const fewestRows = 100;
/** Rows that are clustered, at most: equally spaced in the window. */
const mostRows = 20_000;
/** Observables that are clustered in: those of the window with the largest distance, none of which repeats an earlier one. */
const mostColumns = 6;
/** Correlation from which an observable repeats another. */
const repeats = 0.9;
const mostClusters = 6;
/** Rows of a cluster, at least: fewer are showers of their own. */
const fewestOfCluster = 10;
/** Values beyond so many widths count as that far: a few wild rows make no cluster. */
const farthest = 6;
/** Observables and rows that describe a cluster. */
const mostTraits = 4;
const mostExamples = 3;

/** How an observable of a cluster differs from that of its whole sample. */
export interface ClusterTrait {
  readonly name: string;
  readonly label: string;
  /** (mean of the cluster − mean of the sample) / standard deviation of the sample, and its standard error. */
  readonly effect: number;
  readonly standardError: number;
}

/** Showers of a window of the weight that are alike. */
export interface WeightCluster {
  /** Of the sample that was clustered. */
  readonly rows: number;
  /** Of its rows in the window. */
  readonly share: number;
  /** The largest effects first. */
  readonly traits: readonly ClusterTrait[];
  /** Rows in the file of the showers nearest to the center. */
  readonly examples: readonly number[];
  /** The file of each, by its number in those of the sample; absent where there is one, or none. */
  readonly exampleFiles?: readonly number[];
}

function examplesAt(places: readonly PlaceOfRow[]): Pick<WeightCluster, 'examples' | 'exampleFiles'> {
  const files = places.flatMap(({ file }) => file ?? []);
  return { examples: places.map(({ row }) => row), ...(files.length > 0 && { exampleFiles: files }) };
}

/** Where the examples of a cluster stand. */
export function examplePlaces({ examples, exampleFiles }: WeightCluster): PlaceOfRow[] {
  return examples.map((row, i) => {
    const file = exampleFiles?.[i];
    return file === undefined ? { row } : { row, file };
  });
}

/** Clusters of the showers in one window. */
export interface WindowClusters {
  readonly lower: number | null;
  readonly upper: number | null;
  /** The sample that has more of its rows in the window: it is clustered. */
  readonly role: SampleRole;
  /** Share of the reference over share of the generated sample in the window. */
  readonly factor: RegionFactor;
  /** Names of the observables that were clustered in. */
  readonly observables: readonly string[];
  /** Those of ten rows and more, the largest first; none where the window holds fewer than a hundred rows. */
  readonly clusters: readonly WeightCluster[];
  /** Clustered rows in groups of fewer than ten. */
  readonly others: number;
}

/** Groups of alike showers among those of small and of large weight. */
export const clusters: Analysis<readonly WindowClusters[], { readonly windows: readonly WeightWindow[] }> = {
  async run(context, { windows }) {
    const part: WindowClusters[] = [];
    for (const window of windows) part.push(await clustersIn(context, window));
    return { part };
  },
  summary(found) {
    const rows = found.flatMap(({ lower, upper, role, clusters: of }) =>
      of.map(({ rows: size, traits }) => [
        windowText(lower, upper),
        `${size} ${role}`,
        traits.slice(0, 2).map(traitText).join(', '),
      ]),
    );
    return rows.length === 0
      ? null
      : { heading: 'Clusters (difference from the sample, in its widths)', rows };
  },
};

/** `E_dep / E_inc −2.31 ± 0.02`. */
function traitText({ label, effect, standardError }: ClusterTrait): string {
  return `${label} ${effect > 0 ? '+' : ''}${measuredText(effect, standardError)}`.replace(' -', ' −');
}

async function clustersIn(context: AnalysisContext, window: WeightWindow): Promise<WindowClusters> {
  const { lower, upper, reference, generated } = window;
  const { role } = window;
  const { scores, columns, run, choices } = context;
  const all = { reference: scores.reference.values.length, generated: scores.generated.values.length };
  const factor = regionFactor({ reference: reference.rows, generated: generated.rows }, all);
  const head = { lower, upper, role, factor } as const;
  const inside = rowsInWindow(scores[role].values, window);
  if (inside.length < fewestRows || window.observables.length === 0) {
    return { ...head, observables: [], clusters: [], others: 0 };
  }
  const byName = new Map(columns.map((column) => [column.observable.name, column]));
  const named = window.observables.flatMap(({ name }) => byName.get(name) ?? []);
  const chosen = withoutRepeats(named, role, inside);
  const step = Math.ceil(inside.length / mostRows);
  const isFitted = (_: number, i: number) => i % step === 0;
  const fitted = inside.filter(isFitted);
  const points = chosen.map(({ values }) => values.filter(isFitted));
  const wholes: Width[] = [];
  for (const column of columns) {
    wholes.push(widthOf(column[role]));
    await eventLoopTurn();
  }
  const { component, components } = await gaussianMixture(points, {
    signal: run.signal,
    threads: run.threads,
    most: mostClusters,
    seed: choices.seed,
  });
  const found: WeightCluster[] = [];
  for (const [k, { mean }] of components.entries()) {
    const isMember = (_: number, i: number) => component[i] === k;
    const members = fitted.filter(isMember);
    const own = points.map((point) => point.filter(isMember));
    const distances = Array.from(members, (row, i) => ({
      row,
      distance: own.reduce((sum, point, c) => sum + ((point[i] as number) - (mean[c] as number)) ** 2, 0),
    }));
    const nearest = distances.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, mostExamples);
    found.push({
      rows: members.length * step,
      share: members.length / fitted.length,
      traits: traitsOf(columns, role, members, wholes),
      ...examplesAt(nearest.map(({ row }) => placeOfRow(context[role], row))),
    });
    await eventLoopTurn();
  }
  const clustersFound = found.filter(({ rows }) => rows >= fewestOfCluster).sort((a, b) => b.rows - a.rows);
  return {
    ...head,
    observables: chosen.map(({ column }) => column.observable.name),
    clusters: clustersFound,
    others: found.reduce((sum, { rows }) => sum + (rows < fewestOfCluster ? rows : 0), 0),
  };
}

interface Width {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Of the values that there are. */
function widthOf(values: Float64Array): Width {
  let [count, sum, squares] = [0, 0, 0];
  let origin = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (count === 0) origin = value;
    count += 1;
    sum += value - origin;
    squares += (value - origin) ** 2;
  }
  const mean = sum / count;
  return { count, mean: origin + mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** In widths of the whole sample from its mean; a value that does not exist is in the middle. */
function standardized(values: Float64Array, rows: Uint32Array): Float64Array {
  const { mean, deviation } = widthOf(values);
  return Float64Array.from(rows, (row) => {
    const value = ((values[row] as number) - mean) / deviation;
    return Number.isFinite(value) ? Math.max(-farthest, Math.min(farthest, value)) : 0;
  });
}

/** A column with its values in the rows, standardized. */
interface StandardizedColumn {
  readonly column: ObservableColumn;
  readonly values: Float64Array;
}

function withoutRepeats(
  columns: readonly ObservableColumn[],
  role: SampleRole,
  rows: Uint32Array,
): readonly StandardizedColumn[] {
  const kept: StandardizedColumn[] = [];
  for (const column of columns) {
    if (kept.length === mostColumns) break;
    const values = standardized(column[role], rows);
    if (!kept.some((other) => Math.abs(correlation(other.values, values)) > repeats)) {
      kept.push({ column, values });
    }
  }
  return kept;
}

function correlation(first: Float64Array, second: Float64Array): number {
  const [a, b] = [widthOf(first), widthOf(second)];
  const sum = first.reduce(
    (total, value, i) => total + (value - a.mean) * ((second[i] as number) - b.mean),
    0,
  );
  return sum / (first.length * a.deviation * b.deviation);
}

function traitsOf(
  columns: readonly ObservableColumn[],
  role: SampleRole,
  members: Uint32Array,
  wholes: readonly Width[],
): ClusterTrait[] {
  const traits = columns.flatMap(({ observable: { name, label }, [role]: values }, i) => {
    const whole = wholes[i] as Width;
    const cluster = widthOf(valuesAt(values, members));
    const effect = (cluster.mean - whole.mean) / whole.deviation;
    const standardError = cluster.deviation / whole.deviation / Math.sqrt(cluster.count);
    return Number.isFinite(effect) && Number.isFinite(standardError)
      ? [{ name, label, effect, standardError }]
      : [];
  });
  return traits.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, mostTraits);
}
