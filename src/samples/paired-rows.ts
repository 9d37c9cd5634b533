import { eventLoopTurn } from '../event-loop.js';
import type { Warning } from '../warnings.js';
import type { Condition, Sample } from './sample.js';

/**
 * Rows of two samples that were made for the same conditions: a generator is usually run on the incident energies of its
 * reference. The partner of a held-out row, in the training with the other label, then pulls its score to the wrong side, and
 * the AUC below one half; partners belong in one fold.
 */
export interface PairedRows {
  /** Share of the rows that have a partner, of the sample in which it is larger. */
  readonly share: number;
  /** Whether there are as many rows in both samples, and row i is in the group of row i of the other. */
  readonly rowByRow: boolean;
  /** Number of groups of partners. */
  readonly groups: number;
  /** The group of each row, from 0 on; rows without a partner in the other sample are in groups of their own. */
  readonly reference: Uint32Array;
  readonly generated: Uint32Array;
}

/**
 * Share of the rows that must have a partner. Chance cannot give it: where the conditions of the samples are drawn
 * independently, x rows of one are expected to have the condition of a row of the other, and it is exactly one with
 * probability x·exp(−x) ≤ 1/e, however coarse the conditions are and however many rows there are.
 */
const pairedShare = 0.5;
/** Standard deviations above the share of chance, for samples of a few rows. */
const deviations = 5;

/** Bits of a float32 that are dropped: what is left is 10⁻⁶ of the number, wider than float32 and changes of unit round. */
const droppedBits = 3;
/** Rows between two looks at the clock. */
const rowsAtOnce = 4096;

/**
 * Partners among the rows of two samples, whatever their order; null where the conditions do not show that there are any. A
 * condition that a sample has more than once, as each of a few discrete energies, tells nothing of partners.
 */
export async function pairedRows(reference: Sample, generated: Sample): Promise<PairedRows | null> {
  const groups = new Groups();
  const first = await groups.of(reference.conditions());
  const second = await groups.of(generated.conditions());
  const share = Math.max(groups.shareWithPartner(first, second), groups.shareWithPartner(second, first));
  if (share === 0) return null;
  const equal = first.reduce((count, group, row) => count + (group === second[row] ? 1 : 0), 0);
  const rowByRow = first.length === second.length && equal > pairedShare * first.length;
  return { share, rowByRow, groups: groups.count, reference: first, generated: second };
}

/** Numbers conditions: equal ones get the same number. */
class Groups {
  readonly #numbers = new Map<number | string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  /** The group of each row. */
  async of(conditions: readonly Condition[]): Promise<Uint32Array> {
    const columns = conditions.map(({ values }) => roundedBits(values));
    const [only, ...others] = columns;
    const groups = new Uint32Array(only?.length ?? 0);
    for (let row = 0; row < groups.length; row++) {
      const key = others.length === 0 ? (only?.[row] as number) : columns.map((column) => column[row]).join();
      groups[row] = this.#numberOf(key);
      if (row % rowsAtOnce === 0) await eventLoopTurn();
    }
    return groups;
  }

  #numberOf(key: number | string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(key, next);
    return next;
  }

  /** Share of the rows whose condition exactly one row of the other sample has; 0 where chance may give it. */
  shareWithPartner(rows: Uint32Array, others: Uint32Array): number {
    const occurrences = new Uint32Array(this.count);
    for (const group of others) (occurrences[group] as number) += 1;
    const found = rows.reduce((count, group) => count + (occurrences[group] === 1 ? 1 : 0), 0);
    const chance = rows.length / Math.E;
    const certain = chance + deviations * Math.sqrt(chance * (1 - 1 / Math.E));
    return found > pairedShare * rows.length && found > certain ? found / rows.length : 0;
  }
}

function roundedBits(values: Float64Array): Uint32Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return bits.map((word) => (word + (1 << (droppedBits - 1))) >>> droppedBits);
}

/** For results of trainings that kept partners together. */
export function pairedRowsWarning({ share }: PairedRows, { noun }: Pick<Sample, 'noun'>): Warning {
  const message = `the ${noun} are paired: ${(100 * share).toFixed(0)} % of a sample have the conditions of one of the other; partners are kept in one fold`;
  return { code: 'paired-rows', message };
}
