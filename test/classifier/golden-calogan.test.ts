import { beforeAll, describe, expect, it } from 'vitest';
import { featureRows } from '#caloscope/samples/showers/shower-input';
import type { ShowerSample } from '#caloscope/samples/showers/shower-sample';
import { caloganGoldenNames, openCaloganGolden } from '../support/calogan-golden.js';
import { expectClose } from '../support/closeness.js';
import type { GoldenFile } from '../support/golden-arrays.js';
import { hasSharedData } from '../support/shared-data.js';

const voxels = 504;
const scalars = 4;

/** The published value, and 0 or −8 where it is not finite. */
function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  return name.startsWith('log10') ? -8 : 0;
}

describe.skipIf(!hasSharedData).each(caloganGoldenNames)('features of %s', (name) => {
  let golden: GoldenFile;
  let sample: ShowerSample;
  let empty: readonly boolean[];
  beforeAll(async () => {
    ({ golden, sample } = await openCaloganGolden(name));
    empty = Array.from({ length: sample.rows }, (_, row) =>
      sample.read(row, 1).every((energy) => energy === 0),
    );
  });

  // Published: voxels, then scalars; ours the other way round.
  it.each([
    ['low_unnorm', 'low'],
    ['low_norm', 'low-normalised'],
  ] as const)('%s', (table, set) => {
    const expected = golden.numbers(table);
    const { columns, values } = featureRows(sample, set, { threshold: null });
    const width = voxels + scalars;
    expect(columns.length).toBe(width);
    expect(expected.length).toBe(sample.rows * width);
    for (let row = 0; row < sample.rows; row++) {
      for (let column = 0; column < width; column++) {
        const published = column < scalars ? voxels + column : column - scalars;
        const wanted = expected[row * width + published] as number;
        const what = `row ${row}, ${columns[column]}`;
        expectClose(values[row * width + column] as number, wanted, 1e-12, 0, what);
      }
    }
  });

  const cuts = name === 'edge_cases_14' ? (['high_cut_0', 'high_cut_0.5_MeV'] as const) : (['high'] as const);
  it.each(cuts)('%s, both branches', (table) => {
    const threshold = table.endsWith('MeV') ? 0.5 : 0;
    const { columns, values } = featureRows(sample, 'high', { threshold });
    expect(columns.length).toBe(41);
    for (const branch of ['branch_main', 'branch_calo_plots']) {
      const expected = golden.numbers(`${branch}/${table}`);
      expect(expected.length).toBe(sample.rows * 41);
      for (let row = 0; row < sample.rows; row++) {
        for (const [column, columnName] of columns.entries()) {
          const value = values[row * 41 + column] as number;
          const stored = expected[row * 41 + column] as number;
          // The two branches call opposite things sparsity: the share above the cut, and the share not above it.
          const turned = columnName.startsWith('occupancy') && branch === 'branch_calo_plots';
          const wanted = finite(columnName, turned ? 1 - stored : stored);
          const what = `${branch}, row ${row}, ${columnName}`;
          if (!Number.isFinite(stored)) expect(empty[row] || threshold > 0, what).toBe(true);
          if (columnName.startsWith('log10_sigma_phi')) {
            const square = (10 ** wanted - 1e-8) ** 2;
            expectClose((10 ** value - 1e-8) ** 2, square, 1e-9, 1e-8, what);
          } else {
            expectClose(value, wanted, 1e-10, 1e-12, what);
          }
        }
      }
    }
  });

  it('are finite for every shower', () => {
    for (const set of ['low', 'low-normalised', 'high'] as const) {
      const { values } = featureRows(sample, set, { threshold: 0.5 });
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });
});
