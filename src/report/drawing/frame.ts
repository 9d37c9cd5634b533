import type { Dimensions, RenderFunction } from '@observablehq/plot';
import { type Axis, axisTicks, tickLabels } from './axes.js';
import { Pen } from './pen.js';

/** The rectangle of the drawing that the data live in, in pixels. */
interface Inside {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Place = (value: number) => number;

/**
 * A mark that draws frame, ticks, tick labels and titles. In place of the library's own axes: ticks on the inside with
 * minor ones between them, as in the plots of the field, and all ticks in a single path.
 */
export function frameMark(x: Axis, y: Axis): RenderFunction {
  return (_index, scales, _values, dimensions, context) => {
    const pen = new Pen(context.document);
    const inside = insideOf(dimensions);
    const placeX = inUnits(scales.x as unknown as Place, x);
    const placeY = inUnits(scales.y as unknown as Place, y);
    const group = pen.group('frame');
    const { left, right, top, bottom } = inside;
    group.append(
      horizontalAxis(pen, x, placeX, inside),
      verticalAxis(pen, y, placeY, inside),
      pen.path('border', [`M${left},${top}H${right}V${bottom}H${left}Z`]),
    );
    return group;
  };
}

/** From a number of a label. */
function inUnits(place: Place, { unitSize = 1 }: Axis): Place {
  return (value) => place(value * unitSize);
}

function horizontalAxis(pen: Pen, axis: Axis, place: Place, inside: Inside): SVGElement {
  const { left, right, bottom } = inside;
  const ticks = axisTicks(axis, (right - left) / 70);
  const group = pen.group('x-axis');
  group.append(
    pen.path('ticks', [
      ...ticks.major.map((value) => `M${round(place(value))},${bottom}v-6`),
      ...ticks.minor.map((value) => `M${round(place(value))},${bottom}v-3`),
    ]),
  );
  if (axis.labelled === false) return group;
  const labels = tickLabels(ticks.major, axis.scale);
  for (const [index, value] of ticks.major.entries()) {
    group.append(pen.text(labels[index] ?? '', { x: round(place(value)), y: bottom + 14, anchor: 'middle' }));
  }
  group.append(
    pen.text(axis.title, { x: right, y: bottom + 30, anchor: 'end', className: 'axis-title', room: right }),
  );
  return group;
}

function verticalAxis(pen: Pen, axis: Axis, place: Place, inside: Inside): SVGElement {
  const { left, right, top, bottom } = inside;
  const ticks = axisTicks(axis, Math.max(2, (bottom - top) / 42));
  const group = pen.group('y-axis');
  group.append(
    pen.path('ticks', [
      ...ticks.major.map((value) => `M${left},${round(place(value))}h6`),
      ...ticks.minor.map((value) => `M${left},${round(place(value))}h3`),
    ]),
  );
  if (axis.labelled === false) return group;
  const labels = tickLabels(ticks.major, axis.scale);
  for (const [index, value] of ticks.major.entries()) {
    group.append(pen.text(labels[index] ?? '', { x: left - 6, y: round(place(value)) + 3.5, anchor: 'end' }));
  }
  const title =
    axis.titleAt === 'side'
      ? ({ x: 12, y: (top + bottom) / 2, anchor: 'middle', room: bottom - top, turned: true } as const)
      : ({ x: left, y: top - 7, anchor: 'start', room: right - left } as const);
  group.append(pen.text(axis.title, { ...title, className: 'axis-title' }));
  return group;
}

function insideOf(dimensions: Dimensions): Inside {
  return {
    left: dimensions.marginLeft,
    right: dimensions.width - dimensions.marginRight,
    top: dimensions.marginTop,
    bottom: dimensions.height - dimensions.marginBottom,
  };
}

/** To a hundredth of a pixel. */
function round(position: number): number {
  return Math.round(position * 100) / 100;
}
