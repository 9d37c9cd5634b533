import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import { simulateShowers } from '#caloscope/simulation/shower-file';
import type { EvaluationResult } from '../../src/evaluation/result.js';

/** What `evaluate` makes of two files of toy showers that differ a lot, with so many folds that it warns. */
async function evaluateToys(): Promise<EvaluationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-report-'));
  try {
    const [first, second] = ['reference.hdf5', 'generated.hdf5'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    await simulateShowers(first, { geometry: 'calogan', showers: 1100, seed: 1 });
    await simulateShowers(second, {
      geometry: 'calogan',
      showers: 900,
      seed: 2,
      distortion: 'depth-shift',
      strength: 1.5,
    });
    using reference = await openShowers(first);
    using generated = await openShowers(second);
    const { result, ensemble } = await evaluate(reference, generated, {
      folds: 12,
      learners: ['network', 'logistic'],
      features: 'high',
      seed: 1,
      threads: 2,
      classifier: { hidden: [8, 6], epochs: 3 },
    });
    ensemble.dispose();
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The result as it looks when read back from `result.json`; made once a file of tests. To change it, see bent-result.ts. */
export const evaluated: EvaluationResult = JSON.parse(JSON.stringify(await evaluateToys()));
