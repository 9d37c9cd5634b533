import type { EvaluationResult, SeparationSummary } from '../../evaluation/result.js';
import { count, deviations, measured, pValue, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

const levels: Readonly<Record<string, string>> = {
  indistinguishable: 'indistinguishable',
  distinguishable: 'distinguishable',
  'clearly-different': 'clearly different',
};

export const auc: Section<SeparationSummary> = { verdict: verdictBlock };

/** The verdict in words and the numbers that it rests on. */
function verdictBlock(sheet: Sheet, auc: SeparationSummary, { verdict }: EvaluationResult): HTMLElement {
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
        'that of one fixed score for equal samples',
      ),
      entry(sheet, 'z', deviations(auc.z), 'of the mean scores of both samples, tested fold by fold'),
      entry(sheet, 'p', pValue(auc.pValue), 'one-sided, for a z this high from equal samples'),
      entry(
        sheet,
        'p, all',
        pValue(verdict.pValue),
        'classifiers and observables: twice the smaller of both',
      ),
      ...besides(sheet, auc),
    ),
  );
}

/** @param auc null and repeats are missing in results of earlier versions. */
function besides(sheet: Sheet, { null: nullPair, repeats }: SeparationSummary): Content[] {
  const entries: Content[] = [];
  if (nullPair) {
    const { value, standardError, z, rows } = nullPair;
    const what = `${count(rows)} rows of a second reference sample in place of the generated one, z = ${deviations(z)}`;
    entries.push(entry(sheet, 'null AUC', measured(value, standardError), what));
  }
  if (repeats) {
    const { mean, spread, trainings } = repeats;
    const what = `mean of ${count(trainings)} trainings with other seeds, folds or splits, and their spread`;
    entries.push(entry(sheet, 'repeated AUC', measured(mean, spread), what));
  }
  return entries;
}

function entry(sheet: Sheet, term: string, value: string, explanation: string): Content {
  return sheet.element(
    'div',
    {},
    sheet.element('dt', {}, term),
    sheet.element('dd', {}, sheet.element('b', {}, value), sheet.element('small', {}, explanation)),
  );
}
