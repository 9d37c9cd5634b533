import { describe, expect, it } from 'vitest';
import { native } from '#caloscope/native/binding';
import { ContentCheck, requireSound } from '#caloscope/samples/showers/reading/content-checks';
import { type ContentPolicy, strictPolicy } from '#caloscope/samples/showers/reading/oddities';

interface Shower {
  readonly energy: number;
  readonly voxels: readonly [number, number];
}

const layerStarts = [0, 1];

/** What is noted of showers of two voxels. */
function notesOn(firstRow: number, showers: readonly Shower[]) {
  const numbers = Float32Array.from(showers.flatMap(({ voxels }) => voxels));
  const incidentEnergies = Float64Array.from(showers, ({ energy }) => energy);
  const block = { firstRow, incidentEnergies, columns: [{ numbers, rowLength: 2 }] };
  const policy = { zeroNonFinite: false, zeroNegative: false, dropNonFinite: false, dropNegative: false };
  return native().publishHits(null, block, policy, Uint32Array.from(layerStarts));
}

const sound = { energy: 1000, voxels: [600, 300] } as const;

function check(policy: ContentPolicy | null, ...showers: Shower[]) {
  const notes = notesOn(0, showers);
  if (policy) requireSound(notes, policy);
  const contents = new ContentCheck(policy, layerStarts);
  contents.add(notes);
  return contents;
}

describe('ContentCheck', () => {
  it('finds nothing odd in sound showers', () => {
    const contents = check(strictPolicy, sound, sound);
    expect(contents.problems()).toEqual([]);
    expect(contents.summary()).toEqual({
      rows: 2,
      incidentEnergy: { min: 1000, max: 1000 },
      voxelEnergy: { min: 300, max: 600 },
      depositedOverIncident: 0.9,
      occupancy: 1,
      layerOccupancy: [1, 1],
    });
  });

  it('names the row of a deposit that cannot be, unless it is the unit', () => {
    const absurd: Shower = { energy: 1000, voxels: [1, 3e38] };
    const found = {
      code: 'deposit-beyond-energy',
      message: expect.stringContaining('the first in row 2 (voxel 1'),
      severity: 'warning',
    };
    expect(check(strictPolicy, sound, sound, absurd).problems()).toEqual([found]);
    expect(check(null, sound, { energy: 1000, voxels: [5000, 4999] }, sound).problems()).toEqual([]);
    const unit: Shower = { energy: 1, voxels: [600, 300] };
    expect(check(null, unit, unit).problems()).toMatchObject([{ code: 'units' }]);
  });

  it('counts rows over blocks, and voxels by layer', () => {
    const contents = new ContentCheck(null, layerStarts);
    contents.add(notesOn(0, [sound, { energy: 1000, voxels: [0, 800] }]));
    contents.add(notesOn(2, [{ energy: 1000, voxels: [0, Number.NaN] }]));
    expect(contents.problems()).toMatchObject([
      { code: 'ERR_NON_FINITE', message: expect.stringContaining('row 2, voxel 1'), severity: 'error' },
      { code: 'zero-showers', message: expect.stringContaining('row 2') },
    ]);
    expect(contents.summary()).toMatchObject({ rows: 3, layerOccupancy: [1 / 3, 2 / 3] });
  });

  it.each([
    ['NaN', { energy: 1000, voxels: [Number.NaN, 1] }, 'ERR_NON_FINITE'],
    ['infinite', { energy: 1000, voxels: [1, Number.POSITIVE_INFINITY] }, 'ERR_NON_FINITE'],
    ['minus infinite', { energy: 1000, voxels: [1, Number.NEGATIVE_INFINITY] }, 'ERR_NON_FINITE'],
    ['negative', { energy: 1000, voxels: [900, -1e-4] }, 'ERR_NEGATIVE_ENERGY'],
    ['without incident energy', { energy: 0, voxels: [1, 1] }, 'ERR_INCIDENT_ENERGY'],
    ['of NaN incident energy', { energy: Number.NaN, voxels: [1, 1] }, 'ERR_NON_FINITE'],
  ] as const)('refuses showers that are %s', (_, shower, code) => {
    expect(() => check(strictPolicy, sound, shower)).toThrow(expect.objectContaining({ code }));
    expect(check(null, sound, shower).problems()).toMatchObject([
      { code, message: expect.stringContaining('row 1') },
    ]);
  });

  it.each([
    [0.0009, 'voxels seem to be in GeV'],
    [900, 'incident energies seem to be in GeV'],
    [9e5, 'voxels seem to be in eV'],
  ])('suspects the units when deposited over incident is %f', (ratio, words) => {
    const contents = check(strictPolicy, { energy: 1000, voxels: [1000 * ratio, 0] });
    expect(contents.problems()).toMatchObject([{ code: 'units', message: expect.stringContaining(words) }]);
  });

  it('suspects the units when all energies are outside the usual range', () => {
    const contents = check(strictPolicy, { energy: 65, voxels: [60, 0] });
    expect(contents.problems({ min: 256, max: 4e6 })).toMatchObject([{ code: 'units' }]);
    expect(contents.problems({ min: 100, max: 4e6 })).toEqual([]);
  });

  it('tells an empty end from single empty showers', () => {
    const empty = { energy: 1000, voxels: [0, 0] } as const;
    expect(check(strictPolicy, sound, empty, empty).problems()[0]?.message).toContain('end of the file');
    expect(check(strictPolicy, sound, empty, sound).problems()[0]?.message).not.toContain('end of the file');
  });

  it('suspects fill values when all voxels are equal', () => {
    const constant = { energy: 1000, voxels: [450, 450] } as const;
    expect(check(strictPolicy, constant, constant).problems()).toMatchObject([{ code: 'fill-only' }]);
  });
});
