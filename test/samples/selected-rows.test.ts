import { describe, expect, it } from 'vitest';
import { trainClassifier } from '#caloscope/classifier/training';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { renderReport } from '#caloscope/report/report';
import { type GivenSample, sampleOf } from '#caloscope/samples/kinds';
import { type RowSelection, selectRows } from '#caloscope/samples/selected-rows';
import { showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';
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
