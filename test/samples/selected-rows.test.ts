import { describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { renderReport } from '#caloscope/report/report';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { type RowSelection, selectRows } from '#caloscope/samples/selected-rows';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
import type { Warning } from '#caloscope/warnings';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridGeometry, gridNumbers } from '../support/grid-showers.js';
import { toyEvents } from '../support/toy-events.js';
import { toyJets } from '../support/toy-jets.js';

const rows = 90;
/** Row i was made for an energy of 100 i MeV, and for particle 22, −211 or 11. */
const energyOf = (row: number) => 100 * (row + 1);
const particleOf = (row: number) => [22, -211, 11][row % 3] as number;
const each = (value: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => value(row));

function showers(seed: number): GivenSample {
  const { voxels } = gridNumbers(rows, seed);
  const incidentEnergies = each(energyOf);
  const conditions = [{ name: 'pdg', label: 'particle', unit: '', values: each(particleOf) }];
  return showersFromArrays({ incidentEnergies, voxels, conditions }, gridGeometry(), `grid ${seed}`);
}

function table(seed: number): MatrixSample {
  const { values } = gaussianSample(rows, [0, 0, 0, 0], seed);
  for (let row = 0; row < rows; row++) values.set([energyOf(row), particleOf(row)], 4 * row + 2);
  const conditions = ['energy', 'pdg'].map((name) => ({ name, label: name, unit: '' }));
  return { values, columns: ['x', 'y', 'energy', 'pdg'], conditions };
}

const all = Array.from({ length: rows }, (_, row) => row);
const options: EvaluateOptions = { folds: 3, learners: ['logistic'], threads: 1, repeated: 'warn' };

describe.each([
  ['showers', showers],
  ['rows', table],
] as const)('selected %s', (noun, sample) => {
  const select = [
    { condition: 'energy', from: 1000, to: 8000 },
    { condition: 'pdg', values: [22, 11] },
  ];
  const kept = all.filter((row) => energyOf(row) >= 1000 && energyOf(row) <= 8000 && row % 3 !== 1);

  it('are all that is compared, keep their numbers, and are counted', async () => {
    const { result, ensemble, reference, generated } = await evaluate(sample(1), sample(2), {
      ...options,
      select,
    });
    expect(Array.from(reference.sourceRows ?? [])).toEqual(kept);
    expect(Array.from(generated.sourceRows ?? [])).toEqual(kept);
    for (const role of ['reference', 'generated'] as const) {
      expect(result.samples[role]).toMatchObject({
        rows: kept.length,
        unselected: rows - kept.length,
        leftOut: 0,
      });
      for (const { row } of result.weights[role].largest) expect(kept).toContain(row);
    }
    expect(result.settings.select).toEqual([
      { condition: 'energy', from: 1000, to: 8000, values: null },
      { condition: 'pdg', from: null, to: null, values: [22, 11] },
    ]);
    expect(ensemble.description.training).toMatchObject({
      select: result.settings.select,
      rows: { reference: kept.length, generated: kept.length },
    });
    const html = await renderReport(result);
    expect(html).toContain(`${kept.length}, selected of ${rows}`);
    expect(html).toContain(`Compared are ${noun} of energy from`);
    expect(html).toContain('energy from 1,000 to 8,000, pdg 22 or 11'.replaceAll(',0', '0'));
    ensemble.dispose();
  });

  it('are those of training and null sample, and say how many copies were left out beside', async () => {
    const trained = await trainClassifier(sample(1), sample(2), { ...options, select });
    expect(trained.samples.generated).toMatchObject({ rows: kept.length, unselected: rows - kept.length });
    trained.ensemble.dispose();
    const { result, ensemble } = await evaluate(sample(1), sample(2), {
      ...options,
      select,
      null: sample(3),
    });
    expect(result.auc.null?.rows).toBe(kept.length);
    ensemble.dispose();
  });

  it('are named where there are none, so are conditions that are not there', async () => {
    const failing = (selected: NonNullable<EvaluateOptions['select']>) =>
      evaluate(sample(1), sample(2), { ...options, select: selected });
    await expect(failing([{ condition: 'energi', from: 1 }])).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: `select: there is no condition energi; the ${noun} have energy, pdg; did you mean energy?`,
    });
    const unit = noun === 'showers' ? ' MeV' : '';
    await expect(failing([{ condition: 'energy', from: 9000.5 }])).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_ROWS',
      message: `select: none of the 90 reference ${noun} has energy from 9000.5${unit}; there is energy from 100 to 9000${unit}`,
    });
    await expect(
      failing([
        { condition: 'energy', to: 100 },
        { condition: 'pdg', values: [11] },
      ]),
    ).rejects.toMatchObject({ message: expect.stringContaining(`has energy to 100${unit} and pdg 11;`) });
    for (const [wrong, says] of [
      [[{ condition: 'energy' }], 'needs a bound'],
      [[{ condition: 'energy', from: 2, to: 1 }], 'not above the upper'],
      [[{ condition: 'energy', values: [] }], 'must name a value'],
      [[{ condition: 'energy', from: 1, values: [2] }], 'needs a bound'],
      [[{ condition: 'energy', from: Number.NaN }], 'must be a number'],
      ['energy:1..2', 'must be a list of { condition, from, to }'],
      [
        [
          { condition: 'pdg', from: 1 },
          { condition: 'pdg', to: 2 },
        ],
        'must name each condition once',
      ],
    ] as const) {
      await expect(failing(wrong as never)).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
        message: expect.stringMatching(new RegExp(`^select.*${says}`)),
      });
    }
  });
});

it('a classifier says which rows it was not trained with', async () => {
  const select = [{ condition: 'pdg', values: [22] }];
  const { ensemble } = await trainClassifier(showers(1), showers(2), { ...options, select });
  const said: Warning[] = [];
  const score = (sample: GivenSample) =>
    ensemble.score(sample, { onWarning: (warning) => said.push(warning) });
  await score(showers(3));
  expect(said.filter(({ code }) => code === 'outside-selection')).toEqual([
    {
      code: 'outside-selection',
      message:
        '60 of 90 showers are not of pdg 22, which the classifier was trained with: their weights mean nothing',
    },
  ]);
  said.length = 0;
  const { voxels } = gridNumbers(rows, 4);
  await score(showersFromArrays({ incidentEnergies: each(energyOf), voxels }, gridGeometry()));
  expect(said[0]?.message).toMatch(/^the classifier was trained with showers of pdg 22; .* without pdg$/);
  ensemble.dispose();
});

describe('numbers of a selection', () => {
  const chosen = async (values: readonly number[], selection: Partial<RowSelection>) => {
    const incidentEnergies = Float64Array.from(values, () => 1000);
    const voxels = new Float64Array(values.length * gridGeometry().voxels).fill(1);
    const conditions = [{ name: 'c', label: 'c', unit: 'rad', values: Float64Array.from(values) }];
    const sample = sampleOf(showersFromArrays({ incidentEnergies, voxels, conditions }, gridGeometry()));
    const wanted = { condition: 'c', from: null, to: null, values: null, ...selection };
    const left = await selectRows(sample, 'reference', [wanted], {});
    return Array.from(left.sourceRows ?? values.keys());
  };

  it('hold those of float32 files, at both ends, also after a change of unit', async () => {
    const stored = [0.1, 0.2, 0.3, 0.7].map(Math.fround);
    expect(await chosen(stored, { from: 0.1, to: 0.3 })).toEqual([0, 1, 2]);
    expect(await chosen(stored, { values: [0.1, 0.7] })).toEqual([0, 3]);
    const inMeV = stored.map((energy) => 1000 * energy);
    expect(await chosen(inMeV, { from: 100, to: 300 })).toEqual([0, 1, 2]);
    expect(await chosen(inMeV, { to: 299 })).toEqual([0, 1]);
    expect(await chosen(stored, { from: 0.1001 })).toEqual([1, 2, 3]);
  });

  it('hold those that were stored as log₁₀ in float32', async () => {
    const energies = [1e3, 2e3, 5e3, 2e4, 5e4, 65e3, 1e6, 4e6];
    for (const unit of [1, 1000]) {
      const stored = energies.map((energy) => unit * 10 ** Math.fround(Math.log10(energy / unit)));
      expect(await chosen(stored, { from: 1e3, to: 2e4 })).toEqual([0, 1, 2, 3]);
      expect(await chosen(stored, { values: [5e4, 4e6] })).toEqual([4, 7]);
      expect(await chosen(stored, { from: 65e3 })).toEqual([5, 6, 7]);
    }
  });

  it('hold those of float16 files, and take no other numbers for these', async () => {
    const float16 = [0.0999755859375, 0.199951171875, 0.300048828125];
    expect(await chosen(float16, { from: 0.1, to: 0.3 })).toEqual([0, 1, 2]);
    expect(await chosen(float16, { values: [0.2] })).toEqual([1]);
    expect(await chosen([0.25, 0.5, 0.75], { from: 0.5001 })).toEqual([2]);
    expect(await chosen([...float16, 0.1001], { from: 0.1 })).toEqual([1, 2, 3]);
  });

  it('are refused as values where whole numbers were rounded to each other', async () => {
    const large = [2 ** 53, 2 ** 53 + 2, 5];
    await expect(chosen(large, { values: [5] })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/^select: c has whole numbers above 9007199254740991, .*choose a range/),
    });
    expect(await chosen(large, { to: 6 })).toEqual([2]);
    const runs = Float32Array.from([16777216, 16777218, 3]);
    const matrix = { values: runs, columns: ['run'], conditions: [{ name: 'run', label: 'run', unit: '' }] };
    const wanted = [{ condition: 'run', from: null, to: null, values: [3] }];
    await expect(selectRows(sampleOf(matrix), 'reference', wanted, {})).rejects.toMatchObject({
      message: expect.stringContaining('run has whole numbers above 16777216, which are rounded'),
    });
  });

  it('are exact where they are whole, and NaN is never chosen', async () => {
    const codes = [1000822080, 1000822081, -211, 22, Number.NaN];
    expect(await chosen(codes, { values: [1000822080, -211] })).toEqual([0, 2]);
    expect(await chosen(codes, { from: 1000822081 })).toEqual([1]);
    expect(await chosen(codes, { to: 22 })).toEqual([2, 3]);
  });
});

it.each<[string, GivenSample]>([
  ['events', toyEvents(20, 1)],
  ['jets', toyJets(20, 1)],
])('%s without conditions say so', async (noun, sample) => {
  const select = [{ condition: 'energy', from: 1, to: null, values: null }];
  await expect(selectRows(sampleOf(sample), 'reference', select, {})).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: `select: there is no condition energy; ${noun} of this layout have none`,
  });
});
