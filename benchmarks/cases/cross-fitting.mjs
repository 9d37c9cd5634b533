// What an evaluation spends most of its time with: networks, each trained without two folds, which it then scores.

import { areaUnderCurve } from 'caloscope';
import { prepareFitting } from '#caloscope/classifier/cross-fitting';
import { trainingSchema } from '#caloscope/classifier/settings';
import { computerFor } from '#caloscope/native/devices';
import { sampleOf } from '#caloscope/samples/kinds';
import { networksAlone, networksOf } from '../forward/networks.mjs';
import { readyRows, toySample } from '../forward/shower-samples.mjs';
import { agreementOf } from '../harness/agreement.mjs';
import { readArray, writeArray } from '../harness/arrays.mjs';
import { plan } from '../training/plan.mjs';

const folds = 5;
const members = 2;
/** Two for each pair of folds. */
const networks = members * ((folds * (folds - 1)) / 2);
const columns = 508;
/** Between two trainings of as many networks that start from other random weights. */
const aucTolerance = 0.01;

/** Numbers of the networks that each of several processes trains. */
function shares(processes) {
  return Array.from({ length: processes }, (_, process) =>
    Array.from({ length: networks }, (__, number) => number).filter(
      (number) => number % processes === process,
    ),
  );
}

/**
 * PyTorch one network after the other on all cores, in a process with one thread a core, or all networks as one wide one by
 * torch.func, whichever is fastest.
 */
class PyTorchTrainings {
  static async start(context, rows, references, fold, trainingPlan) {
    const peer = new PyTorchTrainings();
    peer.plan = trainingPlan;
    peer.foldFile = context.path('folds.u16');
    writeArray(peer.foldFile, fold);
    peer.logitsFile = context.path('logits.f32');
    peer.rows = rows.length / columns;
    const rowsFile = context.path('rows.f32');
    writeArray(rowsFile, rows);
    const load = { rows_file: rowsFile, columns, references };
    const start = async (environment, seed) => {
      const process = await context.startPython('pytorch_training.py', environment);
      await process.request('load', { ...load, seed });
      return process;
    };
    const one = await start({}, 1);
    const settings = await one.request('search', { plan, threads: [1, context.cores], steps: 16 });
    const single = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    const many = [];
    for (let core = 0; core < context.cores; core++) {
      many.push(await start(single, core + 2));
      await many[core].request('use', { settings: { ...settings, threads: 1 } });
    }
    const ways = [
      { processes: [one], way: 'one by one' },
      { processes: many, way: 'one by one' },
      { processes: [one], way: 'torch.func' },
    ];
    const few = { ...trainingPlan, epochs: 1 };
    for (const chosen of ways) {
      Object.assign(peer, chosen);
      await peer.#train(few); // a compiler may run
      chosen.seconds = await peer.#train(few);
    }
    const { seconds: _, ...best } = ways.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    Object.assign(peer, best);
    peer.settings = { ...settings, way: best.way, processes: peer.processes.length };
    for (const process of [one, ...many]) if (!peer.processes.includes(process)) process.close();
    return peer;
  }

  async #train(trainingPlan) {
    const { processes, way } = this;
    writeArray(this.logitsFile, new Float32Array(networks * this.rows));
    const start = performance.now();
    const files = { fold_file: this.foldFile, logits_file: this.logitsFile };
    const numbers = shares(processes.length);
    await Promise.all(
      processes.map((process, i) =>
        process.request('cross_fit', { plan: trainingPlan, networks: numbers[i], way, ...files }),
      ),
    );
    return (performance.now() - start) / 1000;
  }

  seconds() {
    return this.#train(this.plan);
  }

  /** The mean over the networks that never saw the row; the file has 0 for the others. */
  meanLogits() {
    const logits = readArray(this.logitsFile, Float32Array);
    const sums = new Float64Array(this.rows);
    for (let i = 0; i < logits.length; i++) sums[i % this.rows] += logits[i];
    return sums.map((sum) => sum / (members * (folds - 1)));
  }
}

async function prepare(context) {
  const references = context.size(5_000, 1_000);
  const flaw = { distortion: 'depth-shift', strength: 1 };
  const reference = await toySample('calogan', references, { seed: 1, ...flaw, sample: 'reference' });
  const generated = await toySample('calogan', references, { seed: 2, ...flaw });
  const { geometry } = reference;
  const input = { kind: 'showers', features: 'low', geometry, threshold: null, conditions: [] };
  const choices = { ...networksAlone, folds, members, classifier: { ...plan, epochs: context.size(2, 1) } };
  const trainingPlan = trainingSchema.parse(choices);
  const { classifier } = trainingPlan;
  const computer = computerFor({ threads: context.cores });
  const train = async () => {
    const samples = [sampleOf(reference), sampleOf(generated)];
    const prepared = await prepareFitting(...samples, input, trainingPlan, { computer });
    try {
      return await prepared.fit({ warnings: [] });
    } finally {
      prepared.dispose();
    }
  };

  const fitted = await train();
  const [standardisation] = networksOf(fitted.ensemble);
  const rows = new Float32Array(2 * references * columns);
  rows.set(readyRows(reference, input, standardisation));
  rows.set(readyRows(generated, input, standardisation), references * columns);
  const fold = Uint16Array.from([...fitted.reference.fold, ...fitted.generated.fold]);
  const peer = await PyTorchTrainings.start(context, rows, references, fold, {
    ...classifier,
    folds,
    members,
  });
  await peer.seconds();
  const theirLogits = peer.meanLogits();
  const { value: theirs } = await areaUnderCurve(
    theirLogits.subarray(0, references),
    theirLogits.subarray(references),
  );
  const { value: ours } = await areaUnderCurve(fitted.reference.logits, fitted.generated.logits);
  fitted.ensemble.dispose();
  return {
    agreement: agreementOf({
      'difference of the AUCs of held-out showers': [Math.abs(ours - theirs), aucTolerance],
    }),
    settings: { rows: 2 * references, epochs: classifier.epochs, peer: peer.settings },
    note:
      'ours from the shower table, features and the standardisation of each network included; the peer on ready-made rows of ' +
      'one standardisation; validation after each epoch and logits of the held-out rows on both sides',
    async ours() {
      const start = performance.now();
      const { ensemble } = await train();
      const seconds = (performance.now() - start) / 1000;
      ensemble.dispose();
      return seconds;
    },
    theirs: () => peer.seconds(),
    figures: () => [
      { name: 'AUC, ours', value: ours },
      { name: 'theirs', value: theirs },
    ],
    close() {
      reference.dispose();
      generated.dispose();
    },
  };
}

export default {
  name: '5 folds, 2 networks for each of 10 pairs, side by side, 10k toy calogan showers, 508→512→512→1, batch 512, 2 epochs, float32',
  peer: 'PyTorch or torch.func, 20 trainings',
  unit: 's',
  target: 1.5,
  rounds: 3,
  warm: true,
  prepare,
};
