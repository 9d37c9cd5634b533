import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CheckpointOptions, removeCheckpoints } from '#caloscope/classifier/checkpoints';
import { type TrainClassifierOptions, trainClassifier } from '#caloscope/classifier/training';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { learnerNames } from '#caloscope/native/contract/ensembles';
import { gaussianSample } from '../support/gaussian-samples.js';

const reference = gaussianSample(600, [0.5, 0, 0], 1);
const generated = gaussianSample(500, [0, 0, 0], 2);
const settings: EvaluateOptions = {
  folds: 3,
  members: 2,
  learners: [...learnerNames],
  classifier: { hidden: [32], epochs: 12, patience: 12, batchSize: 64 },
};

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-checkpoints-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('checkpoints of the library', () => {
  it('an evaluation that was aborted resumes to the same weights, logits and records', async () => {
    const { ensemble: _, ...whole } = await evaluate(reference, generated, settings);
    const folder = join(emptyFolder(), 'kept');
    // Each run is aborted a little later than the one before, until one reaches the end.
    for (const share of [0.2, 0.4, 0.6, 0.8, 1]) {
      const stop = new AbortController();
      const run = evaluate(reference, generated, {
        ...settings,
        threads: share < 0.5 ? 1 : 3,
        checkpoint: { folder, resume: true },
        signal: stop.signal,
        onProgress: ({ done, total }) => {
          if (share < 1 && done >= share * total) stop.abort(new Error('enough'));
        },
      });
      if (share < 1) {
        await expect(run).rejects.toThrow('enough');
        continue;
      }
      const { ensemble, ...resumed } = await run;
      const { run: _run, ...result } = resumed.result;
      const { run: __, ...expected } = whole.result;
      expect(result).toEqual(expected);
      expect(resumed.reference).toEqual(whole.reference);
      expect(resumed.generated).toEqual(whole.generated);
      ensemble.dispose();
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint'))).toHaveLength(6);
  });

  it('stay until they are removed, which leaves what is not theirs', async () => {
    const folder = emptyFolder();
    const training: TrainClassifierOptions = {
      folds: 3,
      learners: ['network', 'logistic'],
      classifier: { hidden: [4], epochs: 1 },
      checkpoint: { folder },
    };
    (await trainClassifier(reference, generated, training)).ensemble.dispose();
    // One for each pair of folds; a regression is fitted anew.
    expect(readdirSync(folder).sort()).toEqual([0, 1, 2].map((number) => `network-000${number}.checkpoint`));
    await expect(trainClassifier(reference, generated, training)).rejects.toMatchObject({
      code: 'ERR_CHECKPOINT',
    });
    const names = ['notes.txt', 'network-0000.checkpoint.partial', 'checkpoint.lock'];
    for (const name of names) writeFileSync(join(folder, name), '');
    await removeCheckpoints(folder);
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    rmSync(join(folder, 'notes.txt'));
    await removeCheckpoints(folder);
    await removeCheckpoints(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('leave no folder behind when nothing was saved', async () => {
    const folder = join(emptyFolder(), 'kept');
    const alike = { columns: ['x'], values: new Float32Array(3) };
    const run = evaluate(alike, alike, { folds: 3, checkpoint: { folder } });
    await expect(run).rejects.toMatchObject({ code: 'ERR_TOO_FEW_ROWS' });
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['checkpoint.folder', { folder: '' }],
    ['checkpoint.folder', { resume: true }],
    ['checkpoint.resume', { folder: 'a', resume: 'yes' }],
    ['checkpoint', 'folder'],
    ['eopchs', { folder: 'a', eopchs: 3 }],
  ])('%s is refused when it is wrong', async (says, checkpoint) => {
    const options = { checkpoint: checkpoint as CheckpointOptions };
    for (const run of [
      evaluate(reference, generated, options),
      trainClassifier(reference, generated, options),
    ]) {
      await expect(run).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
        message: expect.stringContaining(says),
      });
    }
    expect(existsSync('a')).toBe(false);
  });
});
