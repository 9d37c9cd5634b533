import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClassifierEnsemble } from '#caloscope/classifier/ensemble';
import { type FileScoresOptions, scoreFile } from '#caloscope/classifier/file-scores';
import { trainClassifier } from '#caloscope/classifier/training';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import { learnerNames } from '#caloscope/native/contract/ensembles';
import { openShowers } from '#caloscope/samples/showers/shower-stream';
import type { Warning } from '#caloscope/warnings';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridNumbers, gridShowers } from '../support/grid-showers.js';

/** More than two samples of a stream. */
const rows = 40_000;
const numbers = gridNumbers(rows, 5);
const geometry = 'cartesian:2x3x4';
let folder: string;
let path: string;
const ensembles = new Map<string, ClassifierEnsemble>();

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

async function writeFile(name: string, voxels: Float32Array, count = rows): Promise<string> {
  const place = join(folder, name);
  const writer = await createHdf5(place, {
    attributes: {},
    datasets: [
      { path: '/incident_energies', type: 'f8', rowShape: [1] },
      { path: '/showers', type: 'f4', rowShape: [24] },
    ],
  });
  if (count > 0) {
    await writer.append(
      { '/incident_energies': numbers.incidentEnergies.slice(0, count), '/showers': voxels },
      count,
    );
  }
  await writer.close();
  return place;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-file-scores-'));
  path = await writeFile('showers.hdf5', numbers.voxels.slice());
  for (const features of ['full', 'low', 'low-normalised', 'high'] as const) {
    const { ensemble } = await trainClassifier(gridShowers(200, 1, 1.2), gridShowers(200, 2), {
      features,
      folds: 3,
      learners: features === 'high' ? [...learnerNames] : ['network', 'logistic'],
      classifier: { hidden: [9, 5], epochs: 2 },
    });
    ensembles.set(features, ensemble);
  }
});
afterAll(() => {
  for (const ensemble of ensembles.values()) ensemble.dispose();
  rmSync(folder, { recursive: true });
});

const score = (options: FileScoresOptions = {}, file = path, features = 'low') =>
  scoreFile(ensembles.get(features) as ClassifierEnsemble, file, options);

/** The ensembles were trained on few showers. */
const ofTraining = [
  { code: 'small-sample', message: expect.stringMatching(/^in the training of the classifier: /) },
];

describe('scores of a file that is never in memory as a whole', () => {
  it.each(['full', 'low', 'low-normalised', 'high'])(
    'are those of all showers together: %s',
    async (features) => {
      using showers = await openShowers(path, { geometry });
      const ensemble = ensembles.get(features) as ClassifierEnsemble;
      const together = await ensemble.score(showers);
      expect(together.logits).toMatchObject({ members: ensemble.learners.length, rows });
      for (const threads of [1, 3]) {
        const progress: number[] = [];
        const streamed = await score(
          { threads, onProgress: ({ done, total }) => progress.push(done / total) },
          path,
          features,
        );
        expect(streamed).toEqual({
          noun: 'showers',
          input: ensemble.description.input,
          rows,
          sourceRows: null,
          files: [{ source: path, rows, sha256: sha256(path) }],
          rowWeights: null,
          ...together,
          warnings: [...ofTraining, ...showers.problems],
        });
        expect(progress).toEqual(progress.toSorted((a, b) => a - b));
        expect(progress.at(-1)).toBe(1);
      }
    },
  );

  it('are refused for what stands in the last rows', async () => {
    const voxels = numbers.voxels.slice();
    voxels[39_990 * 24 + 7] = Number.NaN;
    const file = await writeFile('late.hdf5', voxels);
    await expect(score({}, file)).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      path: file,
      message: expect.stringContaining('row 39990, voxel 7'),
    });
    const { logits, logRatios, logRatioErrors, warnings } = await score({ nonFinite: 'zero' }, file);
    expect(warnings.map(({ code }) => code)).toEqual(['small-sample', 'non-finite']);
    using showers = await openShowers(file, { geometry, nonFinite: 'zero' });
    expect({ logits, logRatios, logRatioErrors }).toEqual(await ensembles.get('low')?.score(showers));
  });

  it('come with a word where the file leaves the training, from a saved classifier, too', async () => {
    const saved = join(folder, 'saved');
    await ensembles.get('high')?.save(saved);
    using ensemble = await ClassifierEnsemble.load(saved);
    expect(ensemble.description.ranges).toEqual(ensembles.get('high')?.description.ranges);
    expect((await scoreFile(ensemble, path)).warnings).toEqual(ofTraining);
    const brighter = await writeFile(
      'brighter.hdf5',
      numbers.voxels.map((energy) => 3 * energy),
    );
    const { warnings } = await scoreFile(ensemble, brighter);
    expect(warnings.map(({ code }) => code)).toEqual(['small-sample', 'outside-training']);
    expect(warnings[1]?.message).toMatch(/^showers leave .* outside .* to .* of log10_E_tot/);
    using showers = await openShowers(brighter, { geometry });
    const heard: Warning[] = [];
    await ensemble.score(showers, { onWarning: (warning) => heard.push(warning) });
    expect(heard).toEqual(warnings.slice(1));
  });

  it('are none of a file without showers', async () => {
    const file = await writeFile('empty.hdf5', new Float32Array(0), 0);
    expect(await score({}, file)).toMatchObject({
      rows: 0,
      logits: new Float32Array(0),
      logRatios: new Float64Array(0),
      logRatioErrors: new Float64Array(0),
    });
  });

  it('end with the reason of the signal', async () => {
    await expect(score({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
    for (const share of [0, 0.3, 0.7]) {
      const controller = new AbortController();
      let reports = 0;
      const onProgress = ({ done, total }: { done: number; total: number }) => {
        if (done / total < share) return;
        reports += 1;
        controller.abort('midway');
      };
      await expect(score({ signal: controller.signal, onProgress })).rejects.toBe('midway');
      expect(reports).toBe(1);
    }
  });

  it('are refused to classifiers of tables, and for files in another geometry', async () => {
    const { ensemble } = await trainClassifier(gaussianSample(50, [1, 0], 1), gaussianSample(50, [0, 0], 2), {
      folds: 3,
      learners: ['network'],
      classifier: { hidden: [4], epochs: 1 },
    });
    await expect(scoreFile(ensemble, path)).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: expect.stringContaining('it is no table'),
    });
    ensemble.dispose();
    await expect(score({}, join(folder, 'none.hdf5'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
