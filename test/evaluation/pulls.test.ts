import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import type { LayoutDescription } from '#caloscope/layouts/schema';
import { renderReport } from '#caloscope/report/report';
import { openEvents } from '#caloscope/samples/events/event-files';
import { sampleOf } from '#caloscope/samples/kinds';
import { densitiesFromDraws, densitiesFromSpread } from '#caloscope/samples/own-densities';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { openTable } from '#caloscope/samples/table/table-files';
import { gaussianSample, normalNumbers } from '../support/gaussian-samples.js';

const options: EvaluateOptions = { learners: ['logistic'], threads: 2 };
const rows = 6000;

/**
 * A generator that is wrong by s standard deviations of its own: the reference is N(s, 1), the generated sample N(0, 1), so that
 * ln w = s y − s²/2, and ln w/s is normal with mean −s/2 and width 1 over the generated rows.
 */
const s = 0.5;
const reference = (seed: number) => gaussianSample(rows, [s], seed);
function generated(seed: number, told: number, draws: number | null): MatrixSample {
  const sample = gaussianSample(rows, [0], seed);
  if (draws === null) return { ...sample, densities: densitiesFromSpread(new Float64Array(rows).fill(told)) };
  const normal = normalNumbers(seed + 100);
  const logDensities = Float64Array.from({ length: rows * draws }, (_, i) => {
    const y = sample.values[Math.floor(i / draws)] as number;
    return -0.5 * y * y + told * normal();
  });
  return { ...sample, densities: densitiesFromDraws(logDensities, draws) };
}

async function pullsOf(seed: number, told: number, draws: number | null, more: EvaluateOptions = {}) {
  const samples = [reference(seed), generated(seed + 1, told, draws)] as const;
  const { result, ensemble } = await evaluate(...samples, { ...options, ...more });
  ensemble.dispose();
  if (result.pulls === null) throw new Error('there are pulls');
  return { result, pulls: result.pulls };
}

describe('pulls of a generator', () => {
  it.each([
    ['as it is', 1],
    ['half as large as it is', 2],
  ])('whose spread is told %s have width %i', async (_, width) => {
    const pairs = 6;
    const found = { width: 0, widthPull: 0, meanPull: 0 };
    for (let pair = 0; pair < pairs; pair++) {
      const { pulls } = await pullsOf(10 * pair + 1, s / width, null, { folds: 10 });
      expect(pulls).toMatchObject({ draws: null, errorsHoldLearning: true });
      const { fit, rows: counted, without } = pulls.logarithm ?? {};
      if (!fit) throw new Error('there is a fit');
      expect([counted, without]).toEqual([rows, 0]);
      found.width += fit.width / width / pairs;
      found.widthPull += ((fit.width - width) / fit.widthError) ** 2 / pairs;
      found.meanPull += ((fit.mean + (width * s) / 2) / fit.meanError) ** 2 / pairs;
      expect(fit.widthError).toBeLessThan(0.15 * width);
    }
    // One width has an error of 4 %, nearly all of it from learning ln w: of six, 1.6 %. Squares of their pulls are 1, ± 0.65.
    expect(Math.abs(found.width - 1)).toBeLessThan(0.05);
    expect(found.widthPull).toBeLessThan(3);
    expect(found.meanPull).toBeLessThan(3);
  });

  it('are those of the densities too, from draws', async () => {
    const { pulls, result } = await pullsOf(3, 0.05, 200, { select: [] });
    const { density, logarithm } = pulls;
    expect(pulls.draws).toBe(200);
    // (w − 1)/σ of the densities and ln w/σ of their logarithms agree to first order; with w of 1 ± 0.5 the first is skewed.
    expect(logarithm?.fit?.width).toBeCloseTo(s / 0.05, 0);
    expect(density?.upper).toBeGreaterThan(logarithm?.upper as number);
    expect(density?.lower).toBeGreaterThan(logarithm?.lower as number);
    expect(result.histograms[density?.histogram ?? '']?.axes).toMatchObject([{ bins: 49 }]);
    const html = await renderReport(result);
    expect(html).toContain('id="pulls"');
    expect(html).toContain('200 draws of ln p<sub>gen</sub>');
    expect(html).toContain('pull_density_generated');
  });

  it('have errors of sampling alone with a split, and none where nothing is told', async () => {
    const { pulls } = await pullsOf(5, s, null, { split: { train: 0.5, validation: 0.2, test: 0.3 } });
    expect(pulls.errorsHoldLearning).toBe(false);
    expect(pulls.logarithm?.rows).toBe(0.3 * rows);
    const { result, ensemble } = await evaluate(gaussianSample(60, [0], 1), gaussianSample(60, [0], 2), {
      ...options,
      folds: 3,
    });
    ensemble.dispose();
    expect(result.pulls).toBeNull();
  });
});

describe('what a generator says of its density', () => {
  it('is the spread of its draws, of p and of ln p', () => {
    const draws = [0.3, -0.2, 0.1, 0.9, 0.4, 0, -0.5];
    const { relative, logarithmic } = densitiesFromDraws(
      Float64Array.from([...draws, ...draws.map((one) => one - 700)]),
      7,
    );
    const sorted = draws.map(Math.exp).sort((a, b) => a - b);
    // Ranks 0.951932 and 5.048068 of 0 to 6.
    const between = (rank: number, i: number) =>
      (sorted[i] as number) + (rank - i) * ((sorted[i + 1] as number) - (sorted[i] as number));
    const width = (between(6 * 0.841344746068543, 5) - between(6 * 0.158655253931457, 0)) / 2;
    expect(relative[0]).toBeCloseTo(width / (sorted[3] as number), 12);
    expect(relative[1]).toBeCloseTo(relative[0] as number, 10);
    const mean = draws.reduce((sum, x) => sum + x, 0) / 7;
    const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6);
    expect(logarithmic[0]).toBeCloseTo(deviation, 12);
    expect(logarithmic[1]).toBeCloseTo(deviation, 10);
    expect(() => densitiesFromDraws(new Float64Array(4), 2)).toThrow(/at least 3 draws/);
    expect(() => densitiesFromDraws(new Float64Array(4), 3)).toThrow(/rows of 3 draws/);
  });

  it('of many normal draws is one deviation, and the hyperbolic sine of it', () => {
    const normal = normalNumbers(1);
    const { relative, logarithmic } = densitiesFromDraws(
      Float64Array.from({ length: 200_000 }, () => 0.4 * normal()),
      200_000,
    );
    const told = densitiesFromSpread(Float64Array.of(0.4));
    expect(Math.abs((logarithmic[0] as number) - 0.4)).toBeLessThan(0.003);
    expect(Math.abs((relative[0] as number) - (told.relative[0] as number))).toBeLessThan(0.004);
  });

  it('is read from frames, with the columns behind the momenta', async () => {
    const path = join(import.meta.dirname, '../published/numbers/events-fixed.h5');
    const objects = ['a', 'b', 'c', 'd'].map((name, i) => ({
      name,
      columns: [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3] as [number, number, number, number],
    }));
    const layout = { kind: 'events', name: 'mine', unit: 'GeV', objects } as const;
    // Columns 16 to 19 of row 0 are 116, 117, 118, 119.
    const events = await openEvents(path, { layout: { ...layout, ownDensity: { draws: { from: 16 } } } });
    expect(events.densities?.draws).toBe(4);
    expect(events.densities?.logarithmic[0]).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(sampleOf(events.only(Float64Array.of(3))).ownDensities?.logarithmic).toHaveLength(1);
    const told = await openEvents(path, { layout: { ...layout, ownDensity: { spread: 17 } } });
    expect(told.densities).toMatchObject({ draws: null, logarithmic: Float64Array.of(117, 0, 0, 417) });
    const none = await openEvents(path, { layout: { ...layout, ownDensity: { draws: { from: 20 } } } });
    expect(none.densities).toBeNull();
    await expect(
      openEvents(path, { layout: { ...layout, ownDensity: { draws: { from: 18 } } } }),
    ).rejects.toThrow(/has 2 columns with ln p of its generator, 3 are needed/);
    expect((await openEvents(path, { layout: 'z-jets-bayesian' })).densities).toBeNull();
  });

  it('is read from tables, and is none of the columns that are compared', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-pulls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const path = write('draws.csv', 'x,p0,y,p1,p2\n1,0,2,1,2\n3,5,4,5,8\n');
    const bare = write('bare.csv', 'x,y\n5,6\n');
    const layout = { kind: 'table' as const, name: 'mine', ownDensity: { draws: ['p0', 'p1', 'p2'] } };
    for (const columns of [null, ['x', 'y']]) {
      const table = await openTable(path, { layout: { ...layout, columns } });
      expect([table.columns, ...table.values]).toEqual([['x', 'y'], 1, 2, 3, 4]);
      expect(table.densities?.logarithmic).toEqual(Float64Array.of(1, Math.sqrt(3)));
      const left = await sampleOf(table).without(Float64Array.of(0), {});
      expect(left.ownDensities?.logarithmic).toEqual(Float64Array.of(Math.sqrt(3)));
      const reference = await openTable(bare, { layout: { ...layout, columns } });
      expect([reference.densities, ...reference.values]).toEqual([null, 5, 6]);
      await expect(openTable([path, bare], { layout: { ...layout, columns } })).rejects.toMatchObject({
        code: 'ERR_DATASET_MISSING',
      });
    }
    const spread = { ...layout, ownDensity: { spread: 'p2' } };
    const told = await openTable(path, { layout: spread });
    expect(told.columns).toEqual(['x', 'p0', 'y', 'p1']);
    expect(told.densities).toMatchObject({ draws: null, logarithmic: Float64Array.of(2, 8) });
    const missing = { ...layout, ownDensity: { draws: ['p0', 'p1', 'p9'] } };
    await expect(openTable(path, { layout: missing })).rejects.toThrow(/needed are p0, p1, p9/);
    const sample = { columns: ['x'], values: new Float32Array(3), densities: told.densities ?? null };
    expect(() => sampleOf(sample)).toThrow('densities of 2 rows are not those of 3 rows');
  });

  it('is read beside showers, from all files or none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-pulls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const write = async (name: string, count: number, draws: number) => {
      const path = join(folder, name);
      const writer = await createHdf5(path, {
        datasets: [
          { path: 'all/energy', type: 'f4', rowShape: [] },
          { path: 'all/showers', type: 'f4', rowShape: [2, 3, 4] },
          ...(draws > 0 ? [{ path: 'all/log_p', type: 'f8', rowShape: [draws] } as const] : []),
        ],
      });
      await writer.append(
        {
          'all/energy': new Float32Array(count).fill(1),
          'all/showers': new Float32Array(count * 24).fill(10),
          ...(draws > 0 && {
            'all/log_p': Float64Array.from(
              { length: count * draws },
              (_, i) => (i % draws) * Math.floor(i / draws),
            ),
          }),
        },
        count,
      );
      await writer.close();
      return path;
    };
    const layout: LayoutDescription = {
      name: 'mine',
      groups: ['all'],
      incidentEnergies: { dataset: 'energy', unit: 'GeV' },
      voxels: { datasets: [{ dataset: 'showers', axes: ['shower', 'layer', 'y', 'x'] }], unit: 'MeV' },
      ownDensity: { draws: 'log_p' },
    };
    const [one, two] = [await write('one.h5', 3, 3), await write('two.h5', 2, 3)];
    using showers = await openShowers([one, two], { layout });
    expect(showers.densities).toMatchObject({ draws: 3, logarithmic: Float64Array.of(0, 1, 2, 0, 1) });
    const left = await sampleOf(showers).without(Float64Array.of(0, 3), {});
    expect(left.ownDensities?.logarithmic).toEqual(Float64Array.of(1, 2, 1));
    left.dispose();
    const spread = { ...layout, ownDensity: { spread: { dataset: 'log_p', column: 2 } } };
    using told = await openShowers(one, { layout: spread });
    expect(told.densities).toMatchObject({ draws: null, logarithmic: Float64Array.of(0, 2, 4) });
    using none = await openShowers(await write('none.h5', 2, 0), { layout });
    expect(none.densities).toBeNull();
    await expect(openShowers([one, join(folder, 'none.h5')], { layout })).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
    });
    await expect(openShowers(await write('few.h5', 2, 2), { layout })).rejects.toMatchObject({
      code: 'ERR_DATASET_SHAPE',
    });
  });
});
