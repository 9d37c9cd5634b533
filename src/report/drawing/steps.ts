import * as Plot from '@observablehq/plot';
import type { HistogramSeries, RatioBin } from './histogram-series.js';

/** The role of a curve; it fixes the colour everywhere in the report. */
export type Role = 'reference' | 'generated' | 'reweighted';

/** CSS colour of a role. */
export function roleColour(role: Role): string {
  return `var(--${role})`;
}

/**
 * A histogram as marks: outline, and its statistical error as a band. `floor` is the bottom of the frame, where empty
 * bins lie on a logarithmic axis. Points are (edge, height) in pairs, the height holding until the next edge.
 */
export function stepMarks(series: HistogramSeries, role: Role, floor: number): Plot.Markish[] {
  const { edges, shares, errors } = series;
  const last = edges.length - 1;
  const start = edges[0] ?? 0;
  const end = edges[last] ?? 0;
  const raised = (height: number) => Math.max(height, floor);
  const outlineX = [start, ...edges.slice(0, last), end];
  const outlineY = [floor, ...shares.map(raised), floor];
  const outline = { x: outlineX, y: outlineY, curve: 'step-after' as const };
  const low = shares.map((share, bin) => raised(share - (errors[bin] ?? 0)));
  const high = shares.map((share, bin) => raised(share + (errors[bin] ?? 0)));
  const band = Plot.areaY(
    { length: edges.length },
    {
      x: [...edges],
      y1: [...low, low[last - 1] ?? floor],
      y2: [...high, high[last - 1] ?? floor],
      curve: 'step-after',
      fill: roleColour(role),
      className: `band ${role}`,
    },
  );
  const line = Plot.line(
    { length: outlineX.length },
    { ...outline, stroke: roleColour(role), className: `step ${role}` },
  );
  if (role !== 'reference') return [band, line];
  const filled = Plot.areaY(
    { length: outlineX.length },
    {
      x: outlineX,
      y1: outlineX.map(() => floor),
      y2: outlineY,
      curve: 'step-after',
      fill: roleColour(role),
      className: `fill ${role}`,
    },
  );
  return [filled, band, line];
}

/**
 * A ratio as marks: a horizontal stroke over each bin, a vertical error bar, and a triangle at the frame for each bin
 * whose ratio lies outside `range`. `offset` (0 to 1) is where in the bin the error bar stands.
 */
export function ratioMarks(
  bins: readonly RatioBin[],
  role: Role,
  range: readonly [number, number],
  offset: number,
  scale: 'linear' | 'log',
): Plot.Markish[] {
  const [bottom, top] = range;
  const x: number[] = [];
  const y: number[] = [];
  const stroke = (...points: [number, number][]) => {
    for (const point of points) {
      x.push(point[0]);
      y.push(point[1]);
    }
    // A gap: the next stroke starts anew.
    x.push(Number.NaN);
    y.push(Number.NaN);
  };
  for (const { lower, upper, ratio, error } of bins) {
    if (ratio < bottom || ratio > top) continue;
    stroke([lower, ratio], [upper, ratio]);
    const at = between(lower, upper, offset, scale);
    if (error !== null) stroke([at, Math.max(ratio - error, bottom)], [at, Math.min(ratio + error, top)]);
  }
  const beyond = (outside: readonly RatioBin[], edge: number, rotate: number) =>
    outside.length === 0
      ? null
      : Plot.dot(
          { length: outside.length },
          {
            x: outside.map((bin) => between(bin.lower, bin.upper, offset, scale)),
            y: outside.map(() => edge),
            dy: rotate === 0 ? 5 : -5,
            symbol: 'triangle',
            rotate,
            r: 2.2,
            fill: roleColour(role),
            className: `beyond ${role}`,
          },
        );
  return [
    Plot.line({ length: x.length }, { x, y, stroke: roleColour(role), className: `ratio ${role}` }),
    beyond(
      bins.filter((bin) => bin.ratio > top),
      top,
      0,
    ),
    beyond(
      bins.filter((bin) => bin.ratio < bottom),
      bottom,
      180,
    ),
  ];
}

function between(lower: number, upper: number, share: number, scale: 'linear' | 'log'): number {
  return scale === 'log' ? lower * (upper / lower) ** share : lower + share * (upper - lower);
}
