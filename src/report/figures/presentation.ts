import { styleSheet } from '../style.js';

/** What a drawing keeps of the style sheet of the report: properties that SVG has as attributes. */
const attributes = new Set([
  'fill',
  'fill-opacity',
  'fill-rule',
  'font-size',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'stroke-width',
]);

/** Printed figures are on white. */
const paper = '#ffffff';

interface Rule {
  readonly selector: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/**
 * Writes the style of drawings into their nodes, in the light colors, as attributes: a drawing that is taken out of the page looks as it does there,
 * in programs that know no style sheets, too. `style`: rules of the user, which override those of the report.
 */
export function presentDrawings(document: Document, style: string): void {
  const light = `${styleSheet}\n${style}`
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  const variables = variablesOf(light);
  for (const { selector, properties } of rulesOf(light)) {
    for (const node of document.querySelectorAll(selector)) {
      if (!node.closest('svg')) continue;
      for (const [name, value] of properties) node.setAttribute(name, value);
    }
  }
  for (const node of document.querySelectorAll('svg, svg *')) {
    for (const { name, value } of Array.from(node.attributes)) {
      if (attributes.has(name)) node.setAttribute(name, resolved(value, variables));
    }
  }
}

/** A color of the style sheet by its name. */
function inkOf(name: string, variables: ReadonlyMap<string, string>): string {
  return name === 'paper' ? paper : (variables.get(name) ?? '#000000');
}

function resolved(value: string, variables: ReadonlyMap<string, string>): string {
  return value
    .replace(/var\(--([\w-]+)\)/g, (_, name: string) => inkOf(name, variables))
    .replace('currentColor', inkOf('ink', variables));
}

function variablesOf(style: string): Map<string, string> {
  const roots = [...style.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, body]) => body ?? '');
  const all = roots.flatMap((body) => [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)]);
  return new Map(all.map(([, name, value]) => [name as string, value as string]));
}

/** Those that set an attribute of a drawing; the more classes a selector has, the later. */
function rulesOf(style: string): Rule[] {
  const classes = ({ selector }: Rule) => selector.split('.').length;
  return [...style.matchAll(/([^{}]+)\{([^{}]*)\}/g)]
    .flatMap(([, selectors = '', body = '']) => {
      const properties = body
        .split(';')
        .map((line) => line.split(':').map((part) => part.trim()) as [string, string])
        .filter(([name]) => attributes.has(name));
      const ofDrawings = /^\.(chart|cells|[amf]\d)/;
      return selectors
        .split(',')
        .map((selector) => ({ selector: selector.trim(), properties }))
        .filter(({ selector }) => properties.length > 0 && ofDrawings.test(selector));
    })
    .sort((a, b) => classes(a) - classes(b));
}
