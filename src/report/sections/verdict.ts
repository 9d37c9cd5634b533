import type { AreaUnderCurve, EvaluationResult, SampleRecord } from '../../evaluation/result.js';
import { swatch } from '../drawing/legend.js';
import {
  absent,
  count,
  deviations,
  isFiniteNumber,
  measured,
  pValue,
  significant,
} from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';

const levels: Readonly<Record<string, string>> = {
  indistinguishable: 'indistinguishable',
  distinguishable: 'distinguishable',
  'clearly-different': 'clearly different',
};

/** What the rows of a sample are, by its layout. */
const nouns = {
  calogan: 'showers',
  calochallenge: 'showers',
  matrix: 'rows',
} as const satisfies Readonly<Record<SampleRecord['layout'], string>>;

/** Last part of a path in either notation. */
export function fileName(source: string): string {
  return (
    source
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? source
  );
}

/** Title with the names of both samples, what they are, and a label on every toy. */
export function titleBlock(sheet: Sheet, result: EvaluationResult): HTMLElement {
  const { reference, generated } = result.samples;
  return sheet.element(
    'header',
    {},
    sheet.element('p', { class: 'kind' }, 'Classifier weights of a generated sample'),
    sheet.element(
      'h1',
      {},
      sheet.element('span', { class: 'sample-name' }, fileName(generated.source)),
      ' ',
      sheet.element('span', { class: 'against' }, 'against'),
      ' ',
      sheet.element('span', { class: 'sample-name' }, fileName(reference.source)),
    ),
    sheet.element('ul', { class: 'samples' }, sampleLine(sheet, reference), sampleLine(sheet, generated)),
  );
}

function sampleLine(sheet: Sheet, sample: SampleRecord): HTMLElement {
  return sheet.element(
    'li',
    {},
    swatch(sheet, sample.role),
    `${sample.role}: `,
    sheet.element('b', {}, fileName(sample.source)),
    `, ${count(sample.rows)} ${nouns[sample.layout] ?? 'rows'}, layout ${sample.layout}`,
    sample.toy ? ' ' : null,
    sample.toy
      ? sheet.element('strong', { class: 'toy' }, 'toy simulation, not a detector simulation')
      : null,
  );
}

/** The verdict in words and the four numbers that it rests on. */
export function verdictBlock(sheet: Sheet, result: EvaluationResult): HTMLElement {
  const { auc, verdict } = result;
  return sheet.element(
    'section',
    { id: 'verdict', class: `verdict ${verdict.level in levels ? verdict.level : 'unknown'}` },
    sheet.element(
      'div',
      {},
      sheet.element('p', { class: 'level' }, levels[verdict.level] ?? verdict.level),
      sheet.element('p', { class: 'sentence' }, verdict.sentence),
    ),
    sheet.element(
      'dl',
      { class: 'numbers' },
      entry(
        sheet,
        'AUC',
        measured(auc.value, auc.standardError),
        'area under the ROC curve, 0.5 for equal samples',
      ),
      entry(
        sheet,
        'null σ',
        significant(auc.nullStandardDeviation, 2),
        'its standard deviation for equal samples',
      ),
      entry(sheet, 'z', nullDeviations(auc), 'distance from 0.5 in null σ'),
      entry(sheet, 'p', pValue(auc.pValue), 'one-sided, for an AUC this high from equal samples'),
    ),
  );
}

function entry(sheet: Sheet, term: string, value: string, explanation: string): Content {
  return sheet.element(
    'div',
    {},
    sheet.element('dt', {}, term),
    sheet.element('dd', {}, sheet.element('b', {}, value), sheet.element('small', {}, explanation)),
  );
}

function nullDeviations({ value, nullStandardDeviation }: AreaUnderCurve): string {
  if (!isFiniteNumber(value) || !isFiniteNumber(nullStandardDeviation)) return absent;
  return deviations((value - 0.5) / nullStandardDeviation);
}

/** All warnings, in the order found; null where there are none. */
export function warningBlock(sheet: Sheet, result: EvaluationResult): HTMLElement | null {
  const { warnings } = result;
  if (warnings.length === 0) return null;
  return sheet.element(
    'section',
    { id: 'warnings', class: 'warnings' },
    sheet.element('h2', {}, warnings.length === 1 ? 'Warning' : `${warnings.length} warnings`),
    sheet.element(
      'ul',
      {},
      warnings.map(({ code, message }) =>
        sheet.element('li', {}, message, ' ', sheet.element('code', {}, code)),
      ),
    ),
  );
}
