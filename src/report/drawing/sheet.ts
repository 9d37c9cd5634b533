import { powerOfTen } from './numbers.js';

/** What can stand inside an element; `null` leaves nothing. Text is always text, never markup. */
export type Content = Node | string | null | readonly Content[];

export type Attributes = Readonly<Record<string, string>>;

/** A cell of a table of numbers; null stays empty. */
export type Cell = number | string | null | undefined;

/** The numbers of a figure. */
export interface FigureNumbers {
  /** Stable, as a name of files without their ending. */
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What `lower` and `upper` are the ends of, where there are such columns. */
  readonly binned: { readonly label: string; readonly unit: string } | null;
}

/**
 * Builds the nodes of the report. All text goes in as text nodes and attribute values, so nothing that comes from
 * outside (file names, labels, warnings) can become markup.
 */
export class Sheet {
  readonly document: Document;
  /** What the rows of the samples are, plural: `showers`. */
  readonly noun: string;
  /** The numbers of the figures, by the links that save them. */
  readonly numbers = new Map<Element, FigureNumbers>();

  constructor(document: Document, noun: string) {
    this.document = document;
    this.noun = noun;
  }

  /** The same at the beginning of a sentence. */
  get nounAtStart(): string {
    return `${this.noun.charAt(0).toUpperCase()}${this.noun.slice(1)}`;
  }

  element(name: string, attributes: Attributes, ...content: Content[]): HTMLElement {
    const element = this.document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    this.append(element, content);
    return element;
  }

  /** A label such as `E_dep / E_inc` with its indices as subscripts. */
  quantity(label: string): Content {
    return splitIndices(label).map((part) =>
      part.index ? this.element('sub', {}, part.text) : this.document.createTextNode(part.text),
    );
  }

  /** A sentence of the result: indices as subscripts, `4e-8` as 4·10⁻⁸. */
  prose(text: string): Content {
    return this.quantity(
      text.replace(/(?<![\w.])(\d(?:\.\d+)?)e([+-]?\d+)\b/g, (_, digits, exponent) => {
        const power = powerOfTen(Number(exponent));
        return digits === '1' ? power : `${digits}·${power}`;
      }),
    );
  }

  private append(parent: Node, content: Content): void {
    if (content === null) return;
    if (typeof content === 'string') parent.appendChild(this.document.createTextNode(content));
    else if (isNode(content)) parent.appendChild(content);
    else for (const part of content) this.append(parent, part);
  }
}

function isNode(content: Node | readonly Content[]): content is Node {
  return 'nodeType' in content;
}

/**
 * Splits a label at its indices: `E_dep` is E with the index dep, `⟨η⟩_0` has the index 0; after a word, as in
 * `layer_energy`, an underscore is just that.
 */
export function splitIndices(label: string): { readonly text: string; readonly index: boolean }[] {
  return label
    .split(/(?<=(?<![\p{L}\p{N}_])\p{L}|[)\]⟩])_([\p{L}\p{N}]+(?:,[\p{L}\p{N}]+)*)(?![\p{L}\p{N}_])/u)
    .map((text, position) => ({ text, index: position % 2 === 1 }))
    .filter((part) => part.text !== '');
}
