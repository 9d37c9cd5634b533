import type { CellComparison, CellPull, LayerComparison, VoxelComparison } from '../../evaluation/result.js';
import { CellDrawing } from '../drawing/cell-drawing.js';
import { isDrawable } from '../drawing/cell-paths.js';
import { type ColorScale, differenceScale, energyScale, rateScale } from '../drawing/color-scale.js';
import { type Cell, csvLink } from '../drawing/csv-link.js';
import { figure, section } from '../drawing/legend.js';
import { deviations, isFiniteNumber, measured, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';
import { deadVoxels } from './dead-voxels.js';

export const voxels: Section<VoxelComparison | null> = { profiles: voxelSections };

/** Layers that are drawn. */
const mostEnergies = 12;
const mostRates = 6;

const roles = ['reference', 'generated', 'reweighted'] as const;
const changed = ['generated', 'reweighted'] as const;

type Quantity = 'energies' | 'hitRates';

/** Mean energies and hit rates, layer by layer. */
function voxelSections(sheet: Sheet, compared: VoxelComparison | null): Content {
  if (compared === null || !compared.layers.every(isDrawable)) return null;
  return [energySection(sheet, compared), rateSection(sheet, compared)];
}

function energySection(sheet: Sheet, compared: VoxelComparison): HTMLElement {
  const drawn = compared.layers.slice(0, mostEnergies);
  const scale = energyScale('energy', largestMean(drawn, 'energies'));
  return section(
    sheet,
    'average-showers',
    'Average showers, layer by layer',
    sheet.element(
      'p',
      { class: 'lead' },
      'The mean energy of every voxel over all showers, and below it the difference from the reference in standard errors of both: where ',
      'the generator puts too much energy and where too little (with a line). Blank: no energy in any shower. All layers share ',
      'one scale.',
    ),
    sheet.element('p', {}, shownLayers(compared, drawn.length, 'mean energies')),
    layerGrid(sheet, drawn, 'energies', scale),
  );
}

function rateSection(sheet: Sheet, compared: VoxelComparison): HTMLElement {
  const order = [...compared.layers].sort(
    (a, b) => (b.hitRates.meanSquaredPull.generated ?? 0) - (a.hitRates.meanSquaredPull.generated ?? 0),
  );
  const drawn = order.slice(0, mostRates);
  return section(
    sheet,
    'hit-rates',
    'How often voxels are hit',
    sheet.element(
      'p',
      { class: 'lead' },
      'The share of showers in which each voxel is above the threshold. A voxel that is never hit, or always, does not show ',
      'in sums; the test of every voxel for itself is corrected for the number of voxels.',
    ),
    deadVoxels(sheet, compared.hitRates),
    sheet.element('p', {}, shownLayers(compared, drawn.length, 'hit rates')),
    layerGrid(sheet, drawn, 'hitRates', rateScale('hit rate')),
  );
}

/** Which layers are drawn, and why those. */
function shownLayers({ layers, leftOut }: VoxelComparison, drawn: number, what: string): string {
  const all = layers.length + leftOut.length;
  if (all === 1) return 'The only layer is drawn.';
  if (drawn === all) return `All ${all} layers are drawn, those whose ${what} differ most first.`;
  return `Of ${all} layers the ${drawn} whose ${what} differ most are drawn, the largest mean squared difference first; result.json holds ${leftOut.length === 0 ? 'all' : `the ${layers.length} that differ most`}.`;
}

function largestMean(layers: readonly LayerComparison[], quantity: Quantity): number {
  const largest = (values: readonly unknown[]) =>
    values.reduce<number>((most, value) => (isFiniteNumber(value) ? Math.max(most, value) : most), 0);
  return largest(layers.flatMap((layer) => roles.map((role) => largest(layer[quantity][role].means))));
}

function layerGrid(
  sheet: Sheet,
  layers: readonly LayerComparison[],
  quantity: Quantity,
  scale: ColorScale,
): HTMLElement {
  const largest = Math.max(
    ...layers.flatMap((layer) =>
      changed.map((role) => Math.abs(layer[quantity].largestPull[role]?.pull ?? 0)),
    ),
    0,
  );
  const differences = differenceScale('difference', largest);
  return sheet.element(
    'div',
    { class: 'grid' },
    layers.map((layer) => layerFigure(sheet, layer, quantity, scale, differences)),
  );
}

const size = 104;
const [margin, gap] = [36, 8];
const width = margin + 3 * size + 2 * gap;
const rows = [18, 156] as const;

function layerFigure(
  sheet: Sheet,
  layer: LayerComparison,
  quantity: Quantity,
  scale: ColorScale,
  differences: ColorScale,
): HTMLElement {
  const compared = layer[quantity];
  const drawing = new CellDrawing(
    sheet.document,
    width,
    rows[1] + size + 6,
    `layer ${layer.layer}: ${scale.title} and differences`,
  );
  const squareAt = (column: number, row: 0 | 1) => ({
    left: margin + column * (size + gap),
    top: rows[row],
    size,
  });
  for (const [column, role] of roles.entries()) {
    drawing.panel({ title: role, layer, values: compared[role].means, scale }, squareAt(column, 0));
  }
  drawing.axes(layer, squareAt(0, 0));
  for (const [column, role] of changed.entries()) {
    const values = compared.pulls[role];
    drawing.panel({ title: `${role} − ref.`, layer, values, scale: differences }, squareAt(column, 1));
  }
  const { left, top } = squareAt(2, 1);
  drawing.bar(scale, left + 4, top + 16, size - 4);
  drawing.bar(differences, left + 4, top + 66, size - 4);
  const heading = sheet.element('h3', {}, `Layer ${layer.layer}`);
  return figure(
    sheet,
    'voxels',
    [heading, drawing.node],
    caption(sheet, layer, compared),
    numbers(sheet, layer, quantity),
  );
}

function caption(
  sheet: Sheet,
  layer: LayerComparison,
  { meanSquaredPull, largestPull }: CellComparison,
): Content {
  const mean = changed.map((role) => `${role} ${significant(meanSquaredPull[role], 2)}`).join(', ');
  const blocks = layer.voxelsPerCell.some((voxels) => voxels > 1)
    ? ` Each cell is a block of ${layer.voxelsPerCell.join(' × ')} voxels.`
    : '';
  const furthest = largestPull.generated;
  return sheet.element(
    'p',
    {},
    `Mean squared difference in errors: ${mean} (about 1 where nothing differs).`,
    furthest === null
      ? null
      : ` Generated furthest in ${cellName(layer, furthest.cell)}: ${pullText(furthest)}.`,
    blocks,
    layer.kind === 'polar' && !equallyWide(layer.first.edges)
      ? ` Rings with edges at ${layer.first.edges.map((edge) => significant(edge, 3)).join(', ')} ${layer.first.unit} are drawn equally wide.`
      : null,
  );
}

function equallyWide(edges: readonly number[]): boolean {
  const width = ((edges.at(-1) ?? 0) - (edges[0] ?? 0)) / (edges.length - 1);
  return edges.every((edge, i) => Math.abs(edge - (edges[0] ?? 0) - i * width) < 1e-6 * width);
}

function pullText({ ratio, ratioError, pull }: CellPull): string {
  const factor = isFiniteNumber(ratio) ? `${measured(ratio, ratioError)} times the reference, ` : '';
  return `${factor}${deviations(pull)} σ`;
}

/** As the geometry counts, from 0. */
function cellName({ kind, first, voxelsPerCell }: LayerComparison, cell: number): string {
  const cells = first.edges.length - 1;
  const [a, b] = [(cell % cells) * voxelsPerCell[0], Math.floor(cell / cells) * voxelsPerCell[1]];
  return kind === 'grid' ? `row ${b}, column ${a}` : `ring ${a}, angular bin ${b}`;
}

function numbers(sheet: Sheet, layer: LayerComparison, quantity: Quantity): HTMLElement {
  const { kind, first, voxelsPerCell } = layer;
  const cells = first.edges.length - 1;
  const heads = kind === 'grid' ? ['column', 'row'] : ['ring', 'angular_bin'];
  const rowsOfCells = layer[quantity].reference.means.map((_, cell): Cell[] => [
    (cell % cells) * voxelsPerCell[0],
    Math.floor(cell / cells) * voxelsPerCell[1],
    ...roles.flatMap((role) => [layer[quantity][role].means[cell], layer[quantity][role].errors[cell]]),
    ...changed.map((role) => layer[quantity].pulls[role][cell]),
  ]);
  return csvLink(
    sheet,
    `${quantity === 'energies' ? 'mean_energy' : 'hit_rate'}_layer_${layer.layer}`,
    [
      ...heads,
      ...roles.flatMap((role) => [`${role}_mean`, `${role}_error`]),
      ...changed.map((role) => `${role}_pull`),
    ],
    rowsOfCells,
  );
}
