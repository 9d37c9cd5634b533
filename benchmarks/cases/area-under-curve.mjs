// The area under the ROC curve of logits with ties; ours comes with DeLong's error and the null spread.
import { areaUnderCurve } from 'caloscope';
import { agreementOf } from '../harness/agreement.mjs';
import { writeArray } from '../harness/arrays.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';

async function prepare(context) {
  const rows = context.size(1_000_000, 20_000);
  const random = new RandomNumbers(1);
  const logits = (shift) =>
    Float32Array.from({ length: rows }, () => Math.round((random.normal() + shift) * 1e5) / 1e5);
  const reference = logits(0.3);
  const generated = logits(-0.3);
  const files = { reference: context.path('reference'), generated: context.path('generated') };
  writeArray(files.reference, reference);
  writeArray(files.generated, generated);
  const peer = await context.startPython('sklearn_auc.py');
  const labels = await peer.request('load', files);
  const { value } = await areaUnderCurve(reference, generated);
  const different = new Set([...reference, ...generated]).size;
  return {
    agreement: agreementOf({
      'difference of the areas': [Math.abs(value - (await peer.request('area'))), 1e-12],
    }),
    settings: { rows: 2 * rows, 'different scores': different, labels },
    async ours() {
      const start = performance.now();
      await areaUnderCurve(reference, generated);
      return (performance.now() - start) / 1000;
    },
    theirs: () => peer.request('run'),
    note: `ours on ${Math.min(context.cores, 8)} threads; scikit-learn has one`,
  };
}

export default {
  name: 'AUC of 2·10⁶ scores with ties',
  peer: 'scikit-learn',
  unit: 's',
  target: 10,
  prepare,
};
