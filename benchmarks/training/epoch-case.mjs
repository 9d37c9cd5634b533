import { trainClassifier } from 'caloscope';
import { networksAlone } from '../forward/networks.mjs';
import { agreementOf } from '../harness/agreement.mjs';
import { writeArray } from '../harness/arrays.mjs';
import { plan } from './plan.mjs';

/** Both start from other random weights and see the rows in another order. */
const lossTolerance = 0.03;
/** Nats; a classifier that has learned nothing is at ln 2 = 0.693. */
const learned = 0.67;
/** Steps that a setting of the peer is tried on. */
const stepsOfTrial = 30;

const note =
  'ours: a training of two epochs minus one of one epoch, so that reading, features and standardisation do not count (the peer ' +
  'gets ready-made rows); one row a sample is kept for validation; the peer trains three times on one third of the rows';

/** Our seconds for an epoch after the first of three networks, and the mean loss of their first. */
export async function epochOf({ reference, generated }, { threads, precision } = {}) {
  const seconds = [];
  let loss;
  for (const epochs of [1, 2]) {
    const classifier = { ...plan, epochs, validationFraction: 1e-5, ...(precision && { precision }) };
    const start = performance.now();
    const { ensemble, records } = await trainClassifier(reference, generated, {
      ...networksAlone,
      features: 'low',
      threshold: null,
      classifier,
      ...(threads && { threads }),
    });
    seconds.push((performance.now() - start) / 1000);
    loss = meanOf(records.map(({ epochs: [first] }) => first.trainingLoss));
    ensemble.dispose();
  }
  return { seconds: seconds[1] - seconds[0], setUp: 2 * seconds[0] - seconds[1], loss };
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** As many rows as one of three networks trains with: the first third of each sample. */
function thirdOf(rows, columns, references) {
  const inReference = Math.floor(references / 3);
  const inGenerated = Math.floor((rows.length / columns - references) / 3);
  const third = new Float32Array((inReference + inGenerated) * columns);
  third.set(rows.subarray(0, inReference * columns));
  const from = references * columns;
  third.set(rows.subarray(from, from + inGenerated * columns), inReference * columns);
  return { third, inReference };
}

/** Three epochs of the peer, one network after the other. */
async function threeEpochs(peer) {
  const epochs = [];
  for (let network = 0; network < 3; network++) epochs.push(await peer.request('epoch', { plan }));
  return {
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    loss: meanOf(epochs.map(({ loss }) => loss)),
  };
}

/**
 * One epoch of a training against PyTorch on ready-made rows.
 *
 * @param work `reference`, `generated`: samples; `rows`: those of both as the network reads them, reference first;
 * `references`: how many; `precision`: undefined for float32.
 */
export async function epochAgainstPyTorch(
  context,
  { reference, generated, rows, columns, references, precision },
) {
  const peer = await context.startPython('pytorch_training.py');
  const rowsFile = context.path('rows.f32');
  const { third, inReference } = thirdOf(rows, columns, references);
  writeArray(rowsFile, third);
  await peer.request('load', { rows_file: rowsFile, columns, references: inReference, seed: 1 });
  const threads = [...new Set([1, context.cores])];
  const settings = await peer.request('search', { plan, threads, steps: stepsOfTrial });
  const first = await epochOf({ reference, generated }, { precision });
  const { loss } = await threeEpochs(peer);
  return {
    agreement: agreementOf({
      'relative difference of the mean losses of the first epoch': [
        Math.abs(first.loss / loss - 1),
        lossTolerance,
      ],
      'loss of ours': [first.loss, learned],
    }),
    settings: { rows: rows.length / columns, columns, peer: settings },
    note,
    ours: async () => (await epochOf({ reference, generated }, { precision })).seconds,
    theirs: async () => (await threeEpochs(peer)).seconds,
    figures: () => [
      { name: 'loss of the first epoch, ours', value: first.loss },
      { name: 'theirs', value: loss },
      { name: 'before the first epoch, ours', value: first.setUp, unit: 's' },
    ],
    close() {
      reference.dispose?.();
      generated.dispose?.();
    },
  };
}
