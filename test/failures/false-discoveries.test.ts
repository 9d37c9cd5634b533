import { expect, it } from 'vitest';
import { adjustedPValues } from '#caloscope/failures/false-discoveries';

it('adjusts as scipy.stats.false_discovery_control does (scipy 1.17.1)', () => {
  const adjusted = adjustedPValues([0.001, 0.2, 0.03, 0.0005, 0.9, 0.04]);
  for (const [i, expected] of [0.003, 0.24, 0.06, 0.003, 0.9, 0.06].entries()) {
    expect(adjusted[i]).toBeCloseTo(expected, 14);
  }
  expect(adjustedPValues([])).toEqual([]);
});
