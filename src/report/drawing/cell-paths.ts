import type { PicturedLayer } from '../../evaluation/result.js';
import { isFiniteNumber } from './numbers.js';

/** A square of a drawing, in pixels. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** Longest side over shortest, at most: a layer of one row is drawn as a strip. */
const mostStretched = 8;

/**
 * Paths of the cells of a layer, all of one color in one: x or η to the right and y or φ up; rings, equally wide whatever their edges, and
 * angles from the right, counterclockwise. Cells side by side of one color are one shape.
 *
 * @param colors one a cell; null: not drawn.
 */
export function cellPaths(
  layer: PicturedLayer,
  colors: readonly (string | null)[],
  square: Square,
): ReadonlyMap<string, readonly string[]> {
  return layer.kind === 'grid' ? gridPaths(layer, colors, square) : polarPaths(layer, colors, square);
}

/**
 * A line through the middle of every cell that is marked, along x or about the axis: a minus sign, as it were.
 *
 * @param marked one a cell.
 */
export function minusPaths(layer: PicturedLayer, marked: readonly boolean[], square: Square): string[] {
  const { first, second, kind } = layer;
  const colors = marked.map((one) => (one ? 'minus' : null));
  const columns = first.edges.length - 1;
  const lines: string[] = [];
  if (kind === 'grid') {
    const { x, y } = rectangle(layer, square);
    for (let row = 0; row < second.edges.length - 1; row++) {
      const middle = y((shareAt(second, row) + shareAt(second, row + 1)) / 2);
      for (const { start, end } of runs(colors, row * columns, columns, 1)) {
        lines.push(`M${short(x(shareAt(first, start)))} ${short(middle)}H${short(x(shareAt(first, end)))}`);
      }
    }
    return lines;
  }
  for (let ring = 0; ring < columns; ring++) {
    const radius = ((ring + 0.5) / columns) * (square.size / 2);
    for (const { start, end } of runs(colors, ring, second.edges.length - 1, columns)) {
      // In halves: an arc that ends where it begins would be none.
      const ends = [second.edges[start] as number, second.edges[end] as number] as const;
      const angles = [ends[0], (ends[0] + ends[1]) / 2, ends[1]];
      const [from, ...through] = angles.map((angle) => point(square, radius, angle));
      lines.push(`M${from}${through.map((to) => `A${short(radius)} ${short(radius)} 0 0 0 ${to}`).join('')}`);
    }
  }
  return lines;
}

/** Whether a layer can be drawn: its edges are numbers that rise. */
export function isDrawable({ first, second, voxelsPerCell }: PicturedLayer): boolean {
  const rises = ({ edges }: PicturedLayer['first']) =>
    edges.length > 1 &&
    edges.every((edge, i) => isFiniteNumber(edge) && (i === 0 || edge > (edges[i - 1] as number)));
  return rises(first) && rises(second) && voxelsPerCell.every(isFiniteNumber);
}

/** The outline of a layer. */
export function outline(layer: PicturedLayer, square: Square): string {
  if (layer.kind === 'polar') return circle(square, square.size / 2);
  const { x, y } = rectangle(layer, square);
  const [left, right] = [x(0), x(1)];
  const [bottom, top] = [y(0), y(1)];
  return `M${short(left)} ${short(top)}H${short(right)}V${short(bottom)}H${short(left)}z`;
}

function gridPaths(layer: PicturedLayer, colors: readonly (string | null)[], square: Square) {
  const { first, second } = layer;
  const { x, y } = rectangle(layer, square);
  const columns = first.edges.length - 1;
  const paths = new Map<string, string[]>();
  for (let row = 0; row < second.edges.length - 1; row++) {
    const [bottom, top] = [y(shareAt(second, row)), y(shareAt(second, row + 1))];
    for (const { start, end, color } of runs(colors, row * columns, columns, 1)) {
      const [left, right] = [x(shareAt(first, start)), x(shareAt(first, end))];
      const path = `M${short(left)} ${short(top)}h${short(right - left)}v${short(bottom - top)}h${short(left - right)}z`;
      add(paths, color, path);
    }
  }
  return paths;
}

/** Where an edge lies between the ends of its axis. */
function shareAt({ edges }: PicturedLayer['first'], i: number): number {
  const [low, high] = [edges[0] as number, edges.at(-1) as number];
  return ((edges[i] as number) - low) / (high - low);
}

function polarPaths({ first, second }: PicturedLayer, colors: readonly (string | null)[], square: Square) {
  const rings = first.edges.length - 1;
  const angles = second.edges.length - 1;
  const paths = new Map<string, string[]>();
  for (let ring = 0; ring < rings; ring++) {
    const [inner, outer] = [ring, ring + 1].map((i) => (i / rings) * (square.size / 2)) as [number, number];
    for (const { start, end, color } of runs(colors, ring, angles, rings)) {
      const whole = start === 0 && end === angles;
      const [from, to] = [second.edges[start] as number, second.edges[end] as number];
      add(paths, color, whole ? ringPath(square, inner, outer) : sector(square, [inner, outer], [from, to]));
    }
  }
  return paths;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly color: string;
}

/** Neighbors of one color among `count` cells, `stride` apart. */
function runs(colors: readonly (string | null)[], offset: number, count: number, stride: number): Run[] {
  const found: Run[] = [];
  for (let start = 0; start < count; ) {
    const color = colors[offset + start * stride] ?? null;
    let end = start + 1;
    while (end < count && (colors[offset + end * stride] ?? null) === color) end++;
    if (color !== null) found.push({ start, end, color });
    start = end;
  }
  return found;
}

/** Shares of the layer's extent to pixels. */
function rectangle({ first, second }: PicturedLayer, { left, top, size }: Square) {
  const extent = ({ edges }: PicturedLayer['first']) => (edges.at(-1) as number) - (edges[0] as number);
  const [width, height] = [extent(first), extent(second)];
  const longest = Math.max(width, height);
  const [w, h] = [width, height].map((side) => size * Math.max(side / longest, 1 / mostStretched)) as [
    number,
    number,
  ];
  const [x0, y0] = [left + (size - w) / 2, top + (size + h) / 2];
  return { x: (share: number) => x0 + share * w, y: (share: number) => y0 - share * h };
}

function sector(
  square: Square,
  [inner, outer]: readonly [number, number],
  [from, to]: readonly [number, number],
): string {
  const large = to - from > Math.PI ? 1 : 0;
  const arc = (radius: number, sweep: 0 | 1, angle: number) =>
    `A${short(radius)} ${short(radius)} 0 ${large} ${sweep} ${point(square, radius, angle)}`;
  const back = inner === 0 ? '' : arc(inner, 1, from);
  return `M${point(square, outer, from)}${arc(outer, 0, to)}L${point(square, inner, to)}${back}z`;
}

function point({ left, top, size }: Square, radius: number, angle: number): string {
  const [x, y] = [left + size / 2, top + size / 2];
  return `${short(x + radius * Math.cos(angle))} ${short(y - radius * Math.sin(angle))}`;
}

/** Filled by the even-odd rule. */
function ringPath(square: Square, inner: number, outer: number): string {
  return `${circle(square, outer)}${inner === 0 ? '' : circle(square, inner)}`;
}

function circle({ left, top, size }: Square, radius: number): string {
  const [x, y] = [left + size / 2, top + size / 2];
  const half = (sign: number) =>
    `A${short(radius)} ${short(radius)} 0 1 0 ${short(x + sign * radius)} ${short(y)}`;
  return `M${short(x + radius)} ${short(y)}${half(-1)}${half(1)}z`;
}

function add(paths: Map<string, string[]>, color: string, path: string): void {
  const list = paths.get(color);
  if (list) list.push(path);
  else paths.set(color, [path]);
}

/** To a tenth of a pixel. */
function short(position: number): string {
  return String(Math.round(position * 10) / 10);
}
