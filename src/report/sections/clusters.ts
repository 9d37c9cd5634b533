import type { EvaluationResult, WeightCluster, WindowClusters } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import { count, measured, percent } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';
import { rowName, type ShownPlace } from './row-name.js';
import { windowName } from './window-name.js';

export const clusters: Section<readonly WindowClusters[]> = { weights: clustersSection };

/** Alike showers among those of small and of large weight. */
function clustersSection(
  sheet: Sheet,
  windows: readonly WindowClusters[],
  result: EvaluationResult,
): HTMLElement | null {
  const found = windows.filter((window) => window.clusters.length > 0);
  if (found.length === 0) return null;
  return section(
    sheet,
    'clusters',
    `Clusters of such ${sheet.noun}`,
    sheet.element(
      'p',
      { class: 'lead' },
      `${sheet.nounAtStart} of the windows above that are alike: a mixture of normal distributions in the observables that differ most, as many `,
      'clusters as the Bayesian information criterion has it. What sets a cluster apart is given as the difference of its mean from ',
      'that of the whole sample, in standard deviations of the sample. The examples are rows of the file.',
    ),
    found.map(({ lower, upper, role, clusters: of }) => [
      sheet.element('h3', {}, `${windowName(lower, upper)}, ${role} ${sheet.noun}`),
      table(
        sheet,
        'clusters',
        ['cluster', sheet.noun, 'of the window', 'what sets them apart', 'examples'],
        of.map((cluster, i) => row(sheet, cluster, i, (place) => rowName(result, role, place))),
      ),
    ]),
  );
}

function row(sheet: Sheet, cluster: WeightCluster, i: number, named: (place: ShownPlace) => string) {
  const { rows, share, traits, examples, exampleFiles } = cluster;
  return [
    String(i + 1),
    count(rows),
    percent(share, 2),
    sheet.element(
      'ul',
      {},
      traits.map(({ label, effect, standardError }) =>
        sheet.element('li', {}, sheet.quantity(label), ` ${measured(effect, standardError)}`),
      ),
    ),
    examples.map((at, k) => named({ row: at, file: exampleFiles?.[k] })).join(', '),
  ];
}
