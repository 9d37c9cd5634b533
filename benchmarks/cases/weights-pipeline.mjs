// From a file to weighted histograms, as `weights` and a script after it would do.

import {
  ClassifierEnsemble,
  densityRatioWeights,
  observablesOf,
  observableValues,
  openShowers,
  regularAxis,
  resolveGeometry,
  simulateShowers,
  trainClassifier,
  WeightedHistogram,
} from 'caloscope';
import { ensembleOf, networksAlone, networksOf, writeOnnx } from '../forward/networks.mjs';
import { toySample } from '../forward/shower-samples.mjs';
import { agreementOf } from '../harness/agreement.mjs';
import { readArray, writeArray } from '../harness/arrays.mjs';

const members = 5;
const bins = 50;
const flaw = { distortion: 'depth-shift', strength: 0.5 };
const layered = ['layer_energy', 'layer_occupancy', 'centre_eta', 'centre_phi'];
const wanted = [
  ...[
    'incident_energy',
    'deposited_energy',
    'energy_ratio',
    'depth',
    'depth_width',
    'occupancy',
    'brightest_fraction',
  ],
  ...layered.flatMap((name) => [0, 1, 2].map((layer) => `${name}_${layer}`)),
  'width_eta_0',
];

/** Networks of the default shape, saved as an ensemble that is their mean. */
async function saveClassifier(context, folder) {
  const showers = context.size(4_000, 1_000);
  const reference = await toySample('calogan', showers, { seed: 3, ...flaw, sample: 'reference' });
  const generated = await toySample('calogan', showers, { seed: 4, ...flaw });
  const { ensemble: trained } = await trainClassifier(reference, generated, {
    ...networksAlone,
    members: 2,
    features: 'low',
    threshold: null,
    classifier: { epochs: 3 },
  });
  const networks = networksOf(trained).slice(0, members);
  const ensemble = ensembleOf(networks, trained.description.input);
  await ensemble.save(folder);
  for (const owner of [ensemble, trained, reference, generated]) owner.dispose();
  return networks;
}

/**
 * Weights of the showers of a file, and histograms of its observables: Σw and Σw², observables × 2 × bins; and the seconds
 * of each stage.
 */
async function weightsAndHistograms(classifier, file, indices, ranges) {
  const stages = {};
  let last = performance.now();
  const stage = (name) => {
    stages[name] = (performance.now() - last) / 1000;
    last = performance.now();
  };
  const sample = await openShowers(file);
  stage('reading');
  const ensemble = await ClassifierEnsemble.load(classifier);
  const { logRatios } = await ensemble.score(sample);
  stage('logits');
  const { values: weights } = await densityRatioWeights(logRatios);
  stage('weights');
  const observables = await observableValues(sample, indices);
  stage('observables');
  const contents = [];
  for (const [i, values] of observables.entries()) {
    const histogram = new WeightedHistogram([regularAxis(bins, ...ranges[i])]);
    await histogram.fill([values], { weights });
    contents.push(histogram.values(), histogram.variances());
    histogram.dispose();
  }
  stage('histograms');
  sample.dispose();
  ensemble.dispose();
  return { contents, stages };
}

/**
 * A little wider than all values, so that none is at the end of an axis; not by the same on both sides, so that shares of
 * lit voxels, which are fractions, are on no edge between bins.
 */
async function rangesOf(file, indices) {
  const sample = await openShowers(file);
  const observables = await observableValues(sample, indices);
  sample.dispose();
  return observables.map((values) => {
    const [lowest, highest] = values.reduce(
      ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
      [values[0], values[0]],
    );
    const margin = 1e-3 * (highest - lowest) + 1e-9;
    return [lowest - margin, highest + 1.7 * margin];
  });
}

/** Share of the contents that lies in another bin on the other side, the largest of all histograms. */
function largestMovedShare(ours, theirs) {
  return Math.max(
    ...ours.map((contents, i) => {
      let moved = 0;
      let all = 0;
      for (const [bin, content] of contents.entries()) {
        moved += Math.abs(content - theirs[i * bins + bin]);
        all += content;
      }
      return moved / all;
    }),
  );
}

async function startPeer(context, networks, file, ranges) {
  const peer = await context.startPython('weights_pipeline.py');
  const { eta, phi } = await resolveGeometry('calogan');
  const floats = (name, values) => {
    const path = context.path(name);
    writeArray(path, Float32Array.from(values));
    return path;
  };
  const [{ layers, slope }] = networks;
  const standardisations = networks.flatMap(({ centre, scale, clip }) => [...centre, ...scale, ...clip]);
  const parameters = networks
    .flatMap((network) => network.layers)
    .flatMap(({ weight, bias }) => [weight, bias]);
  await peer.request('load', {
    models: writeOnnx(networks, context),
    networks_file: floats(
      'networks.f32',
      parameters.flatMap((values) => [...values]),
    ),
    widths: [layers[0].inputs, ...layers.map(({ outputs }) => outputs)],
    members,
    slope,
    standardisations_file: floats('standardisations.f32', standardisations),
    eta_file: floats('eta.f32', eta),
    phi_file: floats('phi.f32', phi),
    observables: wanted,
    ranges,
    bins,
  });
  const threads = [...new Set([1, context.cores])];
  const settings = await peer.request('search', {
    path: file,
    threads,
    blocks: [1024, 4096, 16384, 1_000_000],
  });
  return { peer, settings };
}

async function prepare(context) {
  const showers = context.size(100_000, 10_000);
  const file = context.path('showers.hdf5');
  await simulateShowers(file, { geometry: 'calogan', showers, seed: 1, ...flaw });
  const classifier = context.path('classifier');
  const networks = await saveClassifier(context, classifier);
  const names = observablesOf(await resolveGeometry('calogan')).map(({ name }) => name);
  const indices = wanted.map((name) => names.indexOf(name));
  const ranges = await rangesOf(file, indices);
  const ours = () => weightsAndHistograms(classifier, file, indices, ranges);
  const { peer, settings } = await startPeer(context, networks, file, ranges);
  const contentsFile = context.path('contents.f64');
  await peer.request('contents', { path: file, file: contentsFile });
  const theirs = readArray(contentsFile, Float64Array);
  const first = await ours();
  let { stages } = first;
  return {
    agreement: agreementOf({
      'share of Σw and Σw² in other bins': [largestMovedShare(first.contents, theirs), 1e-3],
    }),
    settings: { showers, histograms: wanted.length, bins, network: '508→256→256→1', peer: settings },
    note: 'each network has the standardisation of its own training rows, on both sides',
    async ours() {
      const start = performance.now();
      ({ stages } = await ours());
      return (performance.now() - start) / 1000;
    },
    theirs: () => peer.request('run', { path: file }),
    figures: () =>
      Object.entries(stages).map(([name, value]) => ({ name: `of ours, ${name}`, value, unit: 's' })),
  };
}

export default {
  name: 'file → weights → 20 weighted histograms, saved ensemble of 5, 100k toy calogan showers',
  peer: 'h5py + NumPy + PyTorch or onnxruntime + boost-histogram',
  unit: 's',
  target: 3,
  prepare,
};
