/** `--clip` says how many weights it moved. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { openSample } from '#caloscope/samples/kinds';
import { gaussianSample } from '../support/gaussian-samples.js';
import { caloscope, emptyFolder } from './run-caloscope.js';

function tableIn(folder: string, name: string, mean: number, seed: number): string {
  const path = join(folder, name);
  writeFileSync(path, `x\n${[...gaussianSample(200, [mean], seed).values].join('\n')}\n`);
  return path;
}

it('evaluate says it of both samples, as the weights without bounds have it', async () => {
  const folder = emptyFolder();
  const [first, second] = [tableIn(folder, 'a.csv', 0, 1), tableIn(folder, 'b.csv', 0.5, 2)];
  const out = join(folder, 'out');
  const quick = ['--folds', '3', '--learners', 'logistic', '--clip', '0.8,1.3'];
  const { stdout } = await caloscope(['evaluate', first, second, '--out', out, ...quick]);
  const free = await evaluate(await openSample(first), await openSample(second), {
    folds: 3,
    learners: ['logistic'],
  });
  for (const role of ['reference', 'generated'] as const) {
    const weights = free[role].logWeights.map(Math.exp);
    const [low, high] = [weights.filter((w) => w < 0.8).length, weights.filter((w) => w > 1.3).length];
    expect(low + high).toBeGreaterThan(0);
    const share = ((100 * (low + high)) / 200).toFixed(1);
    expect(stdout).toMatch(
      new RegExp(
        `\\n  ${role} +${low + high} of 200 weights \\(${share} %\\): ${low} raised to 0.8, ${high} lowered to 1.3\\n`,
      ),
    );
  }
  free.ensemble.dispose();
  const weigh = ['weights', join(out, 'classifier'), second, '--out', join(folder, 'w.hdf5')];
  expect((await caloscope([...weigh, '--clip', '0.8,1.3'])).stdout).toMatch(
    /\n {2}clipped +\d+ of 200 weights \(\d+\.\d %\): \d+ raised to 0\.8, \d+ lowered to 1\.3\n/,
  );
  expect((await caloscope([...weigh, '--force'])).stdout).not.toContain('clipped');
});
