import { readFileSync } from 'node:fs';
import type { PaperFigure } from './paper-figures.js';

export const fontName = 'DejaVu Sans Condensed';
export const fontFile = new URL('../../../fonts/figures.woff', import.meta.url);

/** Widths of columns of the journals of the field, cm. */
const columns = { one: 8.6, two: 17.8 } as const;
/** Pixels of the report that a single column holds; letters of its drawings are 7 to 8 points high then. */
const widestOfOne = 420;

/** Size in print, cm. */
export function sizeOf({ width, height }: Pick<PaperFigure, 'width' | 'height'>) {
  const across = width > widestOfOne ? columns.two : columns.one;
  return { width: across, height: (across * height) / width };
}

/** The drawing as a file of its own: with its font, without style sheets of others, on white. */
export function svgText({ drawing, width, height, caption }: PaperFigure): string {
  const size = sizeOf({ width, height });
  const font = readFileSync(fontFile).toString('base64');
  const face = `@font-face{font-family:"${fontName}";src:url(data:font/woff;base64,${font}) format("woff")}`;
  const content = [...drawing.childNodes].map((node) => markup(node)).join('');
  const attributes = Object.entries({
    xmlns: 'http://www.w3.org/2000/svg',
    width: `${size.width}cm`,
    height: `${Number(size.height.toFixed(3))}cm`,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': `"${fontName}", "DejaVu Sans", Helvetica, Arial, sans-serif`,
    'font-size': '11',
    fill: 'none',
  });
  const opening = attributes.map(([name, value]) => `${name}="${escaped(value)}"`).join(' ');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg ${opening}><title>${escaped(caption)}</title><style>${face}</style><path d="M0,0H${width}V${height}H0Z" fill="#ffffff"/>${content}</svg>\n`;
}

/** A node as XML; classes mean nothing outside of the report. */
function markup(node: Node): string {
  if (node.nodeType === 3) return escaped(node.textContent ?? '');
  if (node.nodeType !== 1) return '';
  const element = node as Element;
  const name = element.localName;
  const attributes = [...element.attributes]
    .filter(({ name }) => name !== 'class' && !name.startsWith('aria-'))
    .map(({ name, value }) => ` ${name}="${escaped(value)}"`)
    .join('');
  return `<${name}${attributes}>${[...element.childNodes].map(markup).join('')}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
