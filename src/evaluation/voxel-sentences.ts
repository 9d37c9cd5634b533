import { measuredText } from '../failures/quantity-text.js';
import type { VoxelBlock, VoxelRate, VoxelRates } from '../failures/voxel-blocks.js';
import type { SampleRole } from '../native/contract/statistics.js';
import { shortP } from './short-p.js';

const mostBlocks = 3;

type Rows = Readonly<Record<SampleRole, number>>;

interface VoxelSentence {
  readonly text: string;
  readonly adjustedPValue: number;
}

/**
 * Dead and hot voxels in words, the blocks that matter most first.
 *
 * @param familyPValue of the test that all rates are equal, corrected for what else was tested.
 */
export function voxelSentences(
  { rows, blocks, dead, hot }: VoxelRates,
  familyPValue: number,
): VoxelSentence[] {
  const told = blocks.slice(0, blocks.length > mostBlocks ? mostBlocks - 1 : mostBlocks);
  const pValueOf = ({ worst }: VoxelBlock) => Math.max(familyPValue, worst[0]?.adjustedPValue as number);
  const sentences = told.map((block) => {
    const p = pValueOf(block);
    return { text: `${blockText(block, rows)} (p ${shortP(p)}).`, adjustedPValue: p };
  });
  const others = blocks.slice(told.length);
  if (others.length === 0) return sentences;
  const left = (flaw: VoxelBlock['flaw'], all: number) =>
    told.reduce((count, block) => count - (block.flaw === flaw ? block.voxels : 0), all);
  const text = othersText(left('dead', dead), left('hot', hot), others);
  return [...sentences, { text, adjustedPValue: Math.max(...others.map(pValueOf)) }];
}

/** `Voxel (layer 1, row 3, column 5) is never hit in the generated sample, in 31.0 ± 1.0 % of the reference`. */
function blockText(block: VoxelBlock, rows: Rows): string {
  const { layer, flaw, voxels } = block;
  const [worst] = block.worst as readonly [VoxelRate];
  const [wrong, right]: readonly [SampleRole, SampleRole] =
    flaw === 'dead' ? ['generated', 'reference'] : ['reference', 'generated'];
  const rates = `${rateText(worst, wrong, rows)}, ${rateText(worst, right, rows)}`;
  if (voxels === 1) return `Voxel (layer ${layer}, ${placeText(worst, block)}) is ${rates}`;
  const spans = (['second', 'first'] as const)
    .map((axis) => spanText(axisName(block, axis), block[axis]))
    .join(', ');
  const often = flaw === 'dead' ? 'too seldom' : 'too often';
  return (
    `${voxels} neighboring voxels of layer ${layer} (${spans}) are hit at least ten times ${often}; ` +
    `the one in ${placeText(worst, block)} is ${rates}`
  );
}

function othersText(dead: number, hot: number, blocks: readonly VoxelBlock[]): string {
  const parts = [
    [dead, 'seldom'],
    [hot, 'often'],
  ]
    .filter(([voxels]) => voxels !== 0)
    .map(([voxels, often]) => `${voxels} ${voxels === 1 ? 'is' : 'are'} hit at least ten times too ${often}`);
  const layers = [...new Set(blocks.map(({ layer }) => layer))].sort((a, b) => a - b);
  const where = layers.length === 1 ? `layer ${layers[0]}` : `layers ${listed(layers)}`;
  return `Of the other voxels ${parts.join(', and ')}, in ${where}.`;
}

/** `row 3, column 5`, or `ring 2, angular bin 7`: counted from 0, as in the file. */
export function placeText(
  { first, second }: Pick<VoxelRate, 'first' | 'second'>,
  block: Pick<VoxelBlock, 'kind'>,
): string {
  return block.kind === 'grid' ? `row ${second}, column ${first}` : `ring ${first}, angular bin ${second}`;
}

function axisName({ kind }: VoxelBlock, axis: 'first' | 'second'): string {
  if (kind === 'grid') return axis === 'first' ? 'column' : 'row';
  return axis === 'first' ? 'ring' : 'angular bin';
}

function rateText({ hits }: VoxelRate, role: SampleRole, rows: Rows): string {
  const sample = role === 'generated' ? 'the generated sample' : 'the reference';
  if (hits[role] === 0) return `never hit in ${sample}`;
  const rate = hits[role] / rows[role];
  const error = Math.sqrt((rate * (1 - rate)) / rows[role]);
  return `hit in ${measuredText(100 * rate, 100 * error)} % of ${sample}`;
}

/** `row 3`, `rows 3 to 5`. */
function spanText(name: string, [least, most]: readonly [number, number]): string {
  return least === most ? `${name} ${least}` : `${name}s ${least} to ${most}`;
}

function listed(numbers: readonly number[]): string {
  const most = 8;
  return numbers.length > most
    ? `${numbers.slice(0, most - 1).join(', ')} and ${numbers.length - most + 1} more`
    : numbers.join(', ');
}
