import { eventLoopTurn } from '../../event-loop.js';
import {
  mostSupportColumns,
  type OutsideRow,
  type SampleSupport,
  supportOverlap,
} from '../../failures/support-overlap.js';
import type { Sample } from '../../samples/sample.js';
import { type PlaceOfRow, placeOfRow } from '../../samples/source-rows.js';
import type { ColumnPair } from '../../statistics/largest-distance.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { observableColumns } from '../observable-columns.js';
import type { ObservableColumn } from '../own-observables.js';

export type { OutsideRow } from '../../failures/support-overlap.js';

/** Rows of one sample that lie where the other has none. */
export interface OutsideRows {
  /** Rows that were judged; of large samples a part, drawn at random. */
  readonly judged: number;
  /** How many of them are outside. */
  readonly rows: number;
  readonly share: number;
  /**
   * Sampling of both samples: deviation of the share in random halves, and at least √(p(1 − p)/(n + 2)) with p = (k + 1)/(n + 2) for
   * k of n judged: all or none of few rows is no certainty.
   */
  readonly standardError: number;
  /** The share that is expected of equal samples; less of few rows in many columns. */
  readonly expectedShare: number;
  /** A row is outside where so many nearest rows of both samples together are all of its own; 0: too few rows to judge. */
  readonly neighbors: number;
  /** Principal axes of the other sample in which distances are taken. */
  readonly directions: number;
  /** At most ten, the most lonely first; `row` is that of the file. */
  readonly farthest: readonly (OutsideRow & PlaceOfRow)[];
}

/**
 * Rows outside the other sample's support: their nearest neighbors are all of their own sample. Generated rows are such as the
 * reference never makes, reference rows such as the generator misses; weights mean nothing there, and none brings a missing row back.
 */
export interface SupportSummary {
  /** Observables, and other columns of a table, in which rows are near each other. */
  readonly columns: number;
  readonly reference: OutsideRows;
  readonly generated: OutsideRows;
}

/** Rows where the other sample has none. */
export const support: Analysis<SupportSummary | null> = {
  async run(context) {
    const { reference, generated, choices, run, scores } = context;
    if (scores.rowsAreWeighted) return { part: null };
    const columns: ColumnPair[] = [];
    for (const column of await columnsOf(context)) {
      columns.push(scaled(column));
      await eventLoopTurn();
    }
    if (columns.length === 0) return { part: { columns: 0, reference: unknown, generated: unknown } };
    const found = await supportOverlap(columns, {
      signal: run.signal,
      threads: run.threads,
      seed: choices.seed,
    });
    const part = {
      columns: columns.length,
      reference: outside(found.reference, reference),
      generated: outside(found.generated, generated),
    };
    return { part };
  },
  summary(part) {
    if (part === null) return null;
    const { reference, generated } = part;
    return {
      heading: 'Outside the other sample (none of it near; weights mean nothing there)',
      rows: [
        ['reference', ...wordsOf(reference)],
        ['generated', ...wordsOf(generated)],
      ],
    };
  },
};

/** Where rows have no columns. */
const unknown: OutsideRows = {
  judged: 0,
  rows: 0,
  share: 0,
  standardError: 0,
  expectedShare: 0,
  neighbors: 0,
  directions: 0,
  farthest: [],
};

async function columnsOf(context: AnalysisContext): Promise<readonly ObservableColumn[]> {
  const { reference, columns, run } = context;
  const most = Math.max(0, mostSupportColumns - columns.length);
  const others = await observableColumns(reference.otherColumns().slice(0, most), context, [], run);
  return [...columns, ...others].slice(0, mostSupportColumns);
}

/** Energies span decades: log10(E + 1 MeV). */
function scaled({ observable, reference, generated }: ObservableColumn): ColumnPair {
  if (observable.unit !== 'MeV') return { reference, generated };
  const log = (energies: Float64Array) => energies.map((energy) => Math.log10(Math.max(energy, 0) + 1));
  return { reference: log(reference), generated: log(generated) };
}

function outside(found: SampleSupport, sample: Sample): OutsideRows {
  const { judged, outside: rows, farthest, standardError, ...rest } = found;
  const typical = (rows + 1) / (judged + 2);
  const binomial = Math.sqrt((typical * (1 - typical)) / (judged + 2));
  return {
    judged,
    rows,
    share: rows / judged,
    ...rest,
    standardError: Math.max(standardError, binomial),
    farthest: farthest.map((one) => ({ ...one, ...placeOfRow(sample, one.row) })),
  };
}

/** Share below which rows outside are no matter for a verdict. */
const leastShare = 0.01;

/** Whether so many rows are outside that it must be said, and more than equal samples have, by more than three errors. */
export function isOutside({ share, standardError, expectedShare }: OutsideRows): boolean {
  return share > leastShare && share - expectedShare > 3 * standardError;
}

function wordsOf({ rows, judged, share, standardError, expectedShare, neighbors }: OutsideRows): string[] {
  if (neighbors === 0) return ['too few rows to judge'];
  return [
    `${rows} of ${judged} rows`,
    `${percent(share)} ± ${percent(standardError)}`,
    `${percent(expectedShare)} expected by chance`,
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;
}
