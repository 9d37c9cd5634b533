// Toy showers in the shower table, preprocessing included, against onnxruntime on ready-made rows.
import { trainClassifier } from 'caloscope';
import { ensembleOf, networksAlone, networksOf, randomNetwork } from '../forward/networks.mjs';
import { showerForward } from '../forward/shower-case.mjs';
import { finerToySample, standardisationOf, toySample, toySampleOfBoth } from '../forward/shower-samples.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';

const peer = 'onnxruntime';
const flaw = { distortion: 'depth-shift', strength: 0.5 };

/** A classifier of little training, so that logits and AUC mean something, and 100k showers that it has not seen. */
async function trainedOnCalogan(context) {
  const { sample, references } = await toySampleOfBoth('calogan', context.size(100_000, 10_000), {
    seed: 1,
    ...flaw,
  });
  const showers = context.size(10_000, 2_000);
  const reference = await toySample('calogan', showers, { seed: 3, ...flaw, sample: 'reference' });
  const generated = await toySample('calogan', showers, { seed: 4, ...flaw });
  const { ensemble: trained } = await trainClassifier(reference, generated, {
    ...networksAlone,
    features: 'low',
    classifier: { hidden: [512, 512, 512], activation: 'relu', dropout: 0, epochs: 2 },
  });
  reference.dispose();
  generated.dispose();
  const networks = networksOf(trained).slice(0, 1);
  const { input } = trained.description;
  trained.dispose();
  return { sample, references, input, networks, ensemble: ensembleOf(networks, input) };
}

/** As trainings on other rows would find it: every number a little different. */
function varied({ centre, scale, clip }, seed) {
  const random = new RandomNumbers(seed);
  const vary = (value) => value * (0.99 + 0.02 * random.uniform());
  return { centre: centre.map(vary), scale: scale.map(vary), clip };
}

/** `members` networks with random weights on a sample, each with a standardisation of its own. */
function untrained(sample, hidden, members) {
  const { geometry } = sample;
  const input = { kind: 'showers', features: 'low', geometry, threshold: null, conditions: [] };
  const standardisation = standardisationOf(sample, input);
  const widths = [standardisation.centre.length, ...hidden, 1];
  const networks = Array.from({ length: members }, (_, i) =>
    randomNetwork(widths, i + 1, varied(standardisation, i + 1)),
  );
  return { sample, input, networks, ensemble: ensembleOf(networks, input) };
}

async function dataset2Work(context) {
  const sample = await toySample('ds2', context.size(10_000, 500), { seed: 1 });
  return untrained(sample, [2048, 2048, 2048], 1);
}

async function dataset3Work(context) {
  const sample = await finerToySample(context.size(5_000, 200), { seed: 1 });
  return untrained(sample, [2048, 2048, 2048], 1);
}

async function tenMembersWork(context) {
  const sample = await toySample('calogan', context.size(30_000, 3_000), { seed: 1 });
  return untrained(sample, [512, 512], 10);
}

const calogan = (precision, target) => ({
  name: `MLP 508→512→512→512→1, 100k toy calogan showers from the shower table, ${precision}`,
  peer,
  unit: 's',
  target,
  prepare: (context) => showerForward(context, trainedOnCalogan, precision),
});

const dataset2 = (precision, target) => ({
  name: `MLP 6480→2048→2048→2048→1 and incident energy, 10k toy ds2 showers, ${precision}`,
  peer,
  unit: 's',
  target,
  rounds: 5,
  prepare: (context) => showerForward(context, dataset2Work, precision),
});

const dataset3 = {
  name: 'MLP 40500→2048→2048→2048→1 and incident energy, 5k ds3-shaped showers, float32',
  peer,
  unit: 's',
  target: 2.5,
  rounds: 5,
  prepare: (context) => showerForward(context, dataset3Work, 'float32'),
};

const tenMembers = {
  name: 'ten members 508→512→512→1, 30k toy calogan showers from the shower table, float32',
  peer: 'onnxruntime, ten sessions',
  unit: 's',
  target: 1.5,
  prepare: (context) => showerForward(context, tenMembersWork, 'float32'),
};

export default [
  calogan('float32', 1.25),
  calogan('bfloat16', 2),
  dataset2('float32', 1.5),
  dataset2('bfloat16', 2.5),
  dataset3,
  tenMembers,
];
