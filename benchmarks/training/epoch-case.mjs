import { trainClassifier } from 'caloscope';
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
  'gets ready-made rows); one row a sample is kept for validation';

/** Our seconds for an epoch after the first, and the loss of the first. */
export async function epochOf({ reference, generated }, { threads, precision } = {}) {
  const seconds = [];
  let loss;
  for (const epochs of [1, 2]) {
    const classifier = { ...plan, epochs, validationFraction: 1e-5, ...(precision && { precision }) };
    const start = performance.now();
    const { ensemble, records } = await trainClassifier(reference, generated, {
      members: 1,
      features: 'low',
      threshold: null,
      classifier,
      ...(threads && { threads }),
    });
    seconds.push((performance.now() - start) / 1000);
    loss = records[0].epochs[0].trainingLoss;
    ensemble.dispose();
  }
  return { seconds: seconds[1] - seconds[0], setUp: 2 * seconds[0] - seconds[1], loss };
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
  writeArray(rowsFile, rows);
  await peer.request('load', { rows_file: rowsFile, columns, references, seed: 1 });
  const threads = [...new Set([1, context.cores])];
  const settings = await peer.request('search', { plan, threads, steps: stepsOfTrial });
  const first = await epochOf({ reference, generated }, { precision });
  const { loss } = await peer.request('epoch', { plan });
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
    theirs: async () => (await peer.request('epoch', { plan })).seconds,
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
