/** Differences that few permutations do not resolve, or no observable shows, are differences none the less. */
import { expect, it } from 'vitest';
import { linesOf } from '#caloscope/cli/evaluate';
import { testedPValue } from '#caloscope/evaluation/analyses/auc';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { gaussianSample } from '../support/gaussian-samples.js';

const permuted = (reached: number, permutations: number) => ({
  permutations,
  reached,
  pValue: (1 + reached) / (permutations + 1),
  resolution: 1 / (permutations + 1),
});

it.each([
  ['without permutations', 0.3, null, 0.3],
  ['where some reach it', 1e-9, permuted(1, 19), 0.1],
  ['where none reaches it and the normal distribution gives less', 1e-9, permuted(0, 19), 1e-9],
  ['where none reaches it and the normal distribution gives more', 0.06, permuted(0, 19), 0.05],
])('the p-value %s', (_, ofNormal, test, expected) => {
  expect(testedPValue(ofNormal, test)).toBe(expected);
});

it('a clear difference stays one with few permutations', async () => {
  const { result, ensemble } = await evaluate(
    gaussianSample(300, [0, 0], 1),
    gaussianSample(300, [1.5, 0], 2),
    {
      learners: ['logistic'],
      folds: 3,
      permutations: 4,
      threads: 1,
    },
  );
  ensemble.dispose();
  const { auc, verdict, warnings } = result;
  expect(auc.permutations).toEqual(permuted(0, 4));
  expect(auc.pValue).toBeLessThan(1e-20);
  expect(verdict).toMatchObject({ level: 'clearly-different', classifierPValue: auc.pValue });
  expect(verdict.sentence).toContain('The classifiers clearly tell');
  expect(warnings.map(({ code }) => code)).not.toContain('classifier-blind');
});

it('a correlation that no observable shows is told as one', async () => {
  const pair = (sign: number, seed: number) => {
    const { values, columns } = gaussianSample(600, [0, 0], seed);
    const turned = values.map((value, i) =>
      i % 2 === 0 ? value : sign * 0.9 * (values[i - 1] as number) + 0.436 * value,
    );
    return { values: turned, columns };
  };
  const { result, ensemble } = await evaluate(pair(1, 3), pair(-1, 4), {
    learners: ['quadratic'],
    folds: 3,
    threads: 1,
  });
  ensemble.dispose();
  expect(result.verdict.level).toBe('clearly-different');
  expect(result.failures?.sentences).toEqual([]);
  expect(linesOf(result, 'out')).toContain(
    'No observable or region by itself is seen to be wrong. The samples differ in how observables go together.',
  );
});
