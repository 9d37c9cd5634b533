import { describe, expect, it } from 'vitest';
import { gaussianMixture } from '#caloscope/failures/gaussian-mixture';
import { normalNumbers } from '../support/gaussian-samples.js';

const rows = 600;
const normal = normalNumbers(17);
const centers = Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 8 : 0));
const columns = [0, 1].map(() => Float64Array.from(centers, (center) => center + normal()));

describe('gaussianMixture', () => {
  it('finds the clusters, their shares and their rows', async () => {
    const { components, component } = await gaussianMixture(columns, { threads: 2 });
    expect(components.map(({ share }) => share).sort()).toEqual([
      expect.closeTo(0.25, 3),
      expect.closeTo(0.75, 3),
    ]);
    const far = component[0] as number;
    expect(components[far]?.mean[1]).toBeCloseTo(8, 0);
    expect(Array.from(component, (k) => (k === far ? 8 : 0))).toEqual(centers);
  });

  it('refuses what it cannot fit', async () => {
    await expect(gaussianMixture([])).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(gaussianMixture([new Float64Array(3), new Float64Array(2)])).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
    await expect(gaussianMixture(columns, { most: 0 })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(gaussianMixture(columns, { seed: -1 })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(gaussianMixture([Float64Array.of(1, Number.NaN)])).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
    });
  });
});
