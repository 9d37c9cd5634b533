import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { openJets } from '#caloscope/samples/jets/jet-files';
import { jetValues } from '#caloscope/samples/jets/jet-observables';
import { describeFile, openSample, sampleOf } from '#caloscope/samples/kinds';
import { jetDistortionNames } from '#caloscope/simulation/jet-distortions';
import { distortJets } from '#caloscope/simulation/jet-file';
import { toyJetFeatures, toyJets, writeToyJets } from '../../support/toy-jets.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-jets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = await writeToyJets(join(folder, 'jets.hdf5'), 60, 1);

const columns = { dataset: 'particle_features', eta: 0, phi: 1, pt: 2 };

describe('a file of JetNet', () => {
  it('is recognized, and every number is in its place', async () => {
    expect(await describeFile(file)).toEqual({
      layout: 'jetnet',
      rows: 60,
      content: { words: 'jets of up to 30 particles', code: 'ERR_DATASET_SHAPE' },
    });
    const jets = await openSample(file);
    if (!('jetPt' in jets)) throw new Error('these are jets');
    const { particles, jets: features } = toyJetFeatures(60, 1);
    expect(jets.particles).toEqual(particles.filter((_, i) => i % 4 < 3));
    expect(jets.jetPt).toEqual(Float64Array.from({ length: 60 }, (_, row) => features[4 * row] as number));
  });

  it('has no particle where the mask is 0 or p_T is not above 0, and leaves out jets that are not finite', async () => {
    const path = await writeToyJets(join(folder, 'odd.hdf5'), 10, 1, (stored) => {
      stored[3] = 0; // mask of the first particle of jet 0
      stored[4 + 2] = -0.5; // p_T of its second
      stored[120] = Number.NaN; // η in jet 1
    });
    const jets = await openJets(path);
    expect([...jets.particles.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...(jets.sourceRows ?? [])]).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(jets.warnings.map(({ message }) => message)).toEqual([
      '1 particles have a p_T below 0; they are read as none',
      '1 of 10 jets hold numbers that are not finite, the first is row 1; they are left out',
    ]);
    const [whole, odd] = await Promise.all([jetValues(await openJets(file), {}), jetValues(jets, {})]);
    expect(odd.get('particles')?.[0]).toBe((whole.get('particles')?.[0] as number) - 2);
    expect(odd.get('d2')?.[3]).toBe(whole.get('d2')?.[4]);
  });

  it('is refused with too few columns, without particles, or twice', async () => {
    const layout = (particles: object) => ({ kind: 'jets', name: 'mine', particles }) as const;
    await expect(openJets(file, { layout: layout({ ...columns, pt: 7 }) as never })).rejects.toMatchObject({
      code: 'ERR_DATASET_SHAPE',
      message: expect.stringContaining('(60,30,4), needed is (N,particles,8 or more)'),
    });
    await expect(openJets(file, { layout: layout({ ...columns, pt: 1 }) as never })).rejects.toThrow(
      /two of the columns/,
    );
    await expect(openJets(file, { group: 'more' })).rejects.toMatchObject({ code: 'ERR_LAYOUT' });
    await expect(openJets([file, file])).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});

it('a file of which no jet is left is refused', async () => {
  const empty = await writeToyJets(join(folder, 'empty.hdf5'), 0, 1);
  const odd = await writeToyJets(join(folder, 'none.hdf5'), 3, 1, (stored) =>
    stored.fill(Number.NaN, 0, 360),
  );
  for (const [path, message] of [
    [empty, 'it is empty: it holds no jets'],
    [odd, 'no jets are left: all 3 hold numbers that cannot be used'],
  ] as const) {
    const refusal = { code: 'ERR_TOO_FEW_ROWS', path, message: expect.stringContaining(message) };
    await expect(openJets(path)).rejects.toMatchObject(refusal);
  }
});

const options = { folds: 3, members: 1, learners: ['trees'], seed: 1, threads: 1 } as const;

describe('the distortions of the paper', () => {
  it.each(jetDistortionNames)('%s is found, in the mass', async (distortion) => {
    const [reference, source] = [
      await writeToyJets(join(folder, `${distortion}-reference.hdf5`), 4000, 2),
      await writeToyJets(join(folder, `${distortion}-source.hdf5`), 9000, 3),
    ];
    const path = join(folder, `${distortion}.hdf5`);
    const made = await distortJets(source, path, { distortion, seed: 5 });
    expect(made.jets.given).toBe(9000);
    const [first, second] = [await openJets(reference), await openJets(path)];
    expect(second.rows).toBe(made.jets.kept);
    const { result, ensemble } = await evaluate(first, second, options);
    using _ = ensemble;
    const [leading] = [...result.observables].sort((a, b) => b.separation.generated - a.separation.generated);
    expect(leading?.name).toBe('mass');
    // The density ratio is a function of the mass: nothing tells the samples apart better.
    const best = await bestArea(first, second);
    expect(best).toBeGreaterThan(0.52);
    expect(Math.abs(result.auc.value - best)).toBeLessThan(0.035);
  });
});

/** AUC of the mass in bins, ordered by their ratio: a likelihood ratio of one number. */
async function bestArea(first: Parameters<typeof jetValues>[0], second: Parameters<typeof jetValues>[0]) {
  const [a, b] = [await jetValues(first, {}), await jetValues(second, {})].map(
    (all) => all.get('mass') as Float64Array,
  );
  const shares = (values: Float64Array) => {
    const counts = new Float64Array(40);
    for (const value of values)
      (counts[Math.min(39, Math.floor(value * 120))] as number) += 1 / values.length;
    return counts;
  };
  const [p, q] = [shares(a as Float64Array), shares(b as Float64Array)];
  const order = [...p.keys()].sort((i, j) => ratio(p, q, i) - ratio(p, q, j));
  let [area, below] = [0, 0];
  for (const bin of order) {
    area += (p[bin] as number) * (below + (q[bin] as number) / 2);
    below += q[bin] as number;
  }
  return area;
}

function ratio(p: Float64Array, q: Float64Array, bin: number): number {
  return (p[bin] as number) / ((q[bin] as number) + 1e-12);
}

it('classifiers read observables and particles, and score files of them', async () => {
  const { result, ensemble } = await evaluate(toyJets(600, 1), toyJets(600, 2), {
    ...options,
    learners: ['logistic'],
  });
  using _ = ensemble;
  expect(result.settings.featureCount).toBe(6 + 90);
  expect(result.samples.generated).toMatchObject({ noun: 'jets', layout: 'jetnet-particles' });
  const saved = join(folder, 'classifier');
  await ensemble.save(saved);
  using loaded = await ClassifierEnsemble.load(saved);
  const scores = await scoreFile(loaded, file);
  expect(scores.rows).toBe(60);
  expect(scores.logRatios.every(Number.isFinite)).toBe(true);
  const turned = { kind: 'jets', name: 'mine', particles: { ...columns, eta: 1, phi: 2, pt: 0 } } as const;
  const read = await loaded.score(await openJets(file, { layout: turned }));
  expect((await scoreFile(loaded, file, { layout: turned })).logRatios).toEqual(read.logRatios);
  expect(read.logRatios).not.toEqual(scores.logRatios);
  const fromFile = await openJets(file);
  expect((await sampleOf(fromFile).repetitions(sampleOf(fromFile), {})).shared.rows).toHaveLength(60);
});
