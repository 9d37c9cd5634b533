// One pair of samples, told apart by us and by the others on the same rows.
import { evaluate } from 'caloscope';
import { writeArray } from '../harness/arrays.mjs';

export const folds = 5;
export const ours = 'caloscope';

/** Corrected p of an observable below which nobody may say that there is no difference. */
const sure = 1e-6;

/** What the suite takes from a result: the only place that knows where it stands. */
function outcomeOf({ auc, verdict, observables }) {
  const p = verdict.pValue;
  if (!(p >= 0 && p <= 1)) throw new Error('the verdict has no p-value where the suite looks for it');
  const overlooked = verdict.level === 'indistinguishable' && observables.some(({ pValue }) => pValue < sure);
  return { auc: auc.value, p, overlooked };
}

async function ourTrial({ reference, generated }, seed) {
  const start = performance.now();
  const { result, ensemble } = await evaluate(reference, generated, { seed });
  ensemble.dispose();
  return { ...outcomeOf(result), seconds: (performance.now() - start) / 1000 };
}

/** @returns for each of the methods its AUC, seconds and, where it states one, p. */
export async function runTrial(samples, methods, { context, peer, seed }) {
  const file = context.path('rows');
  const theirs = methods.filter((method) => method !== ours);
  if (theirs.length > 0) {
    writeArray(file, samples.rows);
    const references = samples.rows.length / samples.columns / 2;
    await peer.request('load', { rows_file: file, columns: samples.columns, references });
  }
  const outcomes = {};
  for (const method of methods) {
    outcomes[method] =
      method === ours
        ? await ourTrial(samples, seed)
        : await peer.request('cross_validate', { learner: method, folds, seed });
  }
  return outcomes;
}
