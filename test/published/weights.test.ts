import { describe, it } from 'vitest';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';
import { expectClose } from '../support/closeness.js';
import { logits } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

type Health = { readonly mean: number; readonly effective_size: number };
const rules = ['mean-logit', 'mean-weight', 'mean-probability'] as const;
type Joined = { readonly [rule in (typeof rules)[number]]: readonly number[] };

const published = publishedNumbers<{
  readonly double: Joined;
  readonly single: Joined;
  readonly spread: number;
  readonly health: Health;
  readonly health_of_large_weights: Health;
  readonly health_of_reference_weights: Health;
}>('weights');

describe('SciPy', () => {
  it.each(rules)('weights of an ensemble, %s', async (rule) => {
    for (const [all, expected] of [
      [logits, published.double],
      [Float32Array.from(logits), published.single],
    ] as const) {
      const { logWeights, memberSpread } = await densityRatioWeights(
        { values: all, members: 3, rows: all.length / 3 },
        { rule },
      );
      expectAllClose(logWeights, expected[rule], 0, 1e-12, rule);
      expectClose(memberSpread as number, published.spread, 1e-6, 0, 'spread');
    }
  });

  const first = logits.subarray(0, 20);
  const negative = first.map((logit) => -logit);
  it.each([
    ['health', first, 'generated'],
    ['health_of_large_weights', first.map((logit) => 150 * logit), 'generated'],
    ['health_of_reference_weights', first, 'reference'],
    ['health', negative, 'reference'],
  ] as const)('%s: mean and effective size', async (name, logWeights, role) => {
    const { health } = await densityRatioWeights(logWeights, { role });
    expectClose(health.mean, published[name].mean, 1e-12, 0, 'mean');
    expectClose(health.effectiveSampleSize, published[name].effective_size, 1e-12, 0, 'effective size');
  });
});
