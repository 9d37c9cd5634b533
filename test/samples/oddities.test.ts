import { describe, expect, it } from 'vitest';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { examinePair } from '#caloscope/samples/pair';
import { ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { Warning } from '#caloscope/warnings';
import { gaussianSample } from '../support/gaussian-samples.js';
import { type GridNumbers, gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';

async function odditiesOf(reference: GivenSample, generated: GivenSample): Promise<readonly Warning[]> {
  const choices = {
    features: 'low',
    threshold: null,
    conditions: 'varying',
    repeated: 'warn',
    select: [],
  } as const;
  using pair = await examinePair(sampleOf(reference), sampleOf(generated), choices, {});
  return pair.warnings;
}

function codes(oddities: readonly Warning[]): string[] {
  return oddities.map(({ code }) => code);
}

function fromNumbers(numbers: GridNumbers): ShowerSample {
  return showersFromArrays(numbers, gridGeometry());
}

describe('what is odd about samples', () => {
  it('are none for sound ones', async () => {
    expect(await odditiesOf(gridShowers(2000, 1), gridShowers(2000, 2))).toEqual([]);
    expect(await odditiesOf(gaussianSample(50, [0], 1), gaussianSample(50, [9], 2))).toEqual([]);
  });

  it('incident-energy-leak: other energies, not a chance difference', async () => {
    const { incidentEnergies, voxels } = gridNumbers(2000, 2);
    const shifted = fromNumbers({ incidentEnergies: incidentEnergies.map((energy) => 1.1 * energy), voxels });
    const [oddity, ...others] = await odditiesOf(gridShowers(2000, 1), shifted);
    expect(others).toEqual([]);
    expect(oddity?.code).toBe('incident-energy-leak');
    // Log-normal with width 0.2, shifted by ln 1.1: AUC Φ(0.0953/(0.2·√2)) = 0.632.
    expect(Number(/AUC (\d\.\d+)/.exec(oddity?.message ?? '')?.[1])).toBeCloseTo(0.632, 1);
  });

  it('incident-energy-leak: one fixed energy beside another that hardly differs', async () => {
    const fixed = (energy: number, seed: number) =>
      fromNumbers({ ...gridNumbers(500, seed), incidentEnergies: new Float64Array(500).fill(energy) });
    expect(codes(await odditiesOf(fixed(2000, 1), fixed(1999.9, 2)))).toEqual(['incident-energy-leak']);
    expect(codes(await odditiesOf(fixed(2000, 1), fixed(2000, 2)))).toEqual([]);
  });

  it('shared-rows and repeated-rows, with rows that can be looked up', async () => {
    const first = gridNumbers(1000, 3);
    const second = gridNumbers(1000, 4);
    const width = gridGeometry().voxels;
    const put = (from: GridNumbers, row: number, into: GridNumbers, place: number) => {
      into.voxels.set(from.voxels.subarray(row * width, (row + 1) * width), place * width);
      into.incidentEnergies[place] = from.incidentEnergies[row] as number;
    };
    put(first, 700, second, 10);
    put(first, 701, second, 11);
    put(second, 20, second, 900);
    const oddities = await odditiesOf(fromNumbers(first), fromNumbers(second));
    expect(codes(oddities)).toEqual(['shared-rows', 'repeated-rows']);
    expect(oddities[0]?.message).toMatch(/^2 generated .* row 10 is reference row 700/);
    expect(oddities[1]?.message).toMatch(/^1 rows of the generated .* row 900 is row 20/);
    put(first, 5, first, 6);
    expect((await odditiesOf(fromNumbers(first), gridShowers(1000, 9)))[0]?.message).toMatch(
      /reference .* row 6 is row 5/,
    );
  });

  it('hand on what was odd in a file', async () => {
    const sound = gridShowers(300, 5);
    const problems = [
      { code: 'units', message: 'the energies look like GeV' },
    ] as unknown as ShowerSample['problems'];
    const odd = ShowerSample.adopt(gridShowers(300, 6).handle, gridGeometry(), sound.origin, problems);
    expect(await odditiesOf(odd, sound)).toEqual([
      { code: 'units', message: 'reference sample: the energies look like GeV' },
    ]);
  });
});
