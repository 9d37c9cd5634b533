/** Imports of src/: which a file has, and which break the rule that test/layers.test.ts states. */
import { posix } from 'node:path';
import ts from 'typescript';
import { circlesOf } from './circles.js';

/** The folders (and single files) that each folder may import, and the npm packages with the folders that may use them. */
export interface ImportRule {
  readonly layers: Readonly<Record<string, readonly string[]>>;
  readonly packages: Readonly<Record<string, readonly string[] | null>>;
}

/** Text of source files by path from the root of the repository. */
export type Sources = Readonly<Record<string, string>>;

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, typesOnly: importsTypesOnly(node) });
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ specifier: node.moduleSpecifier.text, typesOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ specifier: (node.argument.literal as ts.StringLiteral).text, typesOnly: true });
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node.expression);
      if (loads && argument && ts.isStringLiteral(argument))
        found.push({ specifier: argument.text, typesOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

function importsTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  return (
    !name &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** `require(…)` and `createRequire(import.meta.url)(…)`. */
function isRequire(callee: ts.Expression): boolean {
  return /^(require|createRequire\(.*\))$/s.test(callee.getText());
}

/** `src/samples/showers/inspection.ts` → `samples`; `src/errors.ts` → `errors`. */
function layerOf(path: string): string {
  return (path.split('/')[1] as string).replace(/\.ts$/, '');
}

/** `../errors.js` seen from `src/cli/a.ts` → `src/errors`. */
function targetOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '');
}

export function breachesOfSrc(sources: Sources, rule: ImportRule): string[] {
  const breaches: string[] = [];
  const folders = new Map<string, Set<string>>();
  const files = new Map<string, Set<string>>();
  const connect = (edges: Map<string, Set<string>>, from: string, to: string) =>
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  for (const [path, text] of Object.entries(sources)) {
    const layer = layerOf(path);
    const allowed = rule.layers[layer];
    if (!allowed) {
      breaches.push(`${path}: src/${layer} is not in the table of layers`);
      continue;
    }
    for (const { specifier, typesOnly } of importsOf(path, text)) {
      const verdict = specifier.startsWith('.')
        ? judgeOwnImport(path, specifier, typesOnly, allowed)
        : judgePackage(layer, specifier, rule.packages);
      if (verdict) breaches.push(`${path}: imports ${specifier}: ${verdict}`);
      const target = specifier.startsWith('.') ? targetOf(path, specifier) : '';
      if (!target.startsWith('src/')) continue;
      connect(files, path, `${target}.ts`);
      if (layerOf(target) !== layer) connect(folders, layer, layerOf(target));
    }
  }
  for (const circle of [...circlesOf(folders), ...circlesOf(files)])
    breaches.push(`src: a circle of imports through ${circle.join(', ')}`);
  return breaches;
}

function judgeOwnImport(
  path: string,
  specifier: string,
  typesOnly: boolean,
  allowed: readonly string[],
): string | null {
  const target = targetOf(path, specifier);
  if (!target.startsWith('src/')) {
    return target === 'package.json' ? null : 'outside of src';
  }
  if (specifier.endsWith('.node') && layerOf(path) !== 'native') return 'only src/native loads the core';
  const layer = layerOf(target);
  const open = [layer, target.slice('src/'.length)];
  if (layer === layerOf(path) || open.some((entry) => allowed.includes(entry))) return null;
  const types = [`types:${layer}`, `types:${target.slice('src/'.length)}`];
  if (!types.some((entry) => allowed.includes(entry)))
    return `src/${layerOf(path)} may not know src/${layer}`;
  return typesOnly ? null : `src/${layerOf(path)} may import types only from there`;
}

function judgePackage(layer: string, specifier: string, packages: ImportRule['packages']): string | null {
  if (specifier.startsWith('node:')) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const folders = packages[name];
  if (folders === undefined) return 'the package is not in the table';
  return folders === null || folders.includes(layer) ? null : `only src/${folders.join(', src/')} may use it`;
}
