import type { DrawnShower, EvaluationResult, ShowerExamples } from '../../evaluation/result.js';
import { CellDrawing } from '../drawing/cell-drawing.js';
import { isDrawable } from '../drawing/cell-paths.js';
import { energyScale } from '../drawing/color-scale.js';
import { type Cell, csvLink } from '../drawing/csv-link.js';
import { figure, section } from '../drawing/legend.js';
import { count, isFiniteNumber, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { shownUnit } from '../drawing/units.js';
import type { Section } from '../section.js';
import { rowName } from './row-name.js';
import { windowName } from './window-name.js';

export const examples: Section<readonly ShowerExamples[]> = { weights: examplesSection };

/** Single showers of clusters beside typical ones. */
function examplesSection(
  sheet: Sheet,
  found: readonly ShowerExamples[],
  result: EvaluationResult,
): HTMLElement | null {
  const drawn = found.filter(({ layers, showers }) => showers.length > 0 && layers.every(isDrawable));
  if (drawn.length === 0) return null;
  const clusters = result.clusters.reduce((sum, window) => sum + window.clusters.length, 0);
  const ofClusters = drawn.filter(({ origin }) => origin.part === 'clusters').length;
  return section(
    sheet,
    'examples',
    'What such showers look like',
    sheet.element(
      'p',
      { class: 'lead' },
      'Showers nearest to the center of a cluster, and those farthest from the other sample where many lie outside of it, layer by layer, each above a typical shower of the other sample made for nearly ',
      'the same conditions. One picture is one shower: what they have in common is told by the tables and averages. ',
      ofClusters < clusters
        ? `The largest clusters of each window are drawn, ${ofClusters} of ${clusters}.`
        : null,
    ),
    sheet.element(
      'div',
      { class: 'grid' },
      drawn.map((one) => clusterFigure(sheet, one, result)),
    ),
  );
}

const width = 372;
const gap = 6;
const largestPanel = 104;

function clusterFigure(sheet: Sheet, cluster: ShowerExamples, result: EvaluationResult): HTMLElement {
  const { layers, showers } = cluster;
  const largest = showers.reduce(
    (most, { energies }) => energies.flat().reduce((a, b) => Math.max(a, numberOrZero(b)), most),
    0,
  );
  const scale = energyScale('energy of the voxel', largest);
  const size = Math.min(largestPanel, Math.floor((width - gap * (layers.length - 1)) / layers.length));
  const step = size + 26;
  const heading = headingOf(cluster, result);
  const drawing = new CellDrawing(sheet.document, width, showers.length * step + 52, heading);
  for (const [i, shower] of showers.entries()) {
    const top = i * step + 32;
    drawing.text(showerName(shower, result), 0, top - 8, 'start', width);
    for (const [l, layer] of layers.entries()) {
      const square = { left: l * (size + gap), top, size };
      if (i === 0) drawing.text(`layer ${layer.layer}`, square.left + size / 2, 10, 'middle', size + 4);
      drawing.panel({ title: '', layer, values: shower.energies[l] ?? [], scale }, square);
    }
  }
  drawing.bar(scale, 0, showers.length * step + 28, 150);
  return figure(
    sheet,
    'examples',
    [sheet.element('h3', {}, heading), drawing.node],
    caption(sheet, cluster, result),
    numbers(sheet, cluster),
  );
}

function headingOf({ origin }: ShowerExamples, { clusters }: EvaluationResult): string {
  if (origin.part === 'support') return `Most lonely ${origin.role} showers`;
  const { lower = null, upper = null } = clusters[origin.window] ?? {};
  return `${windowName(lower, upper)}, cluster ${count(origin.cluster + 1)}`;
}

/** `generated, row 17: example, E_inc 2 GeV`. */
function showerName({ role, kind, conditions, ...place }: DrawnShower, result: EvaluationResult): string {
  const made = conditions.map(({ label, unit, value }) => {
    const shown = shownUnit(unit, numberOrZero(value));
    return `, ${label} ${significant(isFiniteNumber(value) ? value / shown.size : null)} ${shown.name}`.trimEnd();
  });
  return `${kind}: ${role}, row ${rowName(result, role, place)}${made.join('')}`;
}

function caption(
  sheet: Sheet,
  { origin, layers, layersInAll }: ShowerExamples,
  result: EvaluationResult,
): Content {
  const cluster =
    origin.part === 'clusters' ? result.clusters[origin.window]?.clusters[origin.cluster] : null;
  const traits = cluster?.traits.slice(0, 2) ?? [];
  const [first] = layers;
  const extent =
    first === undefined
      ? ''
      : first.kind === 'polar'
        ? `rings of ${first.first.label} and angular bins of α, from the right counterclockwise`
        : `${first.first.label} to the right, ${first.second.label} up`;
  return sheet.element(
    'p',
    {},
    traits.length === 0
      ? null
      : [
          'Set apart by ',
          traits.map(({ label, effect }, i) => [
            i === 0 ? '' : ', ',
            ...[sheet.quantity(label)],
            ` (${effect > 0 ? '+' : ''}${significant(effect, 2)} widths)`,
          ]),
          '. ',
        ],
    layers.length < layersInAll
      ? `The ${layers.length} of ${layersInAll} layers with the most energy; ${extent}.`
      : `All layers; ${extent}.`,
  );
}

/** Cells that are not empty in all of the showers. */
function numbers(sheet: Sheet, { origin, layers, showers }: ShowerExamples): HTMLElement {
  const heads = [
    'layer',
    'first',
    'second',
    ...showers.map(({ role, row, file }) => `${role}_${file === undefined ? '' : `${file}_`}${row}_MeV`),
  ];
  const rows = layers.flatMap(({ layer, first, second }, l) => {
    const columns = first.edges.length - 1;
    return Array.from({ length: columns * (second.edges.length - 1) }, (_, cell): Cell[] => [
      layer,
      cell % columns,
      Math.floor(cell / columns),
      ...showers.map(({ energies }) => energies[l]?.[cell]),
    ]).filter((cells) => cells.slice(3).some((energy) => numberOrZero(energy) !== 0));
  });
  const name =
    origin.part === 'support'
      ? `lonely_${origin.role}`
      : `window_${origin.window}_cluster_${origin.cluster + 1}`;
  return csvLink(sheet, `examples_${name}`, heads, rows);
}

function numberOrZero(value: unknown): number {
  return isFiniteNumber(value) ? value : 0;
}
