import type { Analysis } from '../analysis.js';

/** Rows of one sample that lie where the other has none. */
export interface OutsideRows {
  readonly rows: number;
  readonly share: number;
  /** The share that is expected of equal samples: 1/(rows of the other sample + 1). */
  readonly expectedShare: number;
}

/**
 * Rows outside the other sample's support, as far as the classifiers see it: generated rows with ln w below that of every
 * reference row, such as the reference never makes, and reference rows with ln w above that of every generated row, such as
 * the generator misses. No weight brings a missing row back. A row beyond by chance is expected in each.
 */
export interface SupportSummary {
  readonly reference: OutsideRows;
  readonly generated: OutsideRows;
}

/** Rows where the other sample has none. */
export const support: Analysis<SupportSummary> = {
  async run({ scores: { reference, generated } }) {
    return { part: outsideSupport(reference.logWeights, generated.logWeights) };
  },
  summary({ reference, generated }) {
    return {
      heading: 'Outside the other sample (ln w beyond all of its rows)',
      rows: [
        ['reference', ...wordsOf(reference)],
        ['generated', ...wordsOf(generated)],
      ],
    };
  },
};

function wordsOf({ rows, share, expectedShare }: OutsideRows): string[] {
  return [`${rows} rows, ${percent(share)}`, `${percent(expectedShare)} expected by chance`];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 3 : 1)} %`;
}

/** NaN is in no order and lies nowhere outside. */
export function outsideSupport(reference: Float64Array, generated: Float64Array): SupportSummary {
  const lowest = reference.reduce(
    (least, value) => (value < least ? value : least),
    Number.POSITIVE_INFINITY,
  );
  const highest = generated.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
  const above = reference.reduce((rows, value) => rows + (value > highest ? 1 : 0), 0);
  const below = generated.reduce((rows, value) => rows + (value < lowest ? 1 : 0), 0);
  return {
    reference: outside(above, reference.length, generated.length),
    generated: outside(below, generated.length, reference.length),
  };
}

function outside(rows: number, all: number, others: number): OutsideRows {
  return { rows, share: rows / all, expectedShare: 1 / (others + 1) };
}
