import type { VoxelBlock, VoxelRates } from '../../evaluation/result.js';
import { count, percent, pValue } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';

/** Blocks that are listed. */
const listed = 10;

/** Voxels that are hit ten times too seldom or too often. */
export function deadVoxels(sheet: Sheet, rates: VoxelRates): Content {
  const { tested, different, dead, hot, blocks } = rates;
  const summary =
    `Of ${count(tested)} voxels that are hit at all, ${count(different)} are hit more or less often in the generated sample than in ` +
    `the reference: ${count(dead)} at least ten times too seldom, ${count(hot)} at least ten times too often.`;
  if (blocks.length === 0) return sheet.element('p', {}, summary);
  const more =
    blocks.length > listed
      ? ` The ${listed} places where the rates differ most, with the rates of the worst voxel:`
      : ' With the rates of the worst voxel:';
  return [
    sheet.element('p', {}, `${summary}${more}`),
    table(
      sheet,
      'dead-voxels',
      ['layer', 'voxels', 'where', 'reference', 'generated', 'p'],
      blocks.slice(0, listed).map((block) => row(block, rates.rows)),
    ),
  ];
}

/** Rates are those of the voxel that differs most. */
function row(block: VoxelBlock, rows: VoxelRates['rows']): Content[] {
  const {
    layer,
    kind,
    flaw,
    voxels,
    first,
    second,
    worst: [worst],
  } = block;
  const rate = (role: 'reference' | 'generated') => percent((worst?.hits[role] ?? 0) / rows[role]);
  const span = (name: string, [least, most]: readonly [number, number]) =>
    least === most ? `${name} ${count(least)}` : `${name}s ${count(least)}–${count(most)}`;
  const where =
    kind === 'grid'
      ? `${span('row', second)}, ${span('column', first)}`
      : `${span('ring', first)}, ${span('angular bin', second)}`;
  return [
    count(layer),
    `${count(voxels)} ${flaw}`,
    where,
    rate('reference'),
    rate('generated'),
    pValue(worst?.adjustedPValue),
  ];
}
