import { outputNames } from '../../evaluation/output-names.js';
import type { EvaluationResult } from '../../evaluation/result.js';
import type { Lineage, LineageEdge, LineageNode } from '../../lineage/lineage.js';
import { type Drawn, lineageDrawing } from '../../lineage/lineage-svg.js';
import { inputsOfResult } from '../../lineage/result-inputs.js';
import type { Sheet } from '../drawing/sheet.js';

/** Files of one sample that are drawn one by one; more stand in one box. */
const drawnOneByOne = 4;

/** What was made from what, as it was when the result was written, drawn as by `caloscope lineage --svg`. */
export function lineageFigure(
  sheet: Sheet,
  result: EvaluationResult,
  figures: string | undefined,
): HTMLElement {
  return sheet.element(
    'div',
    {},
    sheet.element('h3', {}, 'What was made from what'),
    sheet.element('div', { class: 'scroll' }, elementOf(sheet, lineageDrawing(lineageOf(result, figures)))),
    sheet.element(
      'p',
      { class: 'note' },
      'As it was when the result was written; ',
      sheet.element('code', {}, 'caloscope lineage FOLDER'),
      ' says what of it has changed since.',
    ),
  );
}

/** The samples and what an evaluation writes; every output names the samples, and those with the AUC of a null sample that, too. */
export function lineageOf(result: EvaluationResult, figures: string | undefined): Lineage {
  const sources = sourcesOf(result);
  const nodes = new Map<string, LineageNode>();
  const edges: LineageEdge[] = [];
  const add = (path: string, kind: LineageNode['kind'], sha256: string | null = null) => {
    if (!nodes.has(path))
      nodes.set(path, { path, kind, sha256, state: 'current', reasons: [], movedFrom: null });
  };
  for (const { path, sha256 } of sources) add(path, 'data', sha256);
  const make = (path: string, kind: LineageNode['kind'], from: readonly Source[]) => {
    add(path, kind);
    for (const { path: source, role } of from) edges.push({ from: source, to: path, role });
  };
  const samples = sources.filter(({ role }) => role !== 'null sample');
  make(outputNames.classifier, 'classifier', samples);
  make(outputNames.weights, 'weights', samples);
  make(outputNames.result, 'result', sources);
  make(outputNames.report, 'report', sources);
  if (figures !== undefined) make(figures, 'figures', sources);
  return { nodes: [...nodes.values()], edges };
}

interface Source {
  readonly path: string;
  readonly role: string;
  readonly sha256: string | null;
}

/** The files of each sample; those of many files, and those that are none, under their name. */
function sourcesOf(result: EvaluationResult): Source[] {
  const inputs = inputsOfResult(result);
  const { samples, auc } = result;
  const second = auc.null ? [{ role: 'null sample', source: auc.null.source, sha256: null }] : [];
  return [samples.reference, samples.generated, ...second].flatMap(({ role, source, sha256 }): Source[] => {
    const files = inputs.filter((input) => input.role === role);
    if (files.length === 0 || files.length > drawnOneByOne) return [{ path: source, role, sha256 }];
    return files.map((file) => ({ path: file.source, role, sha256: file.sha256 }));
  });
}

/** Colors are those of the style sheet. */
function elementOf(sheet: Sheet, { name, attributes, content }: Drawn): Element {
  const element = sheet.document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes))
    if (!/^(xmlns|fill|stroke)$/.test(key)) element.setAttribute(key, String(value));
  for (const one of content)
    element.appendChild(typeof one === 'string' ? sheet.document.createTextNode(one) : elementOf(sheet, one));
  return element;
}
