// Weighted histograms with Σw and Σw² on one thread: the core against Boost.Histogram in one C++ program on the same
// arrays, and the package in Node against np.histogram.
import { regularAxis, WeightedHistogram } from 'caloscope';
import { agreementOf, largestRelativeDifference } from '../harness/agreement.mjs';
import { writeArray } from '../harness/arrays.mjs';
import { nativeProgram } from '../harness/native-program.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';

const bins = 100;

/** `workload` is one of histogram_fill.cc. */
function againstBoost(workload) {
  return async (context) => {
    const entries = context.size(10_000_000, 200_000);
    const program = await context.startProgram(nativeProgram('histogram_fill'), [
      workload,
      `${entries}`,
      '1',
    ]);
    await program.request('ours');
    await program.request('theirs');
    const difference = await program.request('difference');
    return {
      agreement: agreementOf({ 'largest relative difference of Σw and Σw²': [difference, 1e-11] }),
      settings: { entries, bins, peer: 'storage weighted_sum, fill with spans; both compiled with -O3' },
      ours: () => program.request('ours'),
      theirs: () => program.request('theirs'),
      figures: ({ ours, theirs }) => [
        { name: 'an entry', value: (ours / entries) * 1e9, unit: 'ns' },
        { name: 'an entry, peer', value: (theirs / entries) * 1e9, unit: 'ns' },
      ],
    };
  };
}

async function againstNumpy(context) {
  const entries = context.size(10_000_000, 200_000);
  const random = new RandomNumbers(1);
  const values = Float64Array.from({ length: entries }, () => random.normal());
  const weights = Float64Array.from({ length: entries }, () => random.uniform() + 0.5);
  const files = { values: context.path('values'), weights: context.path('weights') };
  writeArray(files.values, values);
  writeArray(files.weights, weights);
  const peer = await context.startPython('numpy_histogram.py');
  await peer.request('load', { ...files, bins, lower: -3, upper: 3 });
  const filled = async () => {
    const histogram = new WeightedHistogram([regularAxis(bins, -3, 3, { upperEdge: 'last-bin' })]);
    const start = performance.now();
    await histogram.fill([values], { weights, threads: 1 });
    const seconds = (performance.now() - start) / 1000;
    const sums = [...histogram.values(), ...histogram.variances()];
    histogram.dispose();
    return { seconds, sums };
  };
  const difference = largestRelativeDifference((await filled()).sums, await peer.request('sums'));
  return {
    agreement: agreementOf({ 'largest relative difference of Σw and Σw²': [difference, 1e-11] }),
    settings: { entries, bins, peer: 'np.histogram for Σw and for Σw²' },
    ours: async () => (await filled()).seconds,
    theirs: () => peer.request('run'),
    note: 'one thread fills while that of JavaScript copies the arrays',
  };
}

const boost = (name, workload, target) => ({
  name,
  peer: 'Boost.Histogram',
  unit: 's',
  target,
  prepare: againstBoost(workload),
});

export default [
  boost('weighted histogram with Σw², 10⁷ entries, regular axis, one thread', 'regular', 2.5),
  {
    name: 'weighted histogram with Σw², 10⁷ entries, regular axis, one thread',
    peer: 'NumPy',
    unit: 's',
    target: 8,
    prepare: againstNumpy,
  },
  boost('weighted histogram with Σw², 10⁷ entries, variable axis with 100 bins, one thread', 'variable', 8),
  boost('weighted histogram, ten weight columns in one fill, 10⁷ entries, one thread', 'columns', 4),
  boost(
    'weighted histogram, 10⁷ entries on borders of bins (tenths), regular axis, one thread',
    'tenths',
    null,
  ),
];
