// One epoch of three networks, each on a third of the rows in random order, batches of 512.

import { trainClassifier } from 'caloscope';
import { networksAlone, networksOf } from '../forward/networks.mjs';
import { readyRows, toySample } from '../forward/shower-samples.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';
import { epochAgainstPyTorch } from '../training/epoch-case.mjs';
import { knowsPrecisions } from '../training/plan.mjs';

const peer = 'PyTorch';
const columns = 508;

/** Normal numbers; those of the reference sample are shifted a little in every column. */
function denseSample(rows, shift, seed) {
  const random = new RandomNumbers(seed);
  const values = Float32Array.from({ length: rows * columns }, () => random.normal() + shift);
  return { values, columns: Array.from({ length: columns }, (_, i) => `x${i}`) };
}

async function dense(context) {
  const references = context.size(50_000, 15_000);
  const [reference, generated] = [denseSample(references, 0.1, 1), denseSample(references, 0, 2)];
  const rows = new Float32Array(2 * references * columns);
  rows.set(reference.values);
  rows.set(generated.values, references * columns);
  return epochAgainstPyTorch(context, { reference, generated, rows, columns, references });
}

const showers = (precision) => async (context) => {
  if (precision && !knowsPrecisions()) return { skipped: `not built: ${precision}` };
  const references = context.size(50_000, 15_000);
  const flaw = { distortion: 'depth-shift', strength: 2 };
  const reference = await toySample('calogan', references, { seed: 1, ...flaw, sample: 'reference' });
  const generated = await toySample('calogan', references, { seed: 2, ...flaw });
  const { ensemble } = await trainClassifier(reference, generated, {
    ...networksAlone,
    features: 'low',
    threshold: null,
    classifier: { hidden: [1], epochs: 1 },
  });
  const [standardisation] = networksOf(ensemble);
  const { input } = ensemble.description;
  const rows = new Float32Array(2 * references * columns);
  rows.set(readyRows(reference, input, standardisation));
  rows.set(readyRows(generated, input, standardisation), references * columns);
  return epochAgainstPyTorch(context, { reference, generated, rows, columns, references, precision });
};

export default [
  {
    name: 'one training epoch of three networks, each on a third of 100k dense random rows, 508→512→512→1, batch 512, float32',
    peer,
    unit: 's',
    target: 1,
    rounds: 5,
    prepare: dense,
  },
  {
    name: 'one training epoch of three networks, each on a third of 100k toy calogan showers from the shower table, 508→512→512→1, batch 512, float32',
    peer,
    unit: 's',
    target: 1.4,
    rounds: 5,
    prepare: showers(undefined),
  },
  {
    name: 'one training epoch of three networks, each on a third of 100k toy calogan showers from the shower table, 508→512→512→1, batch 512, bfloat16',
    peer: `${peer}, float32`,
    unit: 's',
    target: 2,
    rounds: 5,
    prepare: showers('bfloat16'),
  },
];
