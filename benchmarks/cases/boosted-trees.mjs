// Gradient-boosted trees on histograms: the core against scikit-learn and LightGBM on the same matrix with the same
// settings, binning included on all sides.
import { agreementOf } from '../harness/agreement.mjs';
import { nativeProgram } from '../harness/native-program.mjs';

const columns = 41;

function against(library, threads) {
  return async (context) => {
    if (context.cores < threads) return { skipped: `this machine has ${context.cores} core` };
    const rows = context.size(200_000, 5_000);
    const heldOut = context.size(200_000, 5_000);
    const files = { training: context.path('training'), held_out: context.path('held-out') };
    const program = await context.startProgram(nativeProgram('boosted_trees'), [
      `${rows}`,
      `${heldOut}`,
      `${threads}`,
      files.training,
      files.held_out,
    ]);
    const peer = await context.startPython('boosted_trees.py', { OMP_NUM_THREADS: `${threads}` });
    const layout = await peer.request('load', { ...files, columns, library, threads });
    await program.request('ours');
    await peer.request('run');
    const area = await program.request('area');
    const difference = Math.abs(area - (await peer.request('area')));
    return {
      agreement: agreementOf({
        'difference of the AUC on held-out rows': [difference, context.size(1e-3, 0.02)],
      }),
      settings: { rows, columns, trees: 100, leaves: 31, bins: 255, threads, peer: layout },
      warm: true,
      ours: () => program.request('ours'),
      theirs: () => peer.request('run'),
      figures: () => [{ name: 'AUC on held-out rows', value: area, unit: '' }],
    };
  };
}

export default ['scikit-learn', 'LightGBM'].flatMap((library) =>
  [1, 2].map((threads) => ({
    name: `gradient boosting, 200k × 41, 100 trees, ${threads === 1 ? 'one thread' : 'two threads'}`,
    peer: library,
    unit: 's',
    target: 1,
    rounds: 5,
    prepare: against(library, threads),
  })),
);
