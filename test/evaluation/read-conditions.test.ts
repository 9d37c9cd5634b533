/** Conditions that classifiers read: showers that follow an angle, against showers that do not, whose density ratio is known. */
import { afterAll, describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { featureNames } from '#caloscope/samples/kinds';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { areaUnderCurve } from '#caloscope/statistics/rank-statistics';
import { normalNumbers } from '../support/gaussian-samples.js';
import { gridGeometry } from '../support/grid-showers.js';

const rows = 3000;
const correlation = 0.6;
const options: EvaluateOptions = { folds: 3, learners: ['quadratic', 'trees'], threads: 2 };

interface Pairs {
  readonly size: Float64Array;
  readonly angle: Float64Array;
}

/** All voxels scale with exp(0.1 size), and nothing else varies; angle is normal, too. */
function drawn(seed: number, rho: number): Pairs {
  const normal = normalNumbers(seed);
  const size = Float64Array.from({ length: rows }, normal);
  const angle = size.map((z) => rho * z + Math.sqrt(1 - rho * rho) * normal());
  return { size, angle };
}

function showersOf({ size, angle }: Pairs): ShowerSample {
  const { voxels: width } = gridGeometry();
  const voxels = new Float32Array(rows * width);
  for (let i = 0; i < voxels.length; i++) {
    voxels[i] = (1 + (i % width)) * Math.exp(0.1 * (size[Math.floor(i / width)] as number));
  }
  const incidentEnergies = new Float64Array(rows).fill(1000);
  const conditions = [
    { name: 'theta', label: 'θ', unit: 'rad', values: angle },
    { name: 'beam', label: 'beam', unit: '', values: new Float64Array(rows).fill(3) },
  ];
  return showersFromArrays({ incidentEnergies, voxels, conditions }, gridGeometry());
}

/** ln of bivariate over independent normal density. */
function logRatios({ size, angle }: Pairs): Float64Array {
  const rest = 1 - correlation ** 2;
  return size.map((z, row) => {
    const t = angle[row] as number;
    const exponent = (correlation ** 2 * (z * z + t * t) - 2 * correlation * z * t) / (2 * rest);
    return -0.5 * Math.log(rest) - exponent;
  });
}

describe('conditions that classifiers read', () => {
  const pairs = { reference: drawn(4, correlation), generated: drawn(5, 0) };
  const reference = showersOf(pairs.reference);
  const generated = showersOf(pairs.generated);
  afterAll(() => {
    reference.dispose();
    generated.dispose();
  });

  it('are those that vary, and show what only they tell', async () => {
    const { result, generated: weighed, ensemble } = await evaluate(reference, generated, options);
    const columns = featureNames(ensemble.description.input);
    expect(columns[0]).toBe('condition_theta');
    expect(columns).not.toContain('condition_beam');
    ensemble.dispose();
    expect(result.settings.conditions).toEqual(['theta']);
    const exact = logRatios(pairs.generated);
    const best = await areaUnderCurve(logRatios(pairs.reference), exact);
    expect(best.value).toBeGreaterThan(0.65);
    expect(Math.abs(result.auc.value - best.value)).toBeLessThan(3 * best.standardError);
    const off = weighed.logWeights.map((lnW, row) => (lnW - (exact[row] as number)) ** 2);
    expect(Math.sqrt(off.reduce((sum, square) => sum + square, 0) / rows)).toBeLessThan(0.25);
  });

  it('are left out where none is wanted', async () => {
    const { result, ensemble } = await evaluate(reference, generated, { ...options, conditions: 'none' });
    ensemble.dispose();
    expect(result.settings.conditions).toEqual([]);
    expect(Math.abs(result.auc.value - 0.5)).toBeLessThan(4 * result.auc.standardError);
  });

  it('are refused where the showers do not have them', async () => {
    const unknown = evaluate(reference, generated, { ...options, conditions: ['eta'] });
    await expect(unknown).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('there is no condition eta; the showers have theta, beam'),
    });
    const by = evaluate(reference, generated, { ...options, by: [{ condition: 'eta' }] });
    await expect(by).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: 'by: there is no condition eta; the showers have energy, theta, beam',
    });
  });

  it('are refused where they are no numbers', async () => {
    const broken = { ...pairs.generated, angle: pairs.generated.angle.slice() };
    broken.angle[7] = Number.NaN;
    using odd = showersOf(broken);
    await expect(evaluate(reference, odd, { ...options, conditions: ['theta'] })).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringContaining('theta of row 7 is NaN'),
    });
  });

  it('make the bins that are chosen', async () => {
    const by = [{ condition: 'theta', bins: 5 }];
    const { result, ensemble } = await evaluate(reference, generated, { ...options, by });
    ensemble.dispose();
    expect(result.conditions.map(({ label }) => label)).toEqual(['θ']);
    const bins = result.conditions[0]?.bins ?? [];
    const counts = bins.map((bin) => bin.reference + bin.generated);
    expect(counts.length).toBe(5);
    for (const count of counts) expect(Math.abs(count - (2 * rows) / 5)).toBeLessThanOrEqual(1);
    // At the ends of the angle the showers of the reference are larger, or smaller, than those that do not know it.
    const energy = bins.map((bin) => bin.observables.find(({ name }) => name === 'energy_ratio'));
    expect(energy[0]?.distance).toBeGreaterThan(0.3);
    expect(energy[4]?.distance).toBeGreaterThan(0.3);
    expect(energy[2]?.distance).toBeLessThan(0.15);
    for (const end of [energy[0], energy[4]]) expect(end?.reweighted).toBeLessThan((end?.distance ?? 0) / 2);
  });
});
