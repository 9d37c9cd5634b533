import { splitIndices } from './sheet.js';

const namespace = 'http://www.w3.org/2000/svg';

/** About the width of a letter in pixels, enough to keep long titles inside their drawing. */
const letterWidth = 6;

export interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly className?: string;
  /** Pixels that the text may take; longer text is cut with an ellipsis. */
  readonly room?: number;
  /** True for text that runs upwards. */
  readonly turned?: boolean;
}

/** Makes the few SVG nodes that no mark of the plotting library stands for. */
export class Pen {
  private readonly document: Document;

  constructor(document: Document) {
    this.document = document;
  }

  /** An empty drawing; `description` is what a reader who cannot see it is told. */
  drawing(width: number, height: number, description: string): SVGElement {
    return this.node('svg', {
      class: 'chart',
      width: String(width),
      height: String(height),
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': description,
    });
  }

  group(className: string): SVGElement {
    return this.node('g', { class: className });
  }

  path(className: string, segments: readonly string[]): SVGElement {
    return this.node('path', { class: className, d: segments.join('') });
  }

  text(text: string, place: TextPlace): SVGElement {
    const { x, y, anchor, className = 'tick-label', room, turned } = place;
    const node = this.node('text', { class: className, x: String(x), y: String(y), 'text-anchor': anchor });
    if (turned) node.setAttribute('transform', `rotate(-90 ${x} ${y})`);
    this.typeset(node, room === undefined ? text : shortened(text, room));
    return node;
  }

  /** Puts text into a text node, indices lowered. */
  typeset(node: Element, text: string): void {
    node.textContent = '';
    let lowered = false;
    for (const part of splitIndices(text)) {
      if (!part.index && !lowered) {
        node.append(part.text);
        continue;
      }
      const span = this.node('tspan', part.index ? { class: 'index', dy: '3' } : { dy: '-3' });
      lowered = part.index;
      span.append(part.text);
      node.append(span);
    }
  }

  private node(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
    const node = this.document.createElementNS(namespace, name) as SVGElement;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }
}

/** The text, or as much of its beginning as fits into `room` pixels. */
export function shortened(text: string, room: number): string {
  const letters = [...text];
  const fitting = Math.max(1, Math.floor(room / letterWidth));
  return letters.length <= fitting ? text : `${letters.slice(0, fitting - 1).join('')}…`;
}

/** Pixels that a text takes, roughly. */
export function textWidth(text: string): number {
  return [...text].length * letterWidth;
}
