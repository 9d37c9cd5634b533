import { bytesText, requireMemory } from '../machine/free-memory.js';
import { type CrossFittingPlan, seenShare } from './settings.js';

/** What members are fitted to. */
export interface FittedRows {
  /** Of both samples. */
  readonly rows: number;
  /** Numbers of a row that are stored. */
  readonly stored: number;
  /** Numbers of a row that are made from its hits. */
  readonly voxels: number;
}

/** Of a row, beside what grows with columns, learners and folds: blocks, labels, weights, ln w, its error, ranks. */
const bytesOfRow = 200;
/** Of a parameter: in a network that was trained; while it is trained, the best so far, AdamW's two moments and panels for products. */
const bytesOfParameter = { kept: 4, inTraining: 20, scoring: 5, saving: 8 };
/** Buffers of threads, panels of batches, tables of histograms. */
const bytesBeside = 48 * 2 ** 20;

/**
 * Bytes that a cross-fitting takes at its peak beside the samples that were read: features (as they are, whitened and widened), rows
 * that learners gather on each thread, logits by learner and group, networks of all members with AdamW's moments of those that are
 * in training. test/scripts/memory.mjs holds it against what was measured.
 */
export function fittingBytes(
  { rows, stored, voxels }: FittedRows,
  plan: Pick<CrossFittingPlan, 'folds' | 'split' | 'members' | 'learners' | 'classifier' | 'whitening'>,
  threads: number,
): number {
  const { folds, split, members, learners, classifier, whitening } = plan;
  const pairs = split ? 1 : (folds * (folds - 1)) / 2;
  const groups = split ? 1 : folds - 1;
  const tables = 1 + (whitening ? 1 : 0) + (whitening && learners.includes('trees') ? 1 : 0);
  const busy = Math.min(threads, pairs * members);
  const features = rows * stored * 4 * tables;
  const gathered = learners.some((name) => name !== 'network')
    ? rows * seenShare(plan) * stored * 5 * Math.min(threads, pairs)
    : 0;
  const said = rows * (learners.length * (4 * groups + 24) + 4 * folds + bytesOfRow);
  const widths = [stored + voxels, ...classifier.hidden, 1];
  const parameters = widths.slice(1).reduce((sum, width, i) => sum + width * ((widths[i] as number) + 1), 0);
  const networks = learners.includes('network')
    ? parameters *
      ((pairs * members - busy) * bytesOfParameter.kept +
        Math.max(
          busy * bytesOfParameter.inTraining,
          members * bytesOfParameter.scoring + busy * bytesOfParameter.kept,
        ) +
        bytesOfParameter.saving)
    : 0;
  return features + gathered + said + networks + bytesBeside;
}

/**
 * Refuses a cross-fitting that does not fit into memory, with what would.
 *
 * @param beside bytes that are needed in the same process afterwards.
 * @param processes that ask for as much at the same time, this one included.
 * @throws CaloscopeError ERR_MEMORY.
 */
export function requireFittingMemory(
  rows: FittedRows,
  plan: CrossFittingPlan,
  threads: number,
  beside: number,
  processes = 1,
): void {
  const bytesOf = (change: Partial<CrossFittingPlan>, on = threads) =>
    processes * (fittingBytes(rows, { ...plan, ...change }, on) + beside);
  const bytes = bytesOf({});
  const smaller = [
    ...(plan.members > 1 ? [{ option: '--members 1', needs: bytesOf({ members: 1 }) }] : []),
    ...(!plan.split && plan.folds > 3 ? [{ option: '--folds 3', needs: bytesOf({ folds: 3 }) }] : []),
    ...(threads > 1 ? [{ option: '--threads 1', needs: bytesOf({}, 1) }] : []),
  ].filter(({ needs }) => needs < 0.9 * bytes);
  const advice = [
    ...smaller.map(({ option, needs }) => `${option} (${bytesText(needs)})`),
    'fewer rows (--select)',
    'a smaller network (--hidden)',
    ...(processes > 1 ? ['fewer ranks a node'] : []),
  ];
  const what = processes > 1 ? `the training on the ${processes} ranks of this node` : 'the training';
  requireMemory({ bytes, what, advice: advice.join(', or ') });
}
