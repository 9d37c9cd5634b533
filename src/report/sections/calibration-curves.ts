import * as Plot from '@observablehq/plot';
import type { CalibrationCheck, ReliabilityBin, WeightCalibration } from '../../evaluation/result.js';
import { soundDomain } from '../drawing/axes.js';
import { drawChart } from '../drawing/chart.js';
import { csvLink } from '../drawing/csv-link.js';
import { figure, legend, placeholder } from '../drawing/legend.js';
import { count, isFiniteNumber, plain } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';

/** A curve of a figure: `before` is of ln w as it is, `after` of a calibration. */
export interface CalibrationCurve {
  readonly kind: 'before' | 'after';
  readonly name: string;
  readonly check: CalibrationCheck;
}

const curveColours = { before: 'currentColor', after: 'var(--reweighted)' } as const;

/** A bin with what was measured in it; an end that is null is the frame. */
interface MeasuredBin {
  readonly lower: number;
  readonly upper: number;
  readonly at: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Measured ratio of the densities in bins of the weight, against the weight itself. */
export function weightCalibrationFigure(sheet: Sheet, curves: readonly CalibrationCurve[]): HTMLElement {
  const measured = curves.map(({ check }) => ratioBins(check.weights));
  const shown = measured.flat();
  if (shown.length === 0) {
    return figure(
      sheet,
      'calibration',
      placeholder(sheet, 'No bin of the weight between 0.01 and 100 holds a row.'),
    );
  }
  const ends = shown.flatMap(({ lower, upper, low, high }) => [lower, upper, low, high]).filter(isPositive);
  const inside = (value: number) => Math.min(Math.max(value, 1e-3), 1e3);
  const domain = soundDomain(inside(Math.min(...ends)) / 1.1, inside(Math.max(...ends)) * 1.1, 'log');
  const drawing = drawChart(sheet.document, {
    width: 400,
    height: 384,
    margin: { top: 22, right: 14, bottom: 38, left: 46 },
    x: { domain, scale: 'log', title: 'weight w, mean of the bin' },
    y: { domain, scale: 'log', title: 'measured ratio reference / generated' },
    marks: [diagonal(domain), ...curves.flatMap(({ kind }, i) => binMarks(measured[i] ?? [], kind, domain))],
    description: 'Measured ratio of the samples in bins of the weight, against the weight, with the diagonal',
  });
  return figure(
    sheet,
    'calibration weight-calibration',
    drawing,
    curveLegend(sheet, curves, 'weight = ratio'),
    sheet.element(
      'p',
      {},
      'How many reference rows there are for one generated row, in bins of w. On the diagonal the weight is the ratio of the ',
      'densities; a curve that is steeper than the diagonal has weights that are too timid, a flatter one too bold. Bands are ',
      '68 % intervals of the two counts.',
    ),
    curves.map(({ name, check }) => limits(sheet, name, check.weights)),
    csvLink(
      sheet,
      'weight-calibration',
      ['curve', 'w_lower', 'w_upper', 'reference', 'generated', 'mean_w', 'ratio', 'ratio_low', 'ratio_high'],
      curves.flatMap(({ name, check: { weights } }) =>
        weights.ratio.map((ratio, bin) => [
          name,
          weights.edges[bin],
          weights.edges[bin + 1],
          weights.reference[bin],
          weights.generated[bin],
          weights.meanWeight[bin],
          ratio,
          weights.ratioLow[bin],
          weights.ratioHigh[bin],
        ]),
      ),
    ),
  );
}

/** Share of reference rows in bins of the probability that the classifiers state. */
export function reliabilityFigure(sheet: Sheet, curves: readonly CalibrationCurve[]): HTMLElement {
  const measured = curves.map(({ check }) => check.reliability.flatMap(reliabilityBin));
  const shown = measured.flat();
  if (shown.length === 0) {
    return figure(sheet, 'calibration', placeholder(sheet, 'The result holds no reliability curve.'));
  }
  const ends = shown.flatMap(({ lower, upper, low, high }) => [lower, upper, low ?? lower, high ?? upper]);
  const domain = soundDomain(Math.min(...ends, 0.5), Math.max(...ends, 0.5), 'linear');
  const drawing = drawChart(sheet.document, {
    width: 400,
    height: 384,
    margin: { top: 22, right: 14, bottom: 38, left: 46 },
    x: { domain, scale: 'linear', title: 'stated probability D = w/(1 + w), mean of the bin' },
    y: { domain, scale: 'linear', title: 'measured share of reference rows' },
    marks: [diagonal(domain), ...curves.flatMap(({ kind }, i) => binMarks(measured[i] ?? [], kind, domain))],
    description: 'Share of reference rows in bins of the stated probability, with the diagonal',
  });
  return figure(
    sheet,
    'calibration reliability',
    drawing,
    curveLegend(sheet, curves, 'stated = measured'),
    sheet.element(
      'p',
      {},
      'The same as probabilities: of the rows that are said to be reference rows with probability D, as many should be. Bins hold ',
      'equally many rows; both samples count half of all. Bands are 68 % intervals (Wilson).',
    ),
    csvLink(
      sheet,
      'reliability',
      ['curve', 'D_lower', 'D_upper', 'reference', 'generated', 'mean_D', 'share', 'share_low', 'share_high'],
      curves.flatMap(({ name, check }) =>
        check.reliability.map((bin) => [
          name,
          bin.lower,
          bin.upper,
          bin.reference,
          bin.generated,
          bin.meanProbability,
          bin.frequency,
          bin.frequencyLow,
          bin.frequencyHigh,
        ]),
      ),
    ),
  );
}

function curveLegend(sheet: Sheet, curves: readonly CalibrationCurve[], guide: string): HTMLElement {
  return legend(sheet, [
    ...curves.map(({ kind, name }): [string, string] => [`calibration-${kind}`, name]),
    ['guide', guide],
  ]);
}

function diagonal(domain: readonly [number, number]): Plot.Markish {
  return Plot.line([...domain], { x: [...domain], y: [...domain], className: 'guide' });
}

/** A band over each bin, a point where the value is finite, and a triangle at the frame where it is only limited. */
function binMarks(
  bins: readonly MeasuredBin[],
  kind: CalibrationCurve['kind'],
  [bottom, top]: readonly [number, number],
): Plot.Markish[] {
  const points = bins.filter(({ value }) => value !== null && value >= bottom && value <= top);
  const limited = bins.filter((bin) => !points.includes(bin));
  const beyond = (end: 'top' | 'bottom') =>
    Plot.dot(
      limited.filter(({ value }) => (value === null || value > top) === (end === 'top')),
      {
        x: 'at',
        y: () => (end === 'top' ? top : bottom),
        dy: end === 'top' ? 6 : -6,
        symbol: 'triangle',
        rotate: end === 'top' ? 0 : 180,
        r: 3,
        fill: curveColours[kind],
        className: `limit calibration-${kind}`,
      },
    );
  return [
    Plot.rect(bins, {
      x1: 'lower',
      x2: 'upper',
      y1: ({ low }: MeasuredBin) => low ?? bottom,
      y2: ({ high }: MeasuredBin) => high ?? top,
      fill: curveColours[kind],
      className: `band calibration-${kind}`,
    }),
    Plot.dot(points, {
      x: 'at',
      y: 'value',
      r: kind === 'before' ? 2.6 : 3.2,
      fill: curveColours[kind],
      symbol: kind === 'before' ? 'circle' : 'square',
      className: `point calibration-${kind}`,
    }),
    beyond('top'),
    beyond('bottom'),
  ];
}

/** Bins of the weight that hold a row. */
function ratioBins(calibration: WeightCalibration): MeasuredBin[] {
  const { edges, meanWeight, ratio, ratioLow, ratioHigh } = calibration;
  return ratio.flatMap((value, bin) => {
    const [lower, upper] = [edges[bin], edges[bin + 1]];
    const [low, high] = [ratioLow[bin], ratioHigh[bin]];
    if (!isPositive(lower) || !isPositive(upper) || (!isPositive(low) && !isPositive(high))) return [];
    const mean = meanWeight[bin];
    return [
      {
        lower,
        upper,
        at: isPositive(mean) ? mean : Math.sqrt(lower * upper),
        value: isFiniteNumber(value) ? value : null,
        low: isPositive(low) ? low : null,
        high: isPositive(high) ? high : null,
      },
    ];
  });
}

function reliabilityBin(bin: ReliabilityBin): MeasuredBin[] {
  const { lower, upper, meanProbability: at, frequency: value, frequencyLow: low, frequencyHigh: high } = bin;
  return [lower, upper, at, value, low, high].every(isFiniteNumber)
    ? [{ lower, upper, at, value, low, high }]
    : [];
}

/** Says which rows lie in bins with a limit only, and which off the axis. */
function limits(
  sheet: Sheet,
  name: string,
  { edges, reference, generated, below, above }: WeightCalibration,
): Content {
  const alone = (own: readonly number[], other: readonly number[]) =>
    own.reduce((sum, rows, bin) => sum + (other[bin] === 0 ? rows : 0), 0);
  const total = (rows: readonly number[], role: 'reference' | 'generated') =>
    rows.reduce((sum, n) => sum + n, below[role] + above[role]);
  const parts: string[] = [];
  const say = (rows: number, role: 'reference' | 'generated', where: string) => {
    const all = total(role === 'reference' ? reference : generated, role);
    if (rows > 0) parts.push(`${count(rows)} of ${count(all)} ${role} rows lie ${where}`);
  };
  say(
    alone(reference, generated),
    'reference',
    'in bins without generated rows (the ratio has a lower limit only, ▲)',
  );
  say(
    alone(generated, reference),
    'generated',
    'in bins without reference rows (the ratio has an upper limit only, ▼)',
  );
  const axis = `off the axis (w below ${plain(edges[0])} or above ${plain(edges.at(-1))})`;
  say(below.reference + above.reference, 'reference', axis);
  say(below.generated + above.generated, 'generated', axis);
  if (parts.length === 0) return null;
  return sheet.element('p', {}, sheet.element('i', {}, name), `: ${parts.join('; ')}.`);
}

function isPositive(value: number | null | undefined): value is number {
  return isFiniteNumber(value) && value > 0;
}
