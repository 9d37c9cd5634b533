// Weighted histograms with Σw and Σw²: the package in Node, from arrays in shared memory, against what is used in Python,
// each with the best it offers.
import { regularAxis, variableAxis, WeightedHistogram } from 'caloscope';
import { agreementOf, largestRelativeDifference } from '../harness/agreement.mjs';
import { writeArray } from '../harness/arrays.mjs';
import { RandomNumbers } from '../harness/random-numbers.mjs';

const bins = 100;
const [lower, upper] = [-3, 3];

/** As one chooses bins of about equal content. */
const unequalEdges = Array.from({ length: bins + 1 }, (_, i) => {
  const t = (2 * i) / bins - 1;
  return upper * (0.4 * t + 0.6 * t ** 3);
});

/** Numbers that the core reads where they lie. */
function sharedNumbers(length, number) {
  const numbers = new Float64Array(new SharedArrayBuffer(8 * length));
  for (let i = 0; i < length; i++) numbers[i] = number();
  return numbers;
}

/** Rows of one column of values and of `columns` weights. */
function rowsOf(entries, columns, tenths) {
  const random = new RandomNumbers(1);
  const value = tenths ? () => Math.floor(10 * random.normal()) / 10 : () => random.normal();
  return {
    values: sharedNumbers(entries, value),
    weights: sharedNumbers(entries * columns, () => random.uniform() + 0.5),
  };
}

function against(library, { edges, columns = 1, tenths = false, threads }) {
  return async (context) => {
    const entries = context.size(10_000_000, 200_000);
    const { values, weights } = rowsOf(entries, columns, tenths);
    const files = { values: context.path('values'), weights: context.path('weights') };
    writeArray(files.values, values);
    writeArray(files.weights, weights);
    const peer = await context.startPython('histogram_fill.py');
    const counts = [...new Set([1, Math.min(threads, context.cores)])];
    const theirEdges = edges ?? { bins, lower, upper };
    const settings = await peer.request('load', {
      ...files,
      columns,
      edges: theirEdges,
      library,
      threads: counts,
    });
    const parts = Array.from({ length: columns }, (_, i) => weights.subarray(i * entries, (i + 1) * entries));
    const upperEdge = library === 'boost-histogram' ? 'overflow' : 'last-bin';
    const filled = async () => {
      const axis = edges
        ? variableAxis(edges, { upperEdge })
        : regularAxis(bins, lower, upper, { upperEdge });
      const histogram = new WeightedHistogram([axis], { weightColumns: columns });
      const start = performance.now();
      await histogram.fill([values], { weights: columns === 1 ? weights : parts, threads });
      const seconds = (performance.now() - start) / 1000;
      const sums = parts.flatMap((_, column) => [
        ...histogram.values(column),
        ...histogram.variances(column),
      ]);
      histogram.dispose();
      return { seconds, sums };
    };
    // The floor is for bins that are empty on both sides.
    const difference = largestRelativeDifference((await filled()).sums, await peer.request('sums'), 1e-300);
    return {
      agreement: agreementOf({ 'largest relative difference of Σw and Σw²': [difference, 1e-11] }),
      settings: { entries, bins, threads, peer: settings },
      ours: async () => (await filled()).seconds,
      theirs: () => peer.request('run'),
    };
  };
}

const words = (threads) => (threads === 1 ? 'one thread' : 'two threads');
const fill = (library, work, target, choices) => ({
  name: `weighted histogram with Σw², 10⁷ entries, ${work}, ${words(choices.threads)}`,
  peer: library,
  unit: 's',
  target,
  prepare: against(library, choices),
});

export default [
  ...[1, 2].flatMap((threads) => [
    fill('boost-histogram', 'regular axis', threads === 2 ? 2.5 : null, { threads }),
    fill('boost-histogram', 'variable axis with 100 bins', threads === 2 ? 5 : null, {
      edges: unequalEdges,
      threads,
    }),
    fill('boost-histogram', 'ten weight columns in one fill', threads === 2 ? 3 : null, {
      columns: 10,
      threads,
    }),
  ]),
  fill('boost-histogram', 'values on borders of bins (tenths), regular axis', null, {
    tenths: true,
    threads: 1,
  }),
  fill('fast-histogram', 'regular axis', null, { threads: 1 }),
  fill('NumPy', 'regular axis', null, { threads: 1 }),
];
