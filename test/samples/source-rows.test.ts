import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { trainClassifier } from '#caloscope/classifier/training';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridGeometry, gridNumbers, gridShowers } from '../support/grid-showers.js';
import { toyEvents } from '../support/toy-events.js';
import { toyJets } from '../support/toy-jets.js';

const rows = 80;
const removed = { reference: [0, 1, 50], generated: [7, 8, 20, 79] };

it.each<[string, GivenSample]>([
  ['showers', gridShowers(12, 1)],
  ['rows', gaussianSample(12, [0, 0], 1)],
  ['events', toyEvents(12, 1)],
  ['jets', toyJets(12, 1)],
])('%s keep the numbers of their rows, however often rows are left out', async (_, given) => {
  const once = await sampleOf(given).without(Float64Array.of(0, 3, 4), {});
  const twice = await once.without(Float64Array.of(1, 8), {});
  const thrice = await twice.without(Float64Array.of(0), {});
  expect(once.sourceRows).toEqual(Float64Array.of(1, 2, 5, 6, 7, 8, 9, 10, 11));
  expect(twice.sourceRows).toEqual(Float64Array.of(1, 5, 6, 7, 8, 9, 10));
  expect(thrice.sourceRows).toEqual(Float64Array.of(5, 6, 7, 8, 9, 10));
  expect(thrice.origin('generated')).toMatchObject({ rows: 6 });
  const [first] = sampleOf(given).observables();
  const valuesIn = async (sample: typeof once) => {
    for await (const values of sample.values(first ? [first] : [], { threshold: null })) return values;
    return null;
  };
  const all = await valuesIn(sampleOf(given));
  expect(await valuesIn(thrice)).toEqual(all?.slice(5, 11));
  for (const one of [thrice, twice, once]) one.dispose();
});

/** Rows that are to go are copies of rows 10, 11, … of their own sample. */
function withCopies<Numbers extends Float32Array | Float64Array>(
  values: Numbers,
  role: keyof typeof removed,
): Numbers {
  const width = values.length / rows;
  for (const [i, row] of removed[role].entries()) {
    // The later of two equal rows is the copy.
    const original = row < 10 + i ? row : 10 + i;
    const copy = row < 10 + i ? 60 + i : row;
    values.copyWithin(copy * width, original * width, (original + 1) * width);
  }
  return values;
}

function copiesOf(role: keyof typeof removed): number[] {
  return removed[role].map((row, i) => (row < 10 + i ? 60 + i : row)).sort((a, b) => a - b);
}

function table(role: keyof typeof removed): MatrixSample {
  const sample = gaussianSample(rows, role === 'reference' ? [1, 0] : [0, 0], role === 'reference' ? 1 : 2);
  return { ...sample, values: withCopies(sample.values, role) };
}

function showers(role: keyof typeof removed): ShowerSample {
  const { incidentEnergies, voxels } = gridNumbers(rows, role === 'reference' ? 1 : 2);
  return showersFromArrays(
    { incidentEnergies: withCopies(incidentEnergies, role), voxels: withCopies(voxels, role) },
    gridGeometry(),
  );
}

describe.each<[string, (role: keyof typeof removed) => GivenSample]>([
  ['rows', table],
  ['showers', showers],
])('%s of which copies are removed and the rest is split', (noun, sample) => {
  it('are named as in the file, in weights, extremes, clusters and what is outside', async () => {
    const [reference, generated] = [sample('reference'), sample('generated')];
    const { result, ensemble, ...weights } = await evaluate(reference, generated, {
      repeated: 'remove',
      split: { train: 0.4, validation: 0.2, test: 0.4 },
      learners: ['logistic'],
      threads: 1,
    });
    expect(result.samples.reference).toMatchObject({ rows: 77, leftOut: 3 });
    expect(result.samples.generated).toMatchObject({ rows: 76, leftOut: 4 });
    for (const role of ['reference', 'generated'] as const) {
      const { sourceRows, logWeights } = weights[role];
      expect(logWeights).toHaveLength(sourceRows?.length as number);
      for (const copy of copiesOf(role)) expect(sourceRows).not.toContain(copy);
      // The classifier says of these rows, as they stand in the whole sample, what the evaluation says of them.
      const { logRatios } = await ensemble.score(role === 'reference' ? reference : generated);
      const expected = Array.from(sourceRows ?? [], (row) => logRatios[row] as number);
      expect(Array.from(logWeights)).toEqual(expected.map((one) => expect.closeTo(one, 6)));
      const { largest, smallest } = result.weights[role];
      for (const { row, logWeight } of [...largest, ...smallest]) {
        expect(logRatios[row]).toBeCloseTo(logWeight, 6);
      }
      for (const { row } of result.support?.[role].farthest ?? []) expect(sourceRows).toContain(row);
    }
    expect(noun).toBe(result.samples.reference.noun);
    ensemble.dispose();
  });
});

describe('errors name rows as in the file', () => {
  const options: EvaluateOptions = { repeated: 'remove', folds: 3, learners: ['logistic'], threads: 1 };

  it('of an incident energy', async () => {
    const { incidentEnergies, voxels } = gridNumbers(rows, 2);
    const energies = withCopies(incidentEnergies, 'generated').with(70, -1);
    const broken = { incidentEnergies: energies, voxels: withCopies(voxels, 'generated') };
    const given = [showers('reference'), showersFromArrays(broken, gridGeometry(), 'broken')] as const;
    await expect(evaluate(...given, options)).rejects.toMatchObject({
      code: 'ERR_INCIDENT_ENERGY',
      message: 'broken: the incident energy of row 70 is -1 MeV; the features need one above zero',
    });
  });

  it("of the user's own observable, which gets these numbers", async () => {
    const seen: number[] = [];
    const own = {
      name: 'own',
      label: 'own',
      unit: '',
      values: ({ sourceRows }: { readonly sourceRows: Float64Array }) => {
        seen.push(...sourceRows);
        return Array.from(sourceRows, (row) => (row === 70 ? Number.NaN : row));
      },
    };
    const pair = [showers('reference'), showers('generated')] as const;
    await expect(evaluate(...pair, { ...options, observables: [own] })).rejects.toThrow(
      'observable "own" of the reference sample, row 70: NaN is not a finite number',
    );
    const kept = Array.from({ length: rows }, (_, row) => row);
    expect(seen).toEqual(kept.filter((row) => !copiesOf('reference').includes(row)));
  });

  it('of a table that is scored block by block', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-rows-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const large = gaussianSample(40_000, [0, 0], 3);
    const path = join(folder, 'large.csv');
    const line = (_: unknown, row: number) =>
      `${row === 33_333 ? 'nan' : large.values[2 * row]},${large.values[2 * row + 1]}`;
    writeFileSync(path, [large.columns.join(), ...Array.from({ length: 40_000 }, line), ''].join('\n'));
    const pair = [gaussianSample(rows, [0, 0], 1), gaussianSample(rows, [0, 0], 2)] as const;
    const { ensemble } = await trainClassifier(...pair, { folds: 3, learners: ['logistic'], threads: 1 });
    await expect(scoreFile(ensemble, path)).rejects.toThrow(/large.csv: row 33333, column x0 is NaN/);
    ensemble.dispose();
  });
});
