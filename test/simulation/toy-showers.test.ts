import { describe, expect, it } from 'vitest';
import { resolveGeometry } from '#caloscope/geometry/geometry';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { distortions } from '#caloscope/simulation/distortions';
import { exactAuc, type ToySampleOptions, toyShowers, toyVoxels } from '#caloscope/simulation/toy-showers';
import { sameBits } from './same-bits.js';

const sum = (numbers: Iterable<number>) => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

describe.each(['calogan', 'ds2'] as const)('toy showers for %s', (geometry) => {
  const voxelCount = toyVoxels[geometry];

  it('depend on the seed, not on the number of threads or of showers', async () => {
    const one = await toyShowers({ geometry, showers: 70, seed: 5, threads: 1 });
    const three = await toyShowers({ geometry, showers: 70, seed: 5, threads: 3 });
    const fewer = await toyShowers({ geometry, showers: 33, seed: 5 });
    expect(sameBits(three.voxels, one.voxels)).toBe(true);
    expect(sameBits(three.incidentEnergies, one.incidentEnergies)).toBe(true);
    expect(sameBits(fewer.voxels, one.voxels.subarray(0, 33 * voxelCount))).toBe(true);
    expect(sameBits(fewer.incidentEnergies, one.incidentEnergies.subarray(0, 33))).toBe(true);
    const other = await toyShowers({ geometry, showers: 70, seed: 6 });
    expect(sameBits(other.voxels, one.voxels)).toBe(false);
  });

  it('hold about the incident energy', async () => {
    const { incidentEnergies, voxels } = await toyShowers({ geometry, showers: 500, seed: 1 });
    expect(voxels).toHaveLength(500 * voxelCount);
    const response = incidentEnergies.map(
      (energy, i) => sum(voxels.subarray(i * voxelCount, (i + 1) * voxelCount)) / energy,
    );
    expect(Math.abs(sum(response) / 500 - 1)).toBeLessThan(0.02);
    expect(Math.min(...incidentEnergies)).toBeGreaterThanOrEqual(1e3);
    expect(Math.max(...incidentEnergies)).toBeLessThanOrEqual(geometry === 'calogan' ? 1e5 : 1e6);
  });

  it('have an exact density ratio on both samples of a depth shift', async () => {
    const options = { geometry, showers: 2000, seed: 9, distortion: 'depth-shift', strength: 0.6 } as const;
    const generated = await toyShowers(options);
    const reference = await toyShowers({ ...options, sample: 'reference' });
    const error = Math.sqrt((Math.exp(0.36) - 1) / 2000);
    const meanWeight = (ratios: Float64Array, sign: number) =>
      sum(ratios.map((ratio) => Math.exp(sign * ratio))) / ratios.length;
    expect(Math.abs(meanWeight(generated.logDensityRatio as Float64Array, 1) - 1)).toBeLessThan(5 * error);
    expect(Math.abs(meanWeight(reference.logDensityRatio as Float64Array, -1) - 1)).toBeLessThan(5 * error);
    const plain = await toyShowers({ geometry, showers: 2000, seed: 9 });
    expect(plain.logDensityRatio).toBeUndefined();
    expect(sameBits(reference.voxels, plain.voxels)).toBe(true);
    expect(sameBits(generated.incidentEnergies, plain.incidentEnergies)).toBe(false);
  });

  it('are a sample as they come, with their exact density ratio', async () => {
    const toys = await toyShowers({ geometry, showers: 3, seed: 1, distortion: 'depth-shift' });
    expect(toys.logDensityRatio).toHaveLength(3);
    using sample = showersFromArrays(toys, await resolveGeometry(geometry));
    expect(sample.incidentEnergies()).toEqual(toys.incidentEnergies);
  });

  it.each(distortions)('know the distortion $name', async ({ name, exactRatio }) => {
    const made = await toyShowers({ geometry, showers: 20, seed: 2, distortion: name });
    expect(made.voxels.every((voxel) => voxel >= 0 && Number.isFinite(voxel))).toBe(true);
    expect(made.logDensityRatio !== undefined).toBe(exactRatio);
  });
});

describe('distortions', () => {
  it('have defaults within their ranges, which the core shares', async () => {
    for (const { name, strength } of distortions) {
      expect(strength.default).toBeGreaterThan(strength.min);
      expect(strength.default).toBeLessThan(strength.max);
      for (const end of ['min', 'max'] as const) {
        const attempt = toyShowers({
          geometry: 'calogan',
          showers: 1,
          seed: 0,
          distortion: name,
          strength: strength[end],
        });
        if (strength.excluded.includes(end))
          await expect(attempt).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
        else await expect(attempt).resolves.toBeDefined();
      }
    }
  });

  it('have the AUC of two shifted normal distributions where it is exact', () => {
    const shift = distortions.find((distortion) => distortion.name === 'depth-shift');
    expect(shift).toBeDefined();
    // Φ(0.5/√2) and Φ(1/√2)
    for (const [strength, auc] of [
      [0.5, 0.6381631950841185],
      [-1, 0.7602499389065233],
      [0, 0.5],
    ] as const) {
      expect(exactAuc(shift ? { description: shift, strength } : null)).toBeCloseTo(auc, 12);
    }
    expect(exactAuc(null)).toBeNull();
  });
});

describe('wrong arguments', () => {
  const good = { geometry: 'calogan', showers: 10, seed: 1 } as const;
  it.each([
    ['an unknown geometry', { geometry: 'ds3' }],
    ['a property of every object as geometry', { geometry: 'toString' }],
    ['no showers', { showers: 0 }],
    ['half a shower', { showers: 1.5 }],
    ['a negative seed', { seed: -1 }],
    ['a seed that is not exact', { seed: 2 ** 53 }],
    ['no threads', { threads: 0 }],
    ['an unknown distortion', { distortion: 'blur' }],
    ['a strength without distortion', { strength: 0.1 }],
    ['a strength out of range', { distortion: 'over-smoothing', strength: 1.1 }],
    ['a strength that is not a number', { distortion: 'noise', strength: Number.NaN }],
    ['a sample that does not exist', { sample: 'both' }],
    ['a reference for a distortion without exact ratio', { distortion: 'noise', sample: 'reference' }],
  ])('%s is refused', async (_, wrong) => {
    const options = { ...good, ...wrong } as unknown as ToySampleOptions;
    await expect(toyShowers(options)).rejects.toMatchObject({ name: 'ArgumentError', code: 'ERR_ARGUMENT' });
  });

  it('more showers than memory are refused', async () => {
    await expect(toyShowers({ ...good, showers: 1e12 })).rejects.toMatchObject({ code: 'ERR_MEMORY' });
  });

  it('an abort ends the work with its reason', async () => {
    const controller = new AbortController();
    const making = toyShowers({
      ...good,
      showers: 100_000,
      signal: controller.signal,
      onProgress: () => controller.abort('enough'),
    });
    await expect(making).rejects.toBe('enough');
  });
});
