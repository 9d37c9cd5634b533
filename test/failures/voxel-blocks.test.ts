/** Hit rates of voxels, whose blocks and p-values are known. */
import { describe, expect, it } from 'vitest';
import { voxelSentences } from '#caloscope/evaluation/voxel-sentences';
import { regionFactor } from '#caloscope/failures/region-factor';
import { voxelRates } from '#caloscope/failures/voxel-blocks';

const grids = [
  { layer: 0, kind: 'grid', first: 4, second: 3 },
  { layer: 2, kind: 'polar', first: 2, second: 5 },
] as const;
const rows = { reference: 1000, generated: 800 };

/** All voxels are hit in a third of the rows, but for those that are set. */
function hitsWith(set: Readonly<Record<number, readonly [number, number]>>) {
  const voxels = 22;
  const of = (side: 0 | 1, all: number) =>
    Float64Array.from({ length: voxels }, (_, voxel) => set[voxel]?.[side] ?? Math.round(all / 3));
  return { reference: of(0, rows.reference), generated: of(1, rows.generated) };
}

describe('hit rates of voxels', () => {
  it('join neighbors that are dead, over the end of a circle, and no others', async () => {
    const dead = [400, 0] as const;
    const hot = [3, 700] as const;
    // Row 0: columns 0, 1; row 1: column 1; row 2: column 3. In the rings: ring 1 in the angular bins 4 and 0, hot ring 0 beside it.
    const found = await voxelRates(
      grids,
      hitsWith({ 0: dead, 1: dead, 5: [900, 2], 11: [400, 30], 13: dead, 21: dead, 12: hot }),
      rows,
      0.01,
    );
    const blocks = found.blocks.map(({ layer, flaw, voxels, first, second, worst }) => ({
      layer,
      flaw,
      voxels,
      first,
      second,
      worst: worst.map(({ voxel }) => voxel),
    }));
    expect(blocks).toEqual([
      { layer: 0, flaw: 'dead', voxels: 3, first: [0, 1], second: [0, 1], worst: [5, 0, 1] },
      { layer: 2, flaw: 'hot', voxels: 1, first: [0, 0], second: [0, 0], worst: [12] },
      { layer: 2, flaw: 'dead', voxels: 2, first: [1, 1], second: [0, 4], worst: [13, 21] },
      { layer: 0, flaw: 'dead', voxels: 1, first: [3, 3], second: [2, 2], worst: [11] },
    ]);
    expect(found).toMatchObject({ rows, tested: 22, different: 7, dead: 6, hot: 1 });
  });

  it('correct the p-value of a voxel for their number, and leave out what is never hit', async () => {
    const one = hitsWith({ 7: [20, 0], 3: [0, 0], 4: [0, 0] });
    const found = await voxelRates(grids, one, rows, 0.01);
    const expected = 20 * regionFactor({ reference: 20, generated: 0 }, rows).pValue;
    expect(found.tested).toBe(20);
    expect(found.pValue / expected).toBeCloseTo(1, 10);
    expect(found.blocks[0]?.worst[0]?.adjustedPValue).toBe(found.pValue);
    // 12 of 1000 against none: a chance of some 2·(5/9)^12, which 20 voxels make likely.
    expect((await voxelRates(grids, hitsWith({ 7: [12, 0] }), rows, 0.01)).blocks).toEqual([]);
  });

  it('that differ by less than ten times are different, and no block', async () => {
    const found = await voxelRates(grids, hitsWith({ 7: [900, 100] }), rows, 0.01);
    expect(found).toMatchObject({ different: 1, dead: 0, hot: 0, blocks: [] });
  });

  it('are said in words', async () => {
    const single = await voxelRates(grids, hitsWith({ 7: [310, 0] }), rows, 0.01);
    expect(voxelSentences(single, 1e-20).map(({ text }) => text)).toEqual([
      'Voxel (layer 0, row 1, column 3) is never hit in the generated sample, hit in 31.0 ± 1.5 % of the reference (p < 1e-16).',
    ]);
    const hot = await voxelRates(grids, hitsWith({ 13: [4, 400], 12: [0, 300] }), rows, 0.01);
    expect(voxelSentences(hot, 2e-9)[0]).toEqual({
      text:
        '2 neighboring voxels of layer 2 (angular bin 0, rings 0 to 1) are hit at least ten times too often; the one in ring 1, ' +
        'angular bin 0 is hit in 0.40 ± 0.20 % of the reference, hit in 50.0 ± 1.8 % of the generated sample (p = 2e-9).',
      adjustedPValue: 2e-9,
    });
    const many = await voxelRates(
      grids,
      hitsWith({ 0: [900, 0], 2: [800, 0], 5: [700, 0], 7: [9, 400], 12: [600, 0] }),
      rows,
      0.01,
    );
    expect(voxelSentences(many, 0).map(({ text }) => text.slice(0, 40))).toHaveLength(3);
    expect(voxelSentences(many, 0)[2]?.text).toBe(
      'Of the other voxels 2 are hit at least ten times too seldom, and 1 is hit at least ten times too often, in layers 0, 2.',
    );
  });
});
