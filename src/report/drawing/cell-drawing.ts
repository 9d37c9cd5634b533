import type { PicturedLayer } from '../../evaluation/result.js';
import { cellPaths, minusPaths, outline, type Square } from './cell-paths.js';
import type { ColorScale } from './color-scale.js';
import { plain } from './numbers.js';
import { Pen } from './pen.js';

/** One picture of a layer. */
export interface CellPanel {
  readonly title: string;
  readonly layer: PicturedLayer;
  /** One a cell. */
  readonly values: readonly unknown[];
  readonly scale: ColorScale;
}

/** Draws panels and scales into one drawing. */
export class CellDrawing {
  readonly pen: Pen;
  readonly node: SVGElement;

  constructor(document: Document, width: number, height: number, description: string) {
    this.pen = new Pen(document);
    this.node = this.pen.drawing(width, height, description);
  }

  panel({ title, layer, values, scale }: CellPanel, square: Square): void {
    const { left, top, size } = square;
    const cells = this.pen.group('cells');
    const colors = values.map((value) => scale.colorOf(value));
    const paths = cellPaths(layer, colors, square);
    for (const color of scale.colors) {
      const path = paths.get(color);
      if (path) cells.append(this.pen.path(color, path));
    }
    const marked = colors.map((color) => color !== null && scale.negative.includes(color));
    const minus = marked.includes(true) ? [this.pen.path('minus', minusPaths(layer, marked, square))] : [];
    this.node.append(cells, ...minus, this.pen.path('outline', [outline(layer, square)]));
    if (title !== '') this.text(title, left + size / 2, top - 5, 'middle', size + 8);
  }

  /** What the directions of a panel are and how far it extends. */
  axes({ kind, first, second }: PicturedLayer, { left, top, size }: Square): void {
    const [middle, beside] = [left + size / 2, left - 6];
    const extent = ({ label, unit, edges }: PicturedLayer['first']) =>
      `${label} ${significant3(edges[0])} to ${significant3(edges.at(-1))} ${unit}`;
    const [across, along] =
      kind === 'grid'
        ? [extent(first), extent(second)]
        : [`r to ${significant3(first.edges.at(-1))} ${first.unit}`, second.edges.length > 2 ? 'α = ±π' : ''];
    this.text(across, middle, top + size + 13, 'middle');
    if (along === '') return;
    const place = { x: beside, y: top + size / 2, anchor: 'middle', turned: true } as const;
    this.node.append(this.pen.text(along, place));
  }

  bar(scale: ColorScale, left: number, top: number, width: number): void {
    const { colors, labels, title } = scale;
    this.text(title, left, top - 4, 'start');
    const cell = width / colors.length;
    const bar = this.pen.group('cells');
    for (const [i, color] of colors.entries()) {
      bar.append(this.pen.path(color, [`M${left + i * cell} ${top}h${cell}v9h${-cell}z`]));
    }
    this.node.append(bar, this.pen.path('outline', [`M${left} ${top}h${width}v9h${-width}z`]));
    if (scale.negative.length > 0) {
      this.node.append(this.pen.path('minus', [`M${left} ${top + 4.5}h${scale.negative.length * cell}`]));
    }
    for (const { at, text } of labels) {
      this.text(text, left + at * width, top + 21, at === 0 ? 'start' : at === 1 ? 'end' : 'middle');
    }
  }

  text(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', room?: number): void {
    this.node.append(this.pen.text(text, { x, y, anchor, ...(room !== undefined && { room }) }));
  }
}

/** `41.9`, `−6`. */
function significant3(value: number | undefined): string {
  return plain(value === undefined ? value : Number(value.toPrecision(3)));
}
