import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveGeometry } from '#caloscope/geometry/geometry';
import { observablesOf, observableValues } from '#caloscope/samples/showers/observables';
import { featureRows } from '#caloscope/samples/showers/shower-input';
import { type ShowerSample, showersFromArrays } from '#caloscope/samples/showers/shower-sample';
import { expectClose } from '../support/closeness.js';
import { showers } from './inputs.js';
import { expectAllClose, publishedNumbers } from './numbers.js';

/** By name, one entry a shower; null where the published number is not finite. */
type Columns = Readonly<Record<string, readonly (number | null)[]>>;
interface Published {
  readonly features: { readonly [set in 'high' | 'low' | 'low-normalised']: Columns };
  readonly observables: Columns;
}
const published = publishedNumbers<{
  readonly calogan: Published;
  readonly rings: Published & {
    readonly positions: { readonly [axis in 'eta' | 'phi' | 'r']: readonly number[] };
  };
}>('showers');

const rows = 4;
/** The features have 0 where the published ones are not finite, and what stands for log10(0). */
const inPlaceOf = (name: string) => (name.startsWith('log10') ? -8 : 0);

/** Roots near 0 show the rounding of what they are the root of. */
function expectColumnClose(name: string, found: number, wanted: number, what: string): void {
  if (name.startsWith('log10_sigma'))
    expectClose((10 ** found - 1e-8) ** 2, (10 ** wanted - 1e-8) ** 2, 1e-10, 1e-9, what);
  else if (name.startsWith('width')) expectClose(found ** 2, wanted ** 2, 1e-10, 1e-9, what);
  else expectClose(found, wanted, 1e-11, 1e-13, what);
}

describe.each([
  ['calogan', 'calogan', 504, 51],
  ['rings', join(import.meta.dirname, 'rings.xml'), 47, 52],
] as const)('NumPy, by the definitions: %s', (name, place, voxels, seed) => {
  let sample: ShowerSample;
  beforeAll(async () => {
    sample = showersFromArrays(showers(rows, voxels, seed), await resolveGeometry(place));
    return () => sample.dispose();
  });

  it.each(['low', 'low-normalised', 'high'] as const)('features `%s`', (set) => {
    const { columns, values } = featureRows(sample, set);
    const expected = published[name].features[set];
    expect(new Set(columns)).toEqual(new Set(Object.keys(expected)));
    for (const [column, feature] of columns.entries()) {
      for (const [row, given] of (expected[feature] as Columns[string]).entries()) {
        const found = values[row * columns.length + column] as number;
        expectColumnClose(feature, found, given ?? inPlaceOf(feature), `${feature} of row ${row}`);
      }
    }
  });

  it('observables', async () => {
    const all = observablesOf(sample.geometry);
    const values = await observableValues(sample, [...all.keys()]);
    const expected = published[name].observables;
    const names = all.map((one) => one.name);
    for (const [observable, column] of Object.entries(expected)) {
      const found = values[names.indexOf(observable)] as Float64Array;
      for (const [row, wanted] of column.entries()) {
        const what = `${observable} of row ${row}`;
        if (wanted === null) expect(found[row], what).toBeNaN();
        else expectColumnClose(observable, found[row] as number, wanted, what);
      }
    }
    expect(Object.keys(expected).length).toBeGreaterThan(40);
  });
});

it('positions of the voxels of a binning file', async () => {
  const { eta, phi, radius } = await resolveGeometry(join(import.meta.dirname, 'rings.xml'));
  const { positions } = published.rings;
  expectAllClose(eta, positions.eta, 0, 1e-12 * 115, 'η');
  expectAllClose(phi, positions.phi, 0, 1e-12 * 115, 'φ');
  expectAllClose(radius, positions.r, 0, 0, 'r');
});
