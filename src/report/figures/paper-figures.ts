import { Pen, textWidth } from '../drawing/pen.js';
import type { FigureNumbers, Sheet } from '../drawing/sheet.js';
import { presentDrawings } from './presentation.js';

/** A figure of the report for a paper. */
export interface PaperFigure {
  readonly numbers: FigureNumbers;
  /** What it shows, in a sentence. */
  readonly caption: string;
  /** A drawing of its own, of this width and height: legend above, all parts of the figure in it. */
  readonly drawing: SVGElement;
  readonly width: number;
  readonly height: number;
}

const namespace = 'http://www.w3.org/2000/svg';
/** Pixels of a line of the legend, and of a swatch with its gap. */
const [lineHeight, swatchWidth, swatchGap] = [15, 20, 5];
/** Letters reach beyond the drawings of the report. */
const margin = 8;

/** The figures of a report that have drawings and numbers. The report itself is used up. `style`: rules that override those of the report. */
export function paperFigures(sheet: Sheet, style = ''): PaperFigure[] {
  const figures = [...sheet.document.querySelectorAll('figure')].flatMap((figure) => {
    const numbers = sheet.numbers.get(figure.querySelector('.numbers-link') as Element);
    const parts = [...figure.querySelectorAll('svg')] as unknown as SVGElement[];
    if (!numbers || parts.length === 0) return [];
    return [{ ...composed(sheet, figure, parts), numbers, caption: captionOf(figure, parts) }];
  });
  // Only once they stand in the page do the rules of the style sheet find them.
  sheet.document.body.append(...figures.map(({ drawing }) => drawing));
  presentDrawings(sheet.document, style);
  return figures;
}

function captionOf(figure: Element, [first]: readonly SVGElement[]): string {
  const headings = [figure.closest('section')?.querySelector('h2'), figure.querySelector('h3')];
  const words = headings.map((heading) => heading?.textContent?.trim() ?? '').filter((text) => text !== '');
  return [...words, first?.getAttribute('aria-label') ?? ''].join(': ');
}

/** Legend and parts below each other in one drawing. */
function composed(sheet: Sheet, figure: Element, parts: readonly SVGElement[]) {
  const sizeOf = (part: SVGElement, name: string) => Number(part.getAttribute(name));
  const inside = Math.max(...parts.map((part) => sizeOf(part, 'width')));
  const pen = new Pen(sheet.document);
  const drawing = pen.drawing(0, 0, '');
  let height = margin + drawLegend(pen, drawing, legendOf(figure, parts), inside);
  for (const part of parts) {
    const moved = pen.group('part');
    moved.setAttribute('transform', `translate(${margin} ${height})`);
    // What the plotting library lets all marks inherit.
    moved.setAttribute('fill', part.getAttribute('fill') ?? 'none');
    for (const node of [...part.childNodes]) moved.append(withoutLinks(sheet.document, node));
    drawing.append(moved);
    height += sizeOf(part, 'height');
  }
  return { drawing, width: inside + 2 * margin, height: height + margin };
}

/** Links lead to other parts of the report. */
function withoutLinks(document: Document, node: Node): Node {
  for (const link of (node as Element).querySelectorAll?.('a') ?? []) {
    const group = document.createElementNS(namespace, 'g');
    group.append(...link.childNodes);
    link.replaceWith(group);
  }
  return node;
}

type Entry = readonly [kind: string, name: string];

/** The legend below the figure, or what the legend of its section says of its curves. */
function legendOf(figure: Element, parts: readonly SVGElement[]): Entry[] {
  const entriesOf = (list: Element | null | undefined) =>
    [...(list?.querySelectorAll('li') ?? [])].map((line): Entry => {
      const kind = line.querySelector('.swatch')?.getAttribute('class')?.replace('swatch', '').trim() ?? '';
      return [kind, line.textContent ?? ''];
    });
  const own = figure.querySelector('.legend');
  if (own) return entriesOf(own);
  const isDrawn = ([kind]: Entry) =>
    parts.some((part) => part.querySelector(`.${kind}, [fill="var(--${kind})"]`));
  return entriesOf(figure.closest('section')?.querySelector('.legend')).filter(isDrawn);
}

/** Entries beside each other as far as there is room; resolves to the height. */
function drawLegend(pen: Pen, drawing: SVGElement, entries: readonly Entry[], width: number): number {
  if (entries.length === 0) return 0;
  let [x, y] = [margin, margin + 8];
  for (const [kind, name] of entries) {
    const needed = swatchWidth + swatchGap + textWidth(name);
    if (x > margin && x + needed > width) {
      x = margin;
      y += lineHeight;
    }
    drawing.append(
      ...swatch(pen, kind, x, y),
      pen.text(name, { x: x + swatchWidth + swatchGap, y: y + 4, anchor: 'start' }),
    );
    x += needed + 14;
  }
  return y + 8;
}

/** A short piece of the curve, with the classes that it has in the drawings. */
function swatch(pen: Pen, kind: string, x: number, y: number): SVGElement[] {
  const line = (className: string, stroke?: string) => {
    const path = pen.path(className, [`M${x},${y}h${swatchWidth}`]);
    if (stroke) path.setAttribute('stroke', stroke);
    return path;
  };
  const middle = x + swatchWidth / 2;
  const square = (className: string) => pen.path(className, [`M${middle - 3.5},${y - 3.5}h7v7h-7z`]);
  const disc = (className: string) =>
    pen.path(className, [`M${middle - 3.5},${y}a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0z`]);
  switch (kind) {
    case 'reference':
    case 'generated':
    case 'reweighted': {
      const band = pen.path(`fill ${kind}`, [`M${x},${y - 4}h${swatchWidth}v8h${-swatchWidth}z`]);
      band.setAttribute('fill', `var(--${kind})`);
      return [...(kind === 'reference' ? [band] : []), line(`step ${kind}`, `var(--${kind})`)];
    }
    case 'training':
    case 'validation':
      return [line(`loss ${kind}`)];
    case 'point':
    case 'best-epoch':
      return [disc(kind)];
    case 'calibration-before':
      return [disc('point')];
    case 'calibration-after': {
      const mark = square('');
      mark.setAttribute('fill', 'var(--reweighted)');
      return [mark];
    }
    default:
      return [line(kind)];
  }
}
