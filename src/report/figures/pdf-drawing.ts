import { readFileSync } from 'node:fs';
import type PDFDocument from 'pdfkit';
import type { PaperFigure } from './paper-figures.js';
import { fontFile, sizeOf } from './svg-text.js';

/** Makes documents of one page; of the package pdfkit, which is there where the user installed it. */
export type PdfMaker = new (options: PDFKit.PDFDocumentOptions) => typeof PDFDocument.prototype;
type Pdf = typeof PDFDocument.prototype;

const pointsOfCm = 72 / 2.54;
const font = 'figures';

/** What a node hands down to those in it. */
interface Style {
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly dash: readonly number[];
  readonly fillOpacity: number;
  readonly strokeOpacity: number;
  readonly rule: 'nonzero' | 'evenodd';
  readonly cap: 'butt' | 'round' | 'square';
  readonly join: 'miter' | 'round' | 'bevel';
  readonly fontSize: number;
  readonly anchor: string;
}

const initial: Style = {
  fill: 'none',
  stroke: 'none',
  strokeWidth: 1,
  dash: [],
  fillOpacity: 1,
  strokeOpacity: 1,
  rule: 'nonzero',
  cap: 'butt',
  join: 'miter',
  fontSize: 11,
  anchor: 'start',
};

/** The drawing as a PDF of one page in the size of print; letters are text in the font of the figures, of which the file holds what it needs. */
export async function pdfOf(figure: PaperFigure, made: Date, Maker: PdfMaker): Promise<Buffer> {
  const size = sizeOf(figure);
  const scale = (size.width * pointsOfCm) / figure.width;
  const pdf = new Maker({
    size: [size.width * pointsOfCm, size.height * pointsOfCm],
    margin: 0,
    // Otherwise the package opens a font of its own first.
    font: readFileSync(fontFile) as unknown as string,
    info: { Title: figure.caption, Creator: 'caloscope', Producer: 'caloscope', CreationDate: made },
  });
  const pieces: Buffer[] = [];
  pdf.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  pdf.registerFont(font, readFileSync(fontFile)).font(font);
  pdf.scale(scale);
  for (const node of figure.drawing.childNodes) draw(pdf, node as Element, initial);
  pdf.end();
  await ended;
  return Buffer.concat(pieces);
}

function draw(pdf: Pdf, node: Element, above: Style): void {
  if (node.nodeType !== 1) return;
  const style = styleOf(node, above);
  const number = (name: string) => Number(node.getAttribute(name) ?? 0);
  pdf.save();
  transform(pdf, node.getAttribute('transform') ?? '');
  switch (node.localName.toLowerCase()) {
    case 'g':
      for (const child of node.childNodes) draw(pdf, child as Element, style);
      break;
    case 'path':
      pdf.path(node.getAttribute('d') ?? '');
      paint(pdf, style);
      break;
    case 'line':
      pdf.moveTo(number('x1'), number('y1')).lineTo(number('x2'), number('y2'));
      paint(pdf, style);
      break;
    case 'rect':
      pdf.rect(number('x'), number('y'), number('width'), number('height'));
      paint(pdf, style);
      break;
    case 'circle':
      pdf.circle(number('cx'), number('cy'), number('r'));
      paint(pdf, style);
      break;
    case 'text':
      write(pdf, node, style);
      break;
    default:
      throw new Error(`a drawing has a node <${node.localName}>, which is not drawn as PDF`);
  }
  pdf.restore();
}

function styleOf(node: Element, above: Style): Style {
  const own = (name: string) => node.getAttribute(name);
  const number = (name: string, inherited: number) =>
    own(name) === null ? inherited : Number.parseFloat(own(name) as string);
  const dash = own('stroke-dasharray');
  return {
    fill: own('fill') ?? above.fill,
    stroke: own('stroke') ?? above.stroke,
    strokeWidth: number('stroke-width', above.strokeWidth),
    dash:
      dash === null
        ? above.dash
        : dash
            .split(/[\s,]+/)
            .map(Number)
            .filter(Number.isFinite),
    fillOpacity: number('fill-opacity', above.fillOpacity),
    strokeOpacity: number('stroke-opacity', above.strokeOpacity),
    rule: (own('fill-rule') ?? above.rule) as Style['rule'],
    cap: (own('stroke-linecap') ?? above.cap) as Style['cap'],
    join: (own('stroke-linejoin') ?? above.join) as Style['join'],
    fontSize: number('font-size', above.fontSize),
    anchor: own('text-anchor') ?? above.anchor,
  };
}

function transform(pdf: Pdf, text: string): void {
  for (const [, name, list = ''] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a = 0, b = 0, c = 0] = list.split(/[\s,]+/).map(Number);
    if (name === 'translate') pdf.translate(a, b);
    else if (name === 'rotate') pdf.rotate(a, { origin: [b, c] });
    else throw new Error(`a drawing has the transformation ${name}, which is not drawn as PDF`);
  }
}

/** Fills and strokes the path that was begun. */
function paint(pdf: Pdf, style: Style): void {
  const { fill, stroke, strokeWidth, dash, fillOpacity, strokeOpacity, rule, cap, join } = style;
  const rules = rule === 'evenodd' ? 'even-odd' : 'non-zero';
  if (stroke !== 'none') {
    pdf.lineWidth(strokeWidth).lineCap(cap).lineJoin(join).strokeOpacity(strokeOpacity);
    if (dash.length > 0) pdf.dash(dash[0] as number, { space: dash[1] ?? (dash[0] as number) });
  }
  if (fill !== 'none') pdf.fillOpacity(fillOpacity);
  if (fill !== 'none' && stroke !== 'none') pdf.fillAndStroke(fill, stroke, rules);
  else if (fill !== 'none') pdf.fill(fill, rules);
  else if (stroke !== 'none') pdf.stroke(stroke);
  // Nothing is seen of it; the next path begins anew.
  else pdf.addContent('n');
}

/** One line of text; indices are pieces of it, lowered and smaller. */
function write(pdf: Pdf, node: Element, style: Style): void {
  const pieces = [...node.childNodes].map((child) => {
    const piece = child as Element;
    const own = piece.nodeType === 1 ? styleOf(piece, style) : style;
    const lowered = piece.nodeType === 1 ? Number(piece.getAttribute('dy') ?? 0) : 0;
    return { text: child.textContent ?? '', size: own.fontSize, lowered };
  });
  const widths = pieces.map(({ text, size }) => pdf.fontSize(size).widthOfString(text));
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const share = { start: 0, middle: 0.5, end: 1 }[style.anchor] ?? 0;
  let x = Number(node.getAttribute('x') ?? 0) - share * whole;
  const above = node.getAttribute('y') ?? '0';
  let y = Number.parseFloat(above) * (above.endsWith('em') ? style.fontSize : 1);
  pdf.fillOpacity(style.fillOpacity).fillColor(style.fill);
  for (const [i, { text, size, lowered }] of pieces.entries()) {
    y += lowered;
    pdf.fontSize(size).text(text, x, y, { lineBreak: false, baseline: 'alphabetic' });
    x += widths[i] as number;
  }
}
