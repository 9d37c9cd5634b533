/** Mean energies and hit rates of voxels against plain loops, and what is said of dead ones. */
import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { type Geometry, namedGeometry } from '#caloscope/geometry/geometry';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { toyShowers } from '#caloscope/simulation/toy-showers';
import { gaussianSample } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers } from '../support/grid-showers.js';
import { present } from '../support/present.js';

const options: EvaluateOptions = { folds: 3, learners: ['logistic'], threads: 2 };

async function evaluated(reference: GridNumbers, generated: GridNumbers, geometry: Geometry, more = {}) {
  const { result, ensemble, ...rows } = await evaluate(
    showersFromArrays(reference, geometry),
    showersFromArrays(generated, geometry),
    { ...options, ...more },
  );
  ensemble.dispose();
  return { result, voxels: result.voxels as NonNullable<typeof result.voxels>, ...rows };
}

/** In two passes over the showers. */
function meanOf(values: number[], weights: number[]) {
  const sum = weights.reduce((all, w) => all + w, 0);
  const mean = values.reduce((all, value, row) => all + value * (weights[row] as number), 0) / sum;
  const square = values.reduce(
    (all, value, row) => all + ((weights[row] as number) * (value - mean)) ** 2,
    0,
  );
  return { mean, error: Math.sqrt(square) / sum };
}

describe('voxels', () => {
  const rows = 1200;
  const threshold = 25;

  it('have the means, rates and pulls of their definition, reweighted too', async () => {
    const numbers = { reference: gridNumbers(rows, 3), generated: gridNumbers(rows, 4, 1.1) };
    const { voxels, generated } = await evaluated(numbers.reference, numbers.generated, gridGeometry(), {
      threshold,
    });
    const weights = Array.from(generated.logWeights, Math.exp);
    const equal = new Array<number>(rows).fill(1);
    expect(voxels.layers.map(({ layer }) => layer).sort()).toEqual([0, 1]);
    for (const { layer, energies, hitRates } of voxels.layers) {
      for (let cell = 0; cell < 12; cell++) {
        const of = (role: 'reference' | 'generated', w: number[]) => {
          const all = Array.from({ length: rows }, (_, row) => {
            const energy = numbers[role].voxels[24 * row + 12 * layer + cell] as number;
            return energy < threshold ? 0 : energy;
          });
          return {
            energy: meanOf(all, w),
            rate: meanOf(
              all.map((energy) => (energy > 0 ? 1 : 0)),
              w,
            ),
          };
        };
        const expected = {
          reference: of('reference', equal),
          generated: of('generated', equal),
          reweighted: of('generated', weights),
        };
        for (const role of ['reference', 'generated', 'reweighted'] as const) {
          const { energy, rate } = expected[role];
          expect((energies[role].means[cell] as number) / energy.mean).toBeCloseTo(1, 4);
          expect((energies[role].errors[cell] as number) / energy.error).toBeCloseTo(1, 2);
          expect((hitRates[role].means[cell] as number) / rate.mean).toBeCloseTo(1, 4);
          expect((hitRates[role].errors[cell] as number) / rate.error).toBeCloseTo(1, 2);
        }
        const [ref, gen] = [expected.reference, expected.generated];
        const pull = (gen.energy.mean - ref.energy.mean) / Math.hypot(gen.energy.error, ref.energy.error);
        expect(energies.pulls.generated[cell]).toBeCloseTo(pull, 1);
        const both = (gen.rate.mean + ref.rate.mean) / 2;
        const z = (gen.rate.mean - ref.rate.mean) / Math.sqrt((both * (1 - both) * 2) / rows);
        expect(hitRates.pulls.generated[cell]).toBeCloseTo(z, 1);
      }
    }
    expect(JSON.parse(JSON.stringify(voxels))).toEqual(voxels);
  });

  it('of a fine layer are drawn in blocks, and tested one by one', async () => {
    // 3 × 120 voxels: blocks of two columns. One voxel of a block is dead.
    const geometry = namedGeometry('cartesian:1x3x120') as Geometry;
    const sample = (seed: number) => {
      const { voxels } = gridNumbers(15 * 400, seed);
      return { incidentEnergies: gridNumbers(400, seed).incidentEnergies, voxels };
    };
    const [first, second] = [sample(5), sample(6)];
    for (let row = 0; row < 400; row++) second.voxels[360 * row + 123] = 0;
    const { voxels } = await evaluated(first, second, geometry);
    const [layer] = voxels.layers;
    expect(layer?.voxelsPerCell).toEqual([2, 1]);
    expect(layer?.first.edges).toHaveLength(61);
    expect([layer?.first.edges[0], layer?.first.edges[60]]).toEqual([-60, 60]);
    const two = Array.from({ length: 400 }, (_, row) => {
      const [a, b] = first.voxels.subarray(360 * row + 122, 360 * row + 124) as unknown as [number, number];
      return { energy: a + b, rate: ((a > 0 ? 1 : 0) + (b > 0 ? 1 : 0)) / 2 };
    });
    const equal = new Array<number>(400).fill(1);
    const energy = meanOf(
      two.map((one) => one.energy),
      equal,
    );
    const rate = meanOf(
      two.map((one) => one.rate),
      equal,
    );
    // Row 1, columns 2 and 3.
    expect((layer?.energies.reference.means[61] as number) / energy.mean).toBeCloseTo(1, 4);
    expect((layer?.energies.reference.errors[61] as number) / energy.error).toBeCloseTo(1, 2);
    expect((layer?.hitRates.reference.means[61] as number) / rate.mean).toBeCloseTo(1, 4);
    expect((layer?.hitRates.reference.errors[61] as number) / rate.error).toBeCloseTo(1, 2);
    expect(voxels.hitRates).toMatchObject({ tested: 360, dead: 1, hot: 0 });
    expect(voxels.hitRates.blocks[0]?.worst[0]).toMatchObject({ voxel: 123, first: 3, second: 1 });
  });

  it('are none of a table', async () => {
    const { result, ensemble } = await evaluate(
      gaussianSample(200, [0], 1),
      gaussianSample(200, [0], 2),
      options,
    );
    ensemble.dispose();
    expect(result.voxels).toBeNull();
  });
});

describe('dead voxels', () => {
  const geometry = namedGeometry('calogan') as Geometry;
  const toys = (seed: number, flaw: object = {}) =>
    toyShowers({ geometry: 'calogan', showers: 600, seed, threads: 2, ...flaw });

  it('of toys are found, all that are ever hit and no others', async () => {
    const [reference, whole, dead] = await Promise.all([
      toys(1),
      toys(2),
      toys(2, { distortion: 'dead-voxels', strength: 0.05 }),
    ]);
    const { voxels, result } = await evaluated(reference, dead, geometry, { features: 'high' });
    const { blocks, different } = voxels.hitRates;
    const hit = (numbers: GridNumbers, voxel: number) => {
      let count = 0;
      for (let at = voxel; at < numbers.voxels.length; at += 504)
        count += (numbers.voxels[at] as number) > 0 ? 1 : 0;
      return count;
    };
    // The very showers without the flaw say which voxels it kills.
    const killed = Array.from({ length: 504 }, (_, voxel) => voxel).filter(
      (voxel) => hit(whole, voxel) > 0 && hit(dead, voxel) === 0,
    );
    const often = killed.filter((voxel) => hit(reference, voxel) > 30);
    expect(often.length).toBeGreaterThan(15);
    const found = blocks.flatMap(({ worst }) => worst.map(({ voxel }) => voxel)).sort((a, b) => a - b);
    expect(found).toEqual(expect.arrayContaining(often));
    expect(killed).toEqual(expect.arrayContaining(found));
    expect(different).toBe(found.length);
    const { sentences } = present(result.failures);
    expect(sentences.some(({ text }) => /never hit in the generated sample/.test(text))).toBe(true);
  });

  it('are not named between equal samples', async () => {
    const { result, voxels } = await evaluated(await toys(1), await toys(2), geometry, { features: 'high' });
    expect(voxels.hitRates.blocks).toEqual([]);
    expect(present(result.failures).sentences.filter(({ text }) => /[Vv]oxel.* hit/.test(text))).toEqual([]);
  });
});
