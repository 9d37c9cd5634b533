import { eventLoopTurn } from '../event-loop.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { PicturedLayer, VoxelGrid } from '../samples/pictures.js';
import { adjustedPValues } from './false-discoveries.js';
import { regionFactor } from './region-factor.js';

/** From this ratio of the hit rates on a voxel is called dead or hot; smaller differences show in the pictures and observables. */
const ratioOfBlocks = 10;
/** Blocks, and voxels of each, that are listed. */
const mostBlocks = 100;
const mostVoxels = 8;

/** How often a voxel is above zero in both samples. */
export interface VoxelRate {
  /** Number of the voxel in the shower, from 0. */
  readonly voxel: number;
  /** Numbers within the layer, from 0: column and row, or ring and angular bin. */
  readonly first: number;
  readonly second: number;
  /** Rows in which it is hit. */
  readonly hits: Readonly<Record<SampleRole, number>>;
  /** Fisher's exact test, corrected for all voxels (Benjamini and Hochberg). */
  readonly adjustedPValue: number;
}

/** Voxels side by side that are hit far too seldom, or far too often. */
export interface VoxelBlock {
  readonly layer: number;
  readonly kind: PicturedLayer['kind'];
  readonly flaw: 'dead' | 'hot';
  /** How many there are. */
  readonly voxels: number;
  /** Least and greatest number of them along each axis. */
  readonly first: readonly [number, number];
  readonly second: readonly [number, number];
  /** Up to eight of them, the largest difference of the rates first. */
  readonly worst: readonly VoxelRate[];
}

export interface VoxelRates {
  /** Of both samples. */
  readonly rows: Readonly<Record<SampleRole, number>>;
  /** Voxels that are hit in at least one sample. */
  readonly tested: number;
  /** Of them, those whose rates differ. */
  readonly different: number;
  /** That all rates are equal: the smallest corrected p-value of a voxel (Simes); 1 where none was tested. */
  readonly pValue: number;
  /** Voxels in all blocks. */
  readonly dead: number;
  readonly hot: number;
  /** Up to a hundred; where the rates differ most, summed over the voxels, first. */
  readonly blocks: readonly VoxelBlock[];
}

type Hits = Readonly<Record<SampleRole, Float64Array>>;

/**
 * Compares how often each voxel is hit, and joins the neighbors among the dead and the hot ones.
 *
 * @param hits rows in which each voxel is above zero.
 * @param rows of both samples.
 * @param level share of false ones among the voxels that are called different.
 */
export async function voxelRates(
  grids: readonly VoxelGrid[],
  hits: Hits,
  rows: Readonly<Record<SampleRole, number>>,
  level: number,
): Promise<VoxelRates> {
  const at = (voxel: number) => ({
    reference: hits.reference[voxel] as number,
    generated: hits.generated[voxel] as number,
  });
  const tested: number[] = [];
  for (let voxel = 0; voxel < hits.reference.length; voxel++) {
    const { reference, generated } = at(voxel);
    if (reference + generated > 0) tested.push(voxel);
  }
  const pValues: number[] = [];
  for (const voxel of tested) {
    pValues.push(regionFactor(at(voxel), rows).pValue);
    await eventLoopTurn();
  }
  const adjusted = adjustedPValues(pValues);
  const flawed = new Map<number, { readonly pValue: number; readonly flaw: VoxelBlock['flaw'] }>();
  for (const [i, voxel] of tested.entries()) {
    const pValue = adjusted[i] as number;
    const { reference, generated } = at(voxel);
    const [first, second] = [reference / rows.reference, generated / rows.generated];
    if (!(pValue < level) || Math.max(first, second) < ratioOfBlocks * Math.min(first, second)) continue;
    flawed.set(voxel, { pValue, flaw: first > second ? 'dead' : 'hot' });
  }
  const blocks = connected(grids, flawed).map(({ grid, firstVoxel, voxels }) => {
    const rates = voxels.map(
      (voxel): VoxelRate => ({
        voxel,
        first: (voxel - firstVoxel) % grid.first,
        second: Math.floor((voxel - firstVoxel) / grid.first),
        hits: at(voxel),
        adjustedPValue: flawed.get(voxel)?.pValue as number,
      }),
    );
    const { flaw } = flawed.get(voxels[0] as number) as { readonly flaw: VoxelBlock['flaw'] };
    return blockOf(grid, flaw, rates, rows);
  });
  const count = (flaw: VoxelBlock['flaw']) =>
    Array.from(flawed.values()).filter((one) => one.flaw === flaw).length;
  return {
    rows,
    tested: tested.length,
    different: adjusted.filter((p) => p < level).length,
    pValue: adjusted.reduce((least, p) => Math.min(least, p), 1),
    dead: count('dead'),
    hot: count('hot'),
    blocks: blocks
      .sort((a, b) => b.difference - a.difference)
      .slice(0, mostBlocks)
      .map(({ block }) => block),
  };
}

/** A block, and the sum of the differences of its rates. */
function blockOf(
  { layer, kind }: VoxelGrid,
  flaw: VoxelBlock['flaw'],
  rates: readonly VoxelRate[],
  rows: Readonly<Record<SampleRole, number>>,
): { readonly block: VoxelBlock; readonly difference: number } {
  const difference = ({ hits: { reference, generated } }: VoxelRate) =>
    Math.abs(reference / rows.reference - generated / rows.generated);
  const span = (axis: 'first' | 'second'): readonly [number, number] => {
    const numbers = rates.map((rate) => rate[axis]);
    return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  };
  const worst = [...rates].sort((a, b) => difference(b) - difference(a) || a.voxel - b.voxel);
  return {
    block: {
      layer,
      kind,
      flaw,
      voxels: rates.length,
      first: span('first'),
      second: span('second'),
      worst: worst.slice(0, mostVoxels),
    },
    difference: rates.reduce((sum, rate) => sum + difference(rate), 0),
  };
}

/** Voxels of one flaw that share an edge, directly or through others; angular bins close to a circle. */
function connected(
  grids: readonly VoxelGrid[],
  flawed: ReadonlyMap<number, { readonly flaw: VoxelBlock['flaw'] }>,
) {
  const found: { readonly grid: VoxelGrid; readonly firstVoxel: number; readonly voxels: number[] }[] = [];
  const seen = new Set<number>();
  const starts = Array.from(flawed.keys()).sort((a, b) => a - b);
  let [firstVoxel, next] = [0, 0];
  for (const grid of grids) {
    const end = firstVoxel + grid.first * grid.second;
    for (; (starts[next] as number) < end; next++) {
      const start = starts[next] as number;
      if (seen.has(start)) continue;
      const voxels = [start];
      seen.add(start);
      for (const voxel of voxels) {
        for (const neighbor of neighborsOf(voxel - firstVoxel, grid)) {
          const beside = firstVoxel + neighbor;
          if (seen.has(beside) || flawed.get(beside)?.flaw !== flawed.get(start)?.flaw) continue;
          seen.add(beside);
          voxels.push(beside);
        }
      }
      found.push({ grid, firstVoxel, voxels });
    }
    firstVoxel = end;
  }
  return found;
}

function neighborsOf(voxel: number, { kind, first, second }: VoxelGrid): number[] {
  const [column, row] = [voxel % first, Math.floor(voxel / first)];
  const rowsBeside =
    kind === 'polar' ? [(row + 1) % second, (row + second - 1) % second] : [row - 1, row + 1];
  return [
    ...[column - 1, column + 1].filter((one) => one >= 0 && one < first).map((one) => row * first + one),
    ...rowsBeside.filter((one) => one >= 0 && one < second).map((one) => one * first + column),
  ];
}
