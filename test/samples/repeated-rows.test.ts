import { describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { type Evaluation, evaluate } from '#caloscope/evaluation/evaluate';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { examinePair } from '#caloscope/samples/pair';
import { ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';
import { toyEvents } from '../support/toy-events.js';

const rows = 60;
const settings = { members: 1, threads: 1, classifier: { hidden: [4], epochs: 1 } } as const;

/** Which row of which sample stands in which place of which other. */
type Copy = readonly [from: 0 | 1, row: number, into: 0 | 1, place: number];

/** Generated rows 7 and 8 are reference rows 3 and 4; generated row 20 is generated row 9; reference row 50 is row 4. */
const copies: readonly Copy[] = [
  [0, 3, 1, 7],
  [0, 4, 1, 8],
  [1, 9, 1, 20],
  [0, 4, 0, 50],
];

function copyRows(arrays: readonly (Float32Array | Float64Array)[], width: number): void {
  for (const [from, row, into, place] of copies) {
    const target = arrays[into] as Float32Array;
    target.set((arrays[from] as Float32Array).slice(row * width, (row + 1) * width), place * width);
  }
}

function showerPair(): [GivenSample, GivenSample] {
  const numbers = [gridNumbers(rows, 1), gridNumbers(rows, 2)] as const;
  copyRows(
    numbers.map(({ voxels }) => voxels),
    gridGeometry().voxels,
  );
  copyRows(
    numbers.map(({ incidentEnergies }) => incidentEnergies),
    1,
  );
  return [showersFromArrays(numbers[0], gridGeometry()), showersFromArrays(numbers[1], gridGeometry())];
}

function tablePair(): [MatrixSample, MatrixSample] {
  const samples = [gaussianSample(rows, [0, 0], 1), gaussianSample(rows, [0.1, 0], 2)] as const;
  copyRows(
    samples.map(({ values }) => values),
    2,
  );
  return [...samples];
}

const without = (...removed: readonly number[]) =>
  Float64Array.from(Array.from({ length: rows }, (_, row) => row).filter((row) => !removed.includes(row)));

function said({ result }: Evaluation): string[] {
  return result.warnings.filter(({ code }) => /-rows$/.test(code)).map(({ message }) => message);
}

describe.each([
  ['showers', showerPair],
  ['rows', tablePair],
] as const)('%s that occur twice', (noun, pair) => {
  const run = (repeated?: 'warn' | 'refuse' | 'remove') =>
    evaluate(...pair(), { ...settings, folds: 3, ...(repeated && { repeated }) });

  it('are warned of, and kept', async () => {
    const evaluation = await run();
    expect(said(evaluation)).toEqual([
      `2 generated ${noun} also occur in the reference sample, e.g. row 7 is reference row 3: the AUC is pulled towards or below 0.5`,
      '1 rows of the reference sample repeat an earlier row, e.g. row 50 is row 4: copies on both sides of a fold are scored by networks that saw them',
      '1 rows of the generated sample repeat an earlier row, e.g. row 20 is row 9: copies on both sides of a fold are scored by networks that saw them',
    ]);
    expect(evaluation.result.samples.generated).toMatchObject({ rows, leftOut: 0 });
    expect(evaluation.generated.sourceRows).toBeNull();
    expect(await run('warn')).toMatchObject({ result: { auc: evaluation.result.auc } });
    evaluation.ensemble.dispose();
  });

  it('are refused with their rows', async () => {
    const refusal = {
      code: 'ERR_REPEATED_ROWS',
      message: expect.stringMatching(
        /^2 generated \w+ are in .*\(generated row 7 is reference row 3\), 1 rows of the reference .*\(row 50 is row 4\), 1 rows of the generated .*\(row 20 is row 9\); remove/,
      ),
    };
    await expect(run('refuse')).rejects.toMatchObject(refusal);
    await expect(trainClassifier(...pair(), { ...settings, repeated: 'refuse' })).rejects.toMatchObject(
      refusal,
    );
  });

  it('are removed, and the rows that are left keep their numbers', async () => {
    const evaluation = await run('remove');
    const { result, reference, generated } = evaluation;
    expect(said(evaluation).map((message) => message.replace(/.*: /, ''))).toEqual(
      new Array(3).fill('they were left out'),
    );
    expect(result.settings.repeated).toBe('remove');
    expect(result.samples.reference).toMatchObject({ rows: rows - 1, leftOut: 1 });
    expect(result.samples.generated).toMatchObject({ rows: rows - 3, leftOut: 3 });
    expect(reference.sourceRows).toEqual(without(50));
    expect(generated.sourceRows).toEqual(without(7, 8, 20));
    expect(generated.logWeights).toHaveLength(rows - 3);
    // The most extreme rows are named by their number in the sample that was passed.
    for (const [role, { logWeights, sourceRows }] of Object.entries({ reference, generated })) {
      const { largest } = result.weights[role as 'reference' | 'generated'];
      const most = logWeights.indexOf(Math.max(...logWeights));
      expect(largest[0]).toEqual({ row: sourceRows?.[most], logWeight: logWeights[most] });
    }
    // The same as if they had never been there.
    const clean = cleaned(pair());
    const again = await evaluate(...clean, { ...settings, folds: 3, repeated: 'refuse' });
    expect(again.generated.logWeights).toEqual(generated.logWeights);
    expect(again.result.auc).toEqual(result.auc);
    const trained = await trainClassifier(...pair(), { ...settings, repeated: 'remove' });
    const cleanly = await trainClassifier(...clean, settings);
    expect(trained.warnings.map(({ message }) => message).join()).toContain('they were left out');
    const logits = (one: typeof trained) => one.ensemble.score(pair()[0]);
    expect(await logits(trained)).toEqual(await logits(cleanly));
  });
});

/** The samples without the copies, put together anew. */
function cleaned(pair: [GivenSample, GivenSample]): [GivenSample, GivenSample] {
  const kept = [without(50), without(7, 8, 20)] as const;
  const [first, second] = pair.map((sample, i) => {
    const chosen = Array.from(kept[i] as Float64Array);
    const pick = (values: ArrayLike<number>, width: number) =>
      chosen.flatMap((row) => Array.from(values).slice(row * width, (row + 1) * width));
    if ('columns' in sample) return { ...sample, values: Float32Array.from(pick(sample.values, 2)) };
    if (!(sample instanceof ShowerSample)) throw new Error('showers or a matrix are cleaned');
    const { voxels } = gridGeometry();
    const incidentEnergies = Float64Array.from(pick(sample.incidentEnergies(), 1));
    return showersFromArrays(
      { incidentEnergies, voxels: Float64Array.from(pick(sample.read(0, rows), voxels)) },
      gridGeometry(),
    );
  });
  return [first as GivenSample, second as GivenSample];
}

describe('samples without copies', () => {
  it('pass --repeated refuse, tables of few values too', async () => {
    const few = (seed: number): MatrixSample => {
      const { values, columns } = gaussianSample(rows, [0], seed);
      return { columns, values: values.map((value) => Math.round(value)) };
    };
    for (const samples of [
      [gaussianSample(rows, [0], 1), gaussianSample(rows, [0], 2)],
      [few(1), few(2)],
    ] as const) {
      const { ensemble, warnings } = await trainClassifier(...samples, { ...settings, repeated: 'refuse' });
      ensemble.dispose();
      expect(warnings.map(({ code }) => code)).toEqual(['small-sample']);
    }
  });
});

it('copies are named by the rows of the files, where rows were left out', async () => {
  const [reference, generated] = [toyEvents(rows, 1), toyEvents(rows, 2)];
  for (const [object, components] of generated.momenta.entries()) {
    for (const [i, values] of components.entries()) {
      values[20] = values[9] as number;
      values[30] = reference.momenta[object]?.[i]?.[10] as number;
    }
  }
  const from = (first: number) => Float64Array.from({ length: rows - first }, (_, i) => first + i);
  const pair = [sampleOf(reference.only(from(1))), sampleOf(generated.only(from(3)))] as const;
  const choices = { features: 'full', threshold: null, conditions: 'none', select: [] } as const;
  const { warnings } = await examinePair(...pair, { ...choices, repeated: 'warn' }, {});
  expect(warnings.map(({ message }) => message.replace(/:.*/, ''))).toEqual([
    '1 generated events also occur in the reference sample, e.g. row 30 is reference row 10',
    '1 rows of the generated sample repeat an earlier row, e.g. row 20 is row 9',
  ]);
  await expect(examinePair(...pair, { ...choices, repeated: 'refuse' }, {})).rejects.toThrow(
    /generated row 30 is reference row 10.*row 20 is row 9/,
  );
});
