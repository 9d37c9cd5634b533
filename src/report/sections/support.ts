import type { EvaluationResult, OutsideRows, SupportSummary } from '../../evaluation/result.js';
import { section, swatch } from '../drawing/legend.js';
import { absent, count, measured, percent, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';
import { rowName } from './row-name.js';

export const support: Section<SupportSummary | null> = {
  health: (sheet, part, result) => part && supportSection(sheet, part, result),
};

type Role = 'reference' | 'generated';

/** Rows of each sample where the other has none. */
function supportSection(
  sheet: Sheet,
  { reference, generated }: SupportSummary,
  result: EvaluationResult,
): HTMLElement {
  return section(
    sheet,
    'support',
    'Outside the other sample',
    sheet.element(
      'p',
      { class: 'lead' },
      `${sheet.nounAtStart} whose nearest neighbors in both samples are all of their own: generated ones are such as the reference never `,
      'makes, reference ones such as the generator misses. Weights mean nothing there, and none brings missing ones back.',
    ),
    table(
      sheet,
      'support',
      ['', 'outside', 'of', 'share [%]', 'expected of equal samples', 'neighbors'],
      [row(sheet, 'reference', reference), row(sheet, 'generated', generated)],
    ),
    farthestRows(sheet, 'reference', reference, result),
    farthestRows(sheet, 'generated', generated, result),
  );
}

function row(sheet: Sheet, role: Role, outside: OutsideRows): Content[] {
  const { rows, judged, share, standardError, expectedShare, neighbors } = outside;
  if (neighbors === 0)
    return [[swatch(sheet, role), role], 'too few rows to judge', count(judged), absent, absent, absent];
  return [
    [swatch(sheet, role), role],
    count(rows),
    count(judged),
    measured(100 * share, 100 * standardError),
    percent(expectedShare, 2),
    count(neighbors),
  ];
}

function farthestRows(
  sheet: Sheet,
  role: Role,
  { farthest }: OutsideRows,
  result: EvaluationResult,
): Content {
  if (!Array.isArray(farthest) || farthest.length === 0) return [];
  return [
    sheet.element('h3', {}, `The most lonely ${role} ${sheet.noun}`),
    table(
      sheet,
      'lonely',
      ['row', 'to the nearest of the other sample', 'to its own neighbors'],
      (farthest as OutsideRows['farthest']).map((one) => [
        rowName(result, role, one),
        significant(one.distance, 3),
        significant(one.ownDistance, 3),
      ]),
    ),
    sheet.element('p', {}, 'Distances are in widths of the other sample.'),
  ];
}
