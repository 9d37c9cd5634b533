import { describe, expect, it } from 'vitest';
import { countRatio } from '#caloscope/statistics/poisson-ratio';

describe('countRatio', () => {
  it('has the ends at which the share of one count is one standard deviation off', () => {
    for (const [n, m] of [
      [7, 3],
      [1, 40],
      [200, 150],
    ] as const) {
      const { value, low, high } = countRatio(n, m) as { value: number; low: number; high: number };
      expect(value).toBe(n / m);
      for (const ratio of [low, high]) {
        // Wilson's interval by its definition: |p̂ − p| = √(p(1−p)/N).
        const share = ratio / (1 + ratio);
        const distance = Math.abs(n / (n + m) - share);
        expect(distance).toBeCloseTo(Math.sqrt((share * (1 - share)) / (n + m)), 12);
      }
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('is a limit where a count is 0, and nothing where both are', () => {
    expect(countRatio(0, 0)).toBeNull();
    const onlyAbove = countRatio(39, 0);
    expect(onlyAbove).toMatchObject({ value: null, high: null });
    expect(onlyAbove?.low).toBeCloseTo(39, 12);
    const onlyBelow = countRatio(0, 4);
    expect(onlyBelow).toMatchObject({ value: 0, low: 0 });
    expect(onlyBelow?.high).toBeCloseTo(1 / 4, 12);
  });
});
