import type { CalibratedCheck, CalibrationCheck, CalibrationSummary } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import { isFiniteNumber, measured, pValue, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import type { Section } from '../section.js';
import { type CalibrationCurve, reliabilityFigure, weightCalibrationFigure } from './calibration-curves.js';

export const calibration: Section<CalibrationSummary | null> = {
  calibration: (sheet, part) => part && calibrationSection(sheet, part),
};

/** Whether weights are the ratio of the densities, and what calibrations would change. */
function calibrationSection(sheet: Sheet, part: CalibrationSummary): HTMLElement {
  const { applied, uncalibrated, calibrated } = part;
  const other = calibrated.find(({ method }) => method === applied) ?? best(calibrated);
  const curves: CalibrationCurve[] = [
    { kind: 'before', name: 'as the classifiers say it', check: uncalibrated },
  ];
  if (other) {
    curves.push({ kind: 'after', name: `${other.method} (${standing(other, applied)})`, check: other });
  }
  return section(
    sheet,
    'calibration',
    'Calibration of the weights',
    sheet.element(
      'p',
      { class: 'lead' },
      'Is w the ratio of the densities, or only a number that grows with it? Where the points leave the diagonal, take w as a rank and ',
      'not as a factor. ',
      applied === null
        ? 'No calibration is applied: weights everywhere in this report are those of the classifiers (--calibration applies one).'
        : `Weights and reweighted histograms of this report are calibrated with ${applied}; AUC, ROC curve and tests are not.`,
    ),
    sheet.element(
      'div',
      { class: 'pair' },
      weightCalibrationFigure(sheet, curves),
      reliabilityFigure(sheet, curves),
    ),
    comparison(sheet, part),
  );
}

function standing({ method, gain }: CalibratedCheck, applied: string | null): string {
  if (method === applied) return 'applied';
  return gain.value > 0
    ? 'not applied, lowest log-loss'
    : 'not applied, the best of them, no better than none';
}

/** The method with the lowest log-loss. */
function best(calibrated: readonly CalibratedCheck[]): CalibratedCheck | undefined {
  const known = calibrated.filter(({ gain }) => isFiniteNumber(gain.value));
  return known.sort((first, second) => second.gain.value - first.gain.value)[0];
}

function comparison(sheet: Sheet, { applied, uncalibrated, calibrated }: CalibrationSummary): Content {
  const row = (name: Content, check: CalibrationCheck, gain: string) => [
    name,
    significant(check.error.value),
    measured(check.error.debiased, check.error.deviation),
    pValue(check.error.pValue),
    significant(check.brier, 4),
    significant(check.logLoss, 4),
    gain,
    significant(check.jensenShannon),
  ];
  const mark = (method: string) => (method === applied ? sheet.element('strong', {}, method) : method);
  const heads = ['', 'ECE', 'ECE less bias', 'p', 'Brier', 'log-loss [nat]', 'gain [nat]', 'JSD [bit]'];
  return [
    table(sheet, 'calibrations', heads, [
      row('none', uncalibrated, '0'),
      ...calibrated.map((check) =>
        row(mark(check.method), check, measured(check.gain.value, check.gain.standardError)),
      ),
    ]),
    sheet.element(
      'p',
      { class: 'lead' },
      'Every row is calibrated by a map that was fitted to the other folds. ECE is the mean distance of the reliability curve from the diagonal; ',
      'its bias is what perfect probabilities would show, measured by drawing labels from the stated ones, and p the chance of an ECE ',
      'as large from them. Gain: by how much the log-loss falls, ± the scatter of the rows. A calibration that gains nothing within its error is ',
      'not worth applying.',
    ),
  ];
}
