import * as Plot from '@observablehq/plot';
import type { Axis } from './axes.js';
import { frameMark } from './frame.js';

export interface Chart {
  /** In CSS pixels; the drawing scales with the page. */
  readonly width: number;
  readonly height: number;
  readonly margin: {
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly left: number;
  };
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Plot.Markish[];
  /** What a reader who cannot see the drawing is told. */
  readonly description: string;
}

/**
 * Draws a chart as an SVG element: the marks inside a frame with ticks on its inside, values beyond the frame held
 * at its edge. All colors are CSS variables or `currentColor`, so that the page decides between light and dark.
 */
export function drawChart(document: Document, chart: Chart): SVGSVGElement {
  const { margin, x, y } = chart;
  const drawing = Plot.plot({
    document,
    className: 'chart',
    width: chart.width,
    height: chart.height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    x: { type: x.scale, domain: [...x.domain], axis: null, clamp: true },
    y: { type: y.scale, domain: [...y.domain], axis: null, clamp: true },
    marks: [...chart.marks, frameMark(x, y)],
  }) as unknown as SVGSVGElement;
  // The page's own style sheet takes the place of the one that comes with every drawing.
  drawing.querySelector('style')?.remove();
  for (const name of ['font-family', 'font-size']) drawing.removeAttribute(name);
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', chart.description);
  return drawing;
}
