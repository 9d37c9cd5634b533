import * as Plot from '@observablehq/plot';
import type { EvaluationResult, RocCurve } from '../../evaluation/result.js';
import { drawChart } from '../drawing/chart.js';
import { csvLink } from '../drawing/csv-link.js';
import { figure, legend, placeholder } from '../drawing/legend.js';
import { area, isFiniteNumber } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

export const roc: Section<RocCurve> = { classifier: rocFigure };

/** ROC curve of the ensemble, reference showers being the positives. */
function rocFigure(sheet: Sheet, roc: RocCurve, { auc }: EvaluationResult): HTMLElement {
  const { falsePositiveRate, truePositiveRate } = roc;
  const points = falsePositiveRate
    .map((x, index) => ({ x, y: truePositiveRate[index] }))
    .filter((point) => isFiniteNumber(point.x) && isFiniteNumber(point.y));
  if (points.length < 2) return figure(sheet, 'roc', placeholder(sheet, 'The result holds no ROC curve.'));
  const drawing = drawChart(sheet.document, {
    width: 400,
    height: 384,
    margin: { top: 22, right: 14, bottom: 38, left: 46 },
    x: { domain: [0, 1], scale: 'linear', title: `generated ${sheet.noun} accepted` },
    y: { domain: [0, 1], scale: 'linear', title: `reference ${sheet.noun} accepted` },
    marks: [
      Plot.areaY(points, { x: 'x', y1: 'x', y2: 'y', className: 'roc-area' }),
      Plot.line([0, 1], { x: [0, 1], y: [0, 1], className: 'guide' }),
      Plot.line(points, { x: 'x', y: 'y', className: 'curve roc-curve' }),
    ],
    description: 'ROC curve of the classifier ensemble with the diagonal of equal samples',
  });
  return figure(
    sheet,
    'roc',
    drawing,
    legend(sheet, [
      ['curve', `ensemble, AUC ${area(auc.value, auc.standardError)}`],
      ['guide', 'equal samples'],
    ]),
    sheet.element(
      'p',
      {},
      `Cutting on the weight from high to low, how many ${sheet.noun} of each sample are accepted. The further the curve `,
      'leaves the diagonal, the better the samples can be told apart. The curve is of all rows together, the AUC the mean of the areas ',
      'fold by fold: where scores lie higher in some folds, the area under the curve is smaller.',
    ),
    csvLink(
      sheet,
      'roc',
      ['generated_accepted', 'reference_accepted'],
      points.map(({ x, y }) => [x, y]),
    ),
  );
}
