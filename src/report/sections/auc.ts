import type { EvaluationResult, SeparationSummary } from '../../evaluation/result.js';
import { absent, area, count, deviations, isFiniteNumber, pValue, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';

const levels: Readonly<Record<string, string>> = {
  indistinguishable: 'indistinguishable',
  distinguishable: 'distinguishable',
  'clearly-different': 'clearly different',
};

export const auc: Section<SeparationSummary> = { verdict: verdictBlock, classifier: learnerTable };

/** How well each learner does alone, and how much it counts. */
function learnerTable(sheet: Sheet, { learners }: SeparationSummary): HTMLElement {
  return sheet.element(
    'div',
    { class: 'learners' },
    sheet.element('h3', {}, 'Learners'),
    table(
      sheet,
      'learners',
      ['', 'AUC alone', 'weight in the score'],
      learners.map(({ name, value, weight }) => [
        name,
        area(value),
        isFiniteNumber(weight) ? weight.toFixed(2) : absent,
      ]),
    ),
    sheet.element(
      'p',
      { class: 'note' },
      'The score is a weighted sum of what they say. A learner with a high AUC alone and a small weight says what another says better; ',
      'which one leads hints at the kind of failure: linear ones see shifts, trees see cuts and tails.',
    ),
  );
}

/** The verdict in words and the numbers that it rests on. */
function verdictBlock(sheet: Sheet, auc: SeparationSummary, { verdict }: EvaluationResult): HTMLElement {
  return sheet.element(
    'section',
    { id: 'verdict', class: `verdict ${verdict.level in levels ? verdict.level : 'unknown'}` },
    sheet.element(
      'div',
      {},
      sheet.element('p', { class: 'level' }, levels[verdict.level] ?? verdict.level),
      sheet.element('p', { class: 'sentence' }, sheet.prose(verdict.sentence)),
    ),
    sheet.element(
      'dl',
      { class: 'numbers' },
      entry(
        sheet,
        'AUC',
        area(auc.value, auc.standardError),
        'area under the ROC curve, 0.5 for equal samples',
      ),
      entry(
        sheet,
        'null σ',
        significant(auc.nullStandardDeviation, 2),
        'that of one fixed score for equal samples',
      ),
      entry(sheet, 'z', deviations(auc.z), 'of the mean scores of both samples, tested fold by fold'),
      entry(
        sheet,
        'p',
        pValue(auc.pValue),
        `one-sided, for a z this high from equal samples${permuted(auc)}`,
      ),
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

/** What permuted labels say of it, and whether that is what is quoted. */
function permuted({ permutations: test, pValue: quoted }: SeparationSummary): string {
  if (!test) return '';
  const reached = `${count(test.reached)} of ${count(test.permutations)} permutations of the labels reach it`;
  return quoted < test.pValue
    ? `; ${reached}, which resolve no p below ${significant(test.resolution, 2)}: that of the normal distribution`
    : `; ${reached}`;
}

/** @param auc null and repeats are missing in results of earlier versions. */
function besides(sheet: Sheet, { null: nullPair, repeats }: SeparationSummary): Content[] {
  const entries: Content[] = [];
  if (nullPair) {
    const { value, standardError, z, rows } = nullPair;
    const what = `${count(rows)} rows of a second reference sample in place of the generated one, z = ${deviations(z)}`;
    entries.push(entry(sheet, 'null AUC', area(value, standardError), what));
  }
  if (repeats) {
    const { mean, spread, trainings } = repeats;
    const what = `mean of ${count(trainings)} trainings with other seeds, folds or splits, and their spread`;
    entries.push(entry(sheet, 'repeated AUC', area(mean, spread), what));
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
