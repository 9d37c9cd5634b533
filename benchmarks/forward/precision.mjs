import { areaUnderCurve } from 'caloscope';
import { rootMeanSquare } from '../harness/agreement.mjs';
import { ensembleOf, randomNetwork } from './networks.mjs';

/** Whether scoring knows precisions: one that does not ignores the option, one that does refuses a wrong name. */
export async function knowsPrecisions() {
  const columns = ['x'];
  const ensemble = ensembleOf([randomNetwork([1, 1, 1], 1)], { kind: 'matrix', columns });
  try {
    await ensemble.score({ values: new Float32Array(1), columns }, { precision: 'no precision' });
    return false;
  } catch {
    return true;
  } finally {
    ensemble.dispose();
  }
}

/** What a precision changes: logits are ln w. */
export function changesOf(logits, exact) {
  const changes = Float64Array.from(exact, (logit, i) => logits[i] - logit);
  const largest = changes.reduce((most, change) => Math.max(most, Math.abs(change)), 0);
  return { largest, rms: rootMeanSquare(changes), relative: rootMeanSquare(changes) / rootMeanSquare(exact) };
}

/** Change of the AUC between the first `references` rows and the others. */
export async function changeOfAuc(logits, exact, references) {
  const auc = async (values) =>
    (await areaUnderCurve(values.slice(0, references), values.slice(references))).value;
  const [changed, unchanged] = [await auc(logits), await auc(exact)];
  return { auc: unchanged, change: Math.abs(changed - unchanged) };
}
