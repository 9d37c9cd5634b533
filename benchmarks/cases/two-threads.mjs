// What a second thread brings: the same call with one thread and with two.
import { ensembleOf, randomNetwork } from '../forward/networks.mjs';
import { standardisationOf, toySample } from '../forward/shower-samples.mjs';
import { agreementOf } from '../harness/agreement.mjs';
import { nativeProgram } from '../harness/native-program.mjs';
import { epochOf } from '../training/epoch-case.mjs';

const peer = 'caloscope, one thread';
const target = 1.8;

/** Both must give the same bits. */
function sameBits(a, b) {
  let different = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) different += Object.is(a[i], b[i]) ? 0 : 1;
  return agreementOf({ 'numbers that differ': [different, 0] });
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function requireTwoCores({ cores }) {
  return cores < 2 ? { skipped: 'this machine has one core' } : null;
}

async function forward(context) {
  const skipped = requireTwoCores(context);
  if (skipped) return skipped;
  const sample = await toySample('calogan', context.size(100_000, 10_000), { seed: 1 });
  const input = {
    kind: 'showers',
    features: 'low',
    geometry: sample.geometry,
    threshold: null,
    conditions: [],
  };
  const standardisation = standardisationOf(sample, input);
  const ensemble = ensembleOf([randomNetwork([508, 512, 512, 512, 1], 1, standardisation)], input);
  const predict = async (threads) => (await ensemble.score(sample, { threads })).logits.values;
  return {
    agreement: sameBits(await predict(2), await predict(1)),
    settings: { rows: sample.rows },
    ours: () => timed(() => predict(2)),
    theirs: () => timed(() => predict(1)),
    close() {
      sample.dispose();
      ensemble.dispose();
    },
  };
}

async function training(context) {
  const skipped = requireTwoCores(context);
  if (skipped) return skipped;
  const showers = context.size(25_000, 2_500);
  const flaw = { distortion: 'depth-shift', strength: 2 };
  const reference = await toySample('calogan', showers, { seed: 1, ...flaw, sample: 'reference' });
  const generated = await toySample('calogan', showers, { seed: 2, ...flaw });
  const train = (threads) => epochOf({ reference, generated }, { threads });
  return {
    agreement: sameBits([(await train(2)).loss], [(await train(1)).loss]),
    settings: { rows: 2 * showers },
    ours: async () => (await train(2)).seconds,
    theirs: async () => (await train(1)).seconds,
    close() {
      reference.dispose();
      generated.dispose();
    },
  };
}

/** The core's own fill: through Node, the thread of JavaScript copies the arrays meanwhile, whatever `threads` says. */
async function fill(context) {
  const skipped = requireTwoCores(context);
  if (skipped) return skipped;
  const entries = context.size(20_000_000, 1_000_000);
  const program = await context.startProgram(nativeProgram('histogram_fill'), [`${entries}`, '2']);
  await program.request('all');
  await program.request('one');
  return {
    agreement: agreementOf({ 'relative difference': [await program.request('difference'), 0] }),
    settings: { entries },
    ours: () => program.request('all'),
    theirs: () => program.request('one'),
  };
}

export default [
  {
    name: 'two threads: 508→512→512→512→1, 100k toy calogan showers',
    peer,
    unit: 's',
    target,
    prepare: forward,
  },
  {
    name: 'two threads: one training epoch of three networks, each on a third of 50k toy calogan showers, batch 512',
    peer,
    unit: 's',
    target,
    rounds: 5,
    prepare: training,
  },
  { name: 'two threads: weighted histogram, 2·10⁷ entries', peer, unit: 's', target, prepare: fill },
];
