import * as Plot from '@observablehq/plot';
import type { WeightCalibration } from '../../evaluation/result.js';
import { soundDomain } from '../drawing/axes.js';
import { drawChart } from '../drawing/chart.js';
import { figure, legend, placeholder } from '../drawing/legend.js';
import { isFiniteNumber } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

interface CalibrationPoint {
  readonly lower: number;
  readonly upper: number;
  readonly weight: number;
  readonly ratio: number;
  readonly error: number;
}

export const calibration: Section<WeightCalibration> = { classifier: calibrationFigure };

/** Measured ratio of the densities in bins of the weight, against the weight itself. */
function calibrationFigure(sheet: Sheet, calibration: WeightCalibration): HTMLElement {
  const points = calibrationPoints(calibration);
  if (points.length === 0) {
    return figure(
      sheet,
      'calibration',
      placeholder(sheet, 'No bin of the weight holds showers of both samples.'),
    );
  }
  return figure(
    sheet,
    'calibration',
    drawCalibration(sheet, points),
    legend(sheet, [
      ['point', 'measured in bins of w'],
      ['guide', 'weight = ratio'],
    ]),
    sheet.element(
      'p',
      {},
      'In each bin of w, how many reference showers there are for one generated shower. Points on the diagonal: the ',
      'weight is the ratio of the densities and can be trusted there. Bars are Poisson errors; bins in which a sample ',
      'has no shower are left out.',
    ),
  );
}

function drawCalibration(sheet: Sheet, points: readonly CalibrationPoint[]): Content {
  const ends = points.flatMap(({ lower, upper, weight, ratio }) => [lower, upper, weight, ratio]);
  const [start, end] = soundDomain(Math.min(...ends) / 1.2, Math.max(...ends) * 1.2, 'log');
  const bars = { x: [] as number[], y: [] as number[] };
  const stroke = (from: [number, number], to: [number, number]) => {
    bars.x.push(from[0], to[0], Number.NaN);
    bars.y.push(from[1], to[1], Number.NaN);
  };
  for (const { lower, upper, weight, ratio, error } of points) {
    stroke([lower, ratio], [upper, ratio]);
    stroke([weight, Math.max(ratio - error, start)], [weight, Math.min(ratio + error, end)]);
  }
  return drawChart(sheet.document, {
    width: 440,
    height: 420,
    margin: { top: 22, right: 14, bottom: 38, left: 46 },
    x: { domain: [start, end], scale: 'log', title: 'weight w, mean of the bin' },
    y: { domain: [start, end], scale: 'log', title: 'measured ratio reference / generated' },
    marks: [
      Plot.line([start, end], { x: [start, end], y: [start, end], className: 'guide' }),
      Plot.line({ length: bars.x.length }, { ...bars, className: 'curve error-bar' }),
      Plot.dot(points, { x: 'weight', y: 'ratio', r: 2.6, className: 'point' }),
    ],
    description: 'Measured ratio of the samples in bins of the weight, against the weight, with the diagonal',
  });
}

function calibrationPoints(calibration: WeightCalibration): CalibrationPoint[] {
  const { edges, meanWeight, ratio, ratioError } = calibration;
  return ratio.flatMap((measured, bin) => {
    const lower = edges[bin];
    const upper = edges[bin + 1];
    if (!isPositive(measured) || !isPositive(lower) || !isPositive(upper)) return [];
    const mean = meanWeight[bin];
    const error = ratioError[bin];
    return [
      {
        lower,
        upper,
        weight: isPositive(mean) ? mean : Math.sqrt(lower * upper),
        ratio: measured,
        error: isPositive(error) ? error : 0,
      },
    ];
  });
}

function isPositive(value: number | null | undefined): value is number {
  return isFiniteNumber(value) && value > 0;
}
