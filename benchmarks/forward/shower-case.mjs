import { agreementOf, largestDifferenceInWidths } from '../harness/agreement.mjs';
import { OnnxPeer } from './onnx-peer.mjs';
import { changeOfAuc, changesOf, knowsPrecisions } from './precision.mjs';
import { readyRows } from './shower-samples.mjs';

/** What bfloat16 may change: the rms of the change over that of the logits, and the AUC. */
const bfloat16Tolerance = { logits: 0.01, auc: 5e-4 };

/** Of logits, networks × rows: what an ensemble of networks says. */
function meanOf(logits, networks) {
  const rows = logits.length / networks;
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let network = 0; network < networks; network++) sum += logits[network * rows + row];
    return sum / networks;
  });
}

/**
 * Logits of showers: ours from the shower table with all that comes before the first layer, onnxruntime on rows that
 * lie ready in its memory.
 *
 * @param makeWork resolves to `sample`, `input`, `networks` `ensemble` of them; `references`: how many of
 * the showers, the first, are of the reference sample; 0: there is no AUC.
 */
export async function showerForward(context, makeWork, precision) {
  const bfloat16 = precision === 'bfloat16';
  if (bfloat16 && !(await knowsPrecisions())) return { skipped: 'not built: bfloat16' };
  const { sample, input, networks, ensemble, references = 0 } = await makeWork(context);
  const exact = (await ensemble.score(sample)).logits.values;
  const options = bfloat16 ? { precision } : {};
  const logits = bfloat16 ? (await ensemble.score(sample, options)).logits.values : exact;
  const rows = (i) => readyRows(sample, input, networks[i]);
  const peer = await OnnxPeer.start(context, networks, rows, networks[0].centre.length);
  const theirs = meanOf(await peer.logits(), networks.length);
  const checks = {
    'largest difference of float32 logits, in their rms': [largestDifferenceInWidths(exact, theirs), 1e-4],
  };
  const figures = [{ name: 'occupancy', value: sample.occupancy }];
  if (bfloat16) {
    const { largest, relative } = changesOf(logits, theirs);
    checks['rms of the change by bfloat16, in the rms of the logits'] = [relative, bfloat16Tolerance.logits];
    figures.push({ name: 'largest change of ln w', value: largest });
    if (references > 0) {
      const { auc, change } = await changeOfAuc(logits, theirs, references);
      checks['change of the AUC'] = [change, bfloat16Tolerance.auc];
      figures.push({ name: 'AUC', value: auc }, { name: 'change of the AUC', value: change });
    }
  }
  return {
    agreement: agreementOf(checks),
    settings: { rows: sample.rows, columns: networks[0].centre.length, peer: peer.settings },
    figures: () => figures,
    async ours() {
      const start = performance.now();
      await ensemble.score(sample, options);
      return (performance.now() - start) / 1000;
    },
    theirs: () => peer.seconds(),
    close() {
      sample.dispose();
      ensemble.dispose();
    },
  };
}
