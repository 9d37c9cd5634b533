import type { Lineage, LineageNode } from './lineage.js';

/** An element of a drawing, with elements and text in it. */
export interface Drawn {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: readonly (Drawn | string)[];
}

function drawn(name: string, attributes: Drawn['attributes'], ...content: (Drawn | string)[]): Drawn {
  return { name, attributes, content };
}

const letter = 6.9; // width of a letter of 12 px, at most
const padding = 12;
/** Of a path; of a longer one the end is shown, and all of it in the title. */
const letters = 40;
const height = 40;
const between = 14;
const margin = 16;
/** Between two columns: roles of edges stand there. */
const gap = 110;

interface Box {
  readonly node: LineageNode;
  readonly column: number;
  x: number;
  y: number;
  width: number;
}

const colors = {
  current: { frame: '#4a5568', text: '#1a202c', dashes: {} },
  stale: { frame: '#b8430b', text: '#b8430b', dashes: {} },
  missing: { frame: '#718096', text: '#718096', dashes: { 'stroke-dasharray': '5 4' } },
  unreadable: { frame: '#c53030', text: '#c53030', dashes: {} },
} as const;

/** The graph as a drawing of its own, SVG. */
export function lineageSvg(lineage: Lineage): string {
  return `${markup(lineageDrawing(lineage))}\n`;
}

/**
 * The drawing of the graph: what was made stands to the right of all that it was made from. What is stale is orange, what cannot
 * be read red, what is missing dashed; why stands in its title, which browsers show where the pointer rests. A style sheet may override the colors: the
 * classes are `paper`, `box`, `file-kind`, `name`, `edge`, `head`, `role`, with `current`, `stale`, `missing` or `unreadable` on the group of a file.
 */
export function lineageDrawing({ nodes, edges }: Lineage): Drawn {
  const boxes = placed(nodes, edges);
  const width = round(Math.max(0, ...[...boxes.values()].map((box) => box.x + box.width)) + margin);
  const bottom = round(Math.max(0, ...[...boxes.values()].map((box) => box.y + height)) + margin);
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'lineage',
    width,
    height: bottom,
    viewBox: `0 0 ${width} ${bottom}`,
    'font-family': 'Helvetica, Arial, sans-serif',
    'font-size': 12,
    role: 'img',
    'aria-label': 'What was made from what',
  };
  return drawn(
    'svg',
    attributes,
    drawn('rect', { class: 'paper', width: '100%', height: '100%', fill: '#fff' }),
    ...edges.flatMap(({ from, to }) => {
      const [start, end] = [boxes.get(from), boxes.get(to)];
      return start && end ? drawnEdge(start, end) : [];
    }),
    ...[...boxes.values()].map((box) => drawnRoles(box, edges)),
    ...[...boxes.values()].map(drawnBox),
  );
}

/** Columns by the longest way from what was made from nothing; within one, what has its parents higher stands higher. */
function placed(nodes: readonly LineageNode[], edges: Lineage['edges']): ReadonlyMap<string, Box> {
  const columns = new Map<string, number>();
  const columnOf = (path: string, seen: readonly string[] = []): number => {
    const known = columns.get(path);
    if (known !== undefined) return known;
    const parents = edges.filter(({ to, from }) => to === path && !seen.includes(from));
    const column = Math.max(0, ...parents.map(({ from }) => 1 + columnOf(from, [...seen, path])));
    columns.set(path, column);
    return column;
  };
  const boxes = new Map<string, Box>();
  const last = Math.max(0, ...nodes.map(({ path }) => columnOf(path)));
  let x = margin;
  for (let column = 0; column <= last; column++) {
    const here = nodes.filter(({ path }) => columnOf(path) === column);
    const parentHeight = ({ path }: LineageNode) => {
      const heights = edges.filter(({ to }) => to === path).map(({ from }) => boxes.get(from)?.y ?? 0);
      return heights.reduce((sum, one) => sum + one, 0) / (heights.length || 1);
    };
    const sorted = here.toSorted((a, b) => parentHeight(a) - parentHeight(b) || a.path.localeCompare(b.path));
    const width =
      Math.max(...here.map(({ path, kind }) => letter * Math.max(shown(path).length, kind.length))) +
      2 * padding;
    for (const [row, node] of sorted.entries())
      boxes.set(node.path, { node, column, x, y: margin + row * (height + between), width });
    x += width + gap;
  }
  return boxes;
}

function shown(path: string): string {
  return path.length > letters ? `…${path.slice(1 - letters)}` : path;
}

function drawnBox({ node: { path, kind, state, reasons }, x, y, width }: Box): Drawn {
  const { frame, text, dashes } = colors[state];
  const title = [`${kind} ${path}: ${state}`, ...reasons].join('\n');
  const place = { x: round(x), y: round(y), width: round(width), height, rx: 4 };
  return drawn(
    'g',
    { class: state },
    drawn('title', {}, title),
    drawn('rect', { class: 'box', ...place, fill: '#fff', stroke: frame, ...dashes }),
    drawn(
      'text',
      { class: 'file-kind', x: round(x + padding), y: round(y + 16), fill: frame, 'font-size': 10 },
      state === 'current' ? kind : `${kind}, ${state}`,
    ),
    drawn('text', { class: 'name', x: round(x + padding), y: round(y + 31), fill: text }, shown(path)),
  );
}

function drawnEdge(start: Box, end: Box): Drawn[] {
  const [x1, y1] = [start.x + start.width, start.y + height / 2];
  const [x2, y2] = [end.x, end.y + height / 2];
  const bend = (x1 + x2) / 2;
  const d = `M${round(x1)} ${round(y1)}C${round(bend)} ${round(y1)} ${round(bend)} ${round(y2)} ${round(x2 - 6)} ${round(y2)}`;
  return [
    drawn('path', { class: 'edge', d, fill: 'none', stroke: '#a0aec0' }),
    drawn('path', { class: 'head', d: `M${round(x2)} ${round(y2)}l-7 -3.5v7z`, fill: '#a0aec0' }),
  ];
}

/** What a file was to those that were made of it, beside its box. */
function drawnRoles({ node, x, y, width }: Box, edges: Lineage['edges']): Drawn {
  const roles = new Set(edges.filter(({ from }) => from === node.path).map(({ role }) => role));
  const place = { x: round(x + width + 4), y: round(y + height / 2 - 4) };
  return drawn('text', { class: 'role', ...place, fill: '#718096', 'font-size': 9 }, [...roles].join(', '));
}

function markup({ name, attributes, content }: Drawn): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const inside = content.map((one) => (typeof one === 'string' ? escaped(one) : markup(one)));
  const apart = name === 'svg' ? '\n' : '';
  return inside.length === 0
    ? `<${name}${words.join('')}/>`
    : `<${name}${words.join('')}>${apart}${inside.join(apart)}${apart}</${name}>`;
}

function round(number: number): number {
  return Math.round(10 * number) / 10;
}

function escaped(text: string): string {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => named[character] as string);
}
