import { describe, expect, it } from 'vitest';
import { ArgumentError, CaloscopeError } from '#caloscope/errors';
import { partNames } from '#caloscope/evaluation/analyses';
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type SampleWeights,
} from '#caloscope/evaluation/evaluate';
import type { UhiHistogram } from '#caloscope/formats/uhi/uhi';
import { namedGeometry } from '#caloscope/geometry/geometry';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { native } from '#caloscope/native/binding';
import type { EnsembleHandle } from '#caloscope/native/contract/ensembles';
import { learnerNames } from '#caloscope/native/contract/ensembles';
import type { Progress } from '#caloscope/native/run-job';
import type { GivenSample } from '#caloscope/samples/kinds';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';
import { processorClock } from '../support/processor-time.js';

const reference = gaussianSample(400, [0.5, 0, 0], 1);
const generated = gaussianSample(300, [0, 0, 0], 2);
const small: EvaluateOptions = {
  folds: 3,
  learners: ['network', 'logistic'],
  members: 2,
  threads: 2,
  classifier: { hidden: [16], epochs: 3 },
};

/** The share of pairs of rows of one fold in which the reference row is higher, fold by fold. */
function areasOfFolds(
  { reference, generated }: Evaluation,
  column: (sample: SampleWeights) => ArrayLike<number>,
): number[] {
  return [0, 1, 2].map((fold) => {
    const inFold = (sample: SampleWeights) =>
      Array.from(column(sample)).filter((_, row) => sample.fold[row] === fold);
    const [of1, of0] = [inFold(reference), inFold(generated)];
    let wins = 0;
    for (const r of of1) for (const g of of0) wins += r > g ? 1 : r === g ? 0.5 : 0;
    return wins / (of1.length * of0.length);
  });
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (reason: unknown) => reason,
  );
}

describe('evaluate', () => {
  it('gives the same result on one and on more threads, but for the run', async () => {
    const showers = () => ({ reference: gridShowers(300, 3, 1.1), generated: gridShowers(280, 4) });
    for (const samples of [{ reference, generated }, showers()]) {
      const runs = [];
      for (const threads of [1, 2, 5]) {
        const { ensemble, ...evaluation } = await evaluate(samples.reference, samples.generated, {
          ...small,
          learners: [...learnerNames],
          threads,
        });
        ensemble.dispose();
        const { run, ...rest } = evaluation.result;
        expect(run.threads).toBe(threads);
        runs.push({ ...evaluation, result: rest });
      }
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    }
  });

  it('gives another result with another seed', async () => {
    const first = await evaluate(reference, generated, { ...small, seed: 1 });
    const second = await evaluate(reference, generated, { ...small, seed: 2 });
    expect(second.generated.logWeights).not.toEqual(first.generated.logWeights);
    expect(second.generated.fold).not.toEqual(first.generated.fold);
  });

  it('has for each row a logit of each learner, their sum as ln w, and plain JSON', async () => {
    const evaluation = await evaluate(reference, generated, small);
    const { weights, constant } = native().ensembleSum(
      (evaluation.ensemble as unknown as { handle: EnsembleHandle }).handle,
    );
    expect(weights.length).toBe(2);
    for (const role of ['reference', 'generated'] as const) {
      const { logWeights, logWeightErrors, logits, fold } = evaluation[role];
      const rows = role === 'reference' ? 400 : 300;
      const lengths = [logWeights, logWeightErrors, logits.values, fold].map(({ length }) => length);
      expect(lengths).toEqual([rows, rows, 2 * rows, rows]);
      for (let row = 0; row < rows; row++) {
        const [first, second] = [logits.values[row], logits.values[rows + row]] as [number, number];
        const sum = (weights[0] as number) * first + (weights[1] as number) * second + constant;
        expect(logWeights[row]).toBeCloseTo(sum, 12);
        expect(logWeightErrors[row]).toBeGreaterThan(0);
        expect(fold[row]).toBeLessThan(3);
      }
    }
    const { result } = evaluation;
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(Object.keys(result).join(' ')).toBe(
      'format formatVersion verdict auc roc warnings samples weights calibration support comparedLayers observables profiles ' +
        'voxels ' +
        'largestDistance failures windows clusters examples conditions pulls training settings histograms versions run',
    );
    expect(result.run.analyses.map(({ name }) => name)).toEqual(partNames);
    for (const { seconds, addedMemory, peakMemory } of result.run.analyses) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(addedMemory).toBeGreaterThanOrEqual(0);
      expect(peakMemory).toBeGreaterThan(addedMemory);
    }
    expect(result.training.networks.length).toBe(6);
    expect(result.training.learners).toEqual(['network', 'logistic']);
    expect(result.training.networks.map(({ leftOut }) => leftOut)).toEqual([
      [0, 1],
      [0, 1],
      [0, 2],
      [0, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(result.settings).toMatchObject({
      features: 'matrix columns',
      featureCount: 3,
      folds: 3,
      learners: ['network', 'logistic'],
      whitening: true,
      seed: 1,
    });
    // The areas of the learners alone, by definition.
    for (const [learner, { value }] of result.auc.learners.entries()) {
      const column = ({ logits, fold }: SampleWeights) =>
        logits.values.subarray(learner * fold.length, (learner + 1) * fold.length);
      const areas = areasOfFolds(evaluation, column);
      expect(value).toBeCloseTo(areas.reduce((sum, area) => sum + area) / 3, 12);
    }
    // Every row is in its histogram of w, flow bins included.
    const histogram = WeightedHistogram.fromUhi(result.histograms['weight_log_generated'] as UhiHistogram);
    const cells = histogram.values(0, { flow: true });
    expect(cells.reduce((sum, value) => sum + value, 0)).toBe(300);
    // The axis has w = 1 in the middle and reaches as many decades as the weights need, of few choices.
    expect([cells[0], cells.at(-1)]).toEqual([0, 0]);
    const edges = histogram.edges();
    expect((edges[0] as number) * (edges.at(-1) as number)).toBeCloseTo(1, 12);
    const furthest = Math.max(
      ...[...evaluation.reference.logWeights, ...evaluation.generated.logWeights].map(Math.abs),
    );
    const decades = [1, 2, 3, 4, 6, 8, 16, 32].find((each) => furthest < each * Math.LN10);
    expect(Math.log10(edges.at(-1) as number)).toBeCloseTo(decades as number, 12);
  });

  it('has the mean of the areas of its folds, each by definition', async () => {
    // Of one learner the score is its logit times a positive number: in each fold the order is the same.
    const evaluation = await evaluate(reference, generated, { ...small, learners: ['logistic'] });
    const { auc } = evaluation.result;
    expect(auc.learners).toMatchObject([{ name: 'logistic' }]);
    expect(auc.learners[0]?.weight).toBeGreaterThan(0);
    const areas = areasOfFolds(evaluation, ({ logits }) => logits.values);
    expect(auc.folds).toHaveLength(3);
    for (const [fold, area] of areas.entries()) expect(auc.folds[fold]).toBeCloseTo(area, 12);
    expect(auc.value).toBeCloseTo(areas.reduce((sum, area) => sum + area) / 3, 12);
    expect(auc.nullStandardDeviation).toBeCloseTo(Math.sqrt(701 / (12 * 400 * 300)), 12);
    // Half a deviation apart: the exact area is Φ(½/√2) = 0.638.
    expect(Math.abs(auc.value - 0.638)).toBeLessThan(4 * auc.standardError);
    expect(auc.z).toBeGreaterThan(3);
    expect(auc.pValue).toBeLessThan(0.0014);
  });

  it('leaves out learners that the columns are too many for, and says which it has', async () => {
    const wide = (seed: number) =>
      gaussianSample(
        60,
        Array.from({ length: 45 }, () => 0),
        seed,
      );
    const learners = ['logistic', 'quadratic'] as const;
    const { result } = await evaluate(wide(1), wide(2), { ...small, learners });
    expect(result.settings.learners).toEqual(['logistic']);
    expect(result.training).toMatchObject({ learners: ['logistic'], networks: [] });
    const alone = evaluate(wide(1), wide(2), { ...small, learners: ['quadratic'] });
    expect(await errorOf(alone)).toMatchObject({ code: 'ERR_ARGUMENT' });
  });

  it('names an option that is wrong', async () => {
    const wrong: readonly [string, unknown][] = [
      ['folds', { folds: 1 }],
      ['folds: must be a whole number from 3 to 100', { folds: 2 }],
      ['learners', { learners: [] }],
      ['learners', { learners: ['network', 'forest'] }],
      ['learners', { learners: ['trees', 'network', 'trees'] }],
      ['learners', { learners: 'network' }],
      ['whitening', { whitening: 1 }],
      ['members', { members: 0 }],
      ['seed', { seed: -1 }],
      ['features', { features: 'all' }],
      ['threshold', { threshold: 'low' }],
      ['ensembleRule', { ensembleRule: 'median' }],
      ['clip', { clip: { lower: 2, upper: 1 } }],
      ['clip', { clip: { lower: 0.1 } }],
      ['threads', { threads: 0 }],
      ['classifier.hidden', { classifier: { hidden: [] } }],
      ['classifier.hidden', { classifier: { hidden: [0] } }],
      ['classifier.activation', { classifier: { activation: 'sigmoid' } }],
      ['classifier.epochs', { classifier: { epochs: 0.5 } }],
      ['classifier.batchSize', { classifier: { batchSize: 0 } }],
      ['classifier.learningRate', { classifier: { learningRate: 0 } }],
      ['classifier.weightDecay', { classifier: { weightDecay: -1 } }],
      ['classifier.dropout', { classifier: { dropout: 1 } }],
      ['classifier.schedule', { classifier: { schedule: 'linear' } }],
      ['classifier.precision', { classifier: { precision: 'float16' } }],
      ['classifier.patience', { classifier: { patience: 0 } }],
      ['classifier.validationFraction', { classifier: { validationFraction: 1 } }],
      ['eopchs', { eopchs: 3 }],
      ['eopchs', { classifier: { eopchs: 3 } }],
    ];
    for (const [name, options] of wrong) {
      let progress = 0;
      const watched = { ...(options as EvaluateOptions), onProgress: () => progress++ };
      const error = await errorOf(evaluate(reference, generated, watched));
      expect(error, name).toBeInstanceOf(CaloscopeError);
      expect((error as CaloscopeError).code, name).toBe('ERR_ARGUMENT');
      expect((error as CaloscopeError).message).toContain(name);
      expect(progress, `${name} was refused after work`).toBe(0);
    }
  });

  it('refuses samples that do not fit together', async () => {
    const grid = (name: string, rows = 40) => {
      const geometry = namedGeometry(name);
      if (!geometry) throw new Error(name);
      const voxels = new Float32Array(rows * geometry.voxels).fill(1);
      return showersFromArrays({ incidentEnergies: new Float64Array(rows).fill(1000), voxels }, geometry);
    };
    const pairs: readonly [string, GivenSample, GivenSample][] = [
      ['ERR_SHAPE', reference, gaussianSample(300, [0, 0], 3)],
      ['ERR_SHAPE', reference, { ...generated, columns: ['a', 'b', 'c'] }],
      ['ERR_SHAPE', { ...reference, values: reference.values.subarray(0, 100) }, generated],
      ['ERR_SHAPE', reference, grid('cartesian:1x1x3')],
      ['ERR_VOXEL_COUNT', grid('cartesian:2x2x2'), grid('cartesian:2x2x3')],
      ['ERR_GEOMETRY', grid('cartesian:2x2x3'), grid('cartesian:2x3x2')],
      ['ERR_LAYOUT', grid('calogan'), grid('cartesian:3x12x14')],
      ['ERR_TOO_FEW_ROWS', reference, gaussianSample(2, [0, 0, 0], 3)],
      ['ERR_NON_FINITE', reference, { ...generated, values: generated.values.with(7, Number.NaN) }],
    ];
    for (const [code, first, second] of pairs) {
      const error = await errorOf(evaluate(first, second, small));
      expect(error, code).toBeInstanceOf(CaloscopeError);
      expect((error as CaloscopeError).code).toBe(code);
    }
  });

  it('says that a training diverged', async () => {
    const error = await errorOf(
      evaluate(reference, generated, { ...small, classifier: { ...small.classifier, learningRate: 1e30 } }),
    );
    expect(error).toMatchObject({ code: 'ERR_TRAINING' });
  });

  it('refuses an incident energy that is not above zero, with its row', async () => {
    const geometry = namedGeometry('cartesian:1x2x2');
    if (!geometry) throw new Error('no geometry');
    const energies = new Float64Array(50).fill(1000);
    const voxels = new Float32Array(200).fill(1);
    const sound = showersFromArrays({ incidentEnergies: energies, voxels }, geometry);
    const broken = showersFromArrays({ incidentEnergies: energies.with(17, 0), voxels }, geometry);
    const error = await errorOf(evaluate(sound, broken, small));
    expect(error).toMatchObject({ code: 'ERR_INCIDENT_ENERGY', message: expect.stringContaining('17') });
  });
});

describe('aborting an evaluation', () => {
  const large = (seed: number): MatrixSample => gaussianSample(4000, [0, 0, 0, 0], seed);

  it('rejects with the reason at any moment, and leaves soon', async () => {
    const [first, second] = [large(5), large(6)];
    let aborted = 0;
    for (const delay of [0, 1, 5, 20, 60, 150, 300, 500]) {
      const controller = new AbortController();
      const reason = new Error(`after ${delay} ms`);
      let worked = () => Number.POSITIVE_INFINITY;
      setTimeout(() => {
        worked = processorClock();
        controller.abort(reason);
      }, delay);
      let late = 0;
      const work = evaluate(first, second, {
        threads: 2,
        classifier: { epochs: 1000, patience: 1000 },
        signal: controller.signal,
        onProgress: () => {
          if (controller.signal.aborted) late += 1;
        },
      });
      expect(await errorOf(work)).toBe(reason);
      expect(worked()).toBeLessThan(0.3);
      // Nothing goes on in the background: no progress comes any more, and the machine is idle.
      await new Promise((resolve) => setTimeout(resolve, 30));
      const since = processorClock();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(since()).toBeLessThan(0.03);
      expect(late).toBe(0);
      aborted += 1;
    }
    expect(aborted).toBe(8);
  });

  it('does not start with a signal that was aborted before', async () => {
    const signal = AbortSignal.abort('stop');
    expect(await errorOf(evaluate(reference, generated, { ...small, signal }))).toBe('stop');
  });

  it('hands on what a progress callback throws', async () => {
    const failure = new Error('callback');
    const onProgress = () => {
      throw failure;
    };
    expect(await errorOf(evaluate(large(7), large(8), { ...small, onProgress }))).toBe(failure);
  });

  it('reports progress that ends at the whole', async () => {
    const seen: Progress[] = [];
    await evaluate(reference, generated, { ...small, onProgress: (progress) => seen.push(progress) });
    const training = seen.filter(({ message }) => message === 'training').map(({ done }) => done);
    expect(training).toEqual([...training].sort((a, b) => a - b));
    expect(seen.every(({ done, total }) => done <= total)).toBe(true);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
  });

  it('is an ArgumentError where the caller can do something about it', async () => {
    expect(await errorOf(evaluate(reference, generated, { folds: 1 }))).toBeInstanceOf(ArgumentError);
  });
});
