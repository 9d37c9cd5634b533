/** Includes of native/: which break the rule that test/layers.test.ts states. */
import { posix } from 'node:path';
import { circlesOf } from './circles.js';
import type { Sources } from './import-check.js';

export interface IncludeRule {
  /** The folders that each folder may include. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  /** Headers that are not of the C++ standard library, and the only folders that may include them. */
  readonly foreignHeaders: readonly { readonly header: RegExp; readonly folders: readonly string[] }[];
  /** Files that may include nothing else, whatever their folder. */
  readonly kernelFiles: readonly { readonly file: RegExp; readonly mayInclude: readonly string[] }[];
}

export function breachesOfNative(sources: Sources, rule: IncludeRule): string[] {
  const breaches: string[] = [];
  const files = new Map<string, string[]>();
  for (const [path, text] of Object.entries(sources)) {
    const included: string[] = [];
    for (const [, bracket, header] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
      const verdict = judgeInclude(path, header as string, bracket === '<', rule);
      if (verdict) breaches.push(`${path}: includes ${header}: ${verdict}`);
      included.push(`native/${header}`, posix.join(posix.dirname(path), header as string));
    }
    files.set(
      path,
      included.filter((target) => target in sources),
    );
  }
  for (const circle of circlesOf(files))
    breaches.push(`native: a circle of includes through ${circle.join(', ')}`);
  return [...breaches, ...namesTwice(sources)];
}

/**
 * Types of one name in two headers of a namespace: each file compiles, and the linker takes the functions of one for both. Headers of
 * tests and of the CUDA stand-in are not in it.
 */
function namesTwice(sources: Sources): string[] {
  const places = new Map<string, string[]>();
  for (const [path, text] of Object.entries(sources)) {
    if (!path.endsWith('.h') || path.startsWith('native/test/')) continue;
    let namespace = '';
    for (const [, opened, type] of text.matchAll(
      /^(?:namespace ([\w:]+) \{|(?:struct|class|enum class) (\w+)[^;\n]*\{)/gm,
    )) {
      if (opened !== undefined) namespace = opened;
      else places.set(`${namespace}::${type}`, [...(places.get(`${namespace}::${type}`) ?? []), path]);
    }
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `native: ${name} is in ${paths.join(' and in ')}`);
}

/** `native/core/run/a.h` → `core/run`; null for a path that is in no folder of the table. */
function layerOfNative(path: string, layers: IncludeRule['layers']): string | null {
  const within = (layer: string) => path === `native/${layer}` || path.startsWith(`native/${layer}/`);
  return Object.keys(layers).find(within) ?? null;
}

function judgeInclude(
  path: string,
  header: string,
  system: boolean,
  { layers, foreignHeaders, kernelFiles }: IncludeRule,
): string | null {
  const folder = layerOfNative(path, layers);
  if (folder === null) return `${posix.dirname(path)} is not in the table of layers`;
  const allowed = layers[folder] as readonly string[];
  const kernels = kernelFiles.find(({ file }) => file.test(path));
  if (kernels)
    return kernels.mayInclude.includes(header)
      ? null
      : `kernel files include ${kernels.mayInclude.join(', ')} only`;
  const foreign = foreignHeaders.find((entry) => entry.header.test(header));
  if (foreign)
    return foreign.folders.includes(folder)
      ? null
      : `only native/${foreign.folders.join(', ')} may include it`;
  if (system) return /^[a-z_]+$/.test(header) ? null : 'not of the C++ standard library';
  const target = header.includes('/') ? header : `${folder}/${header}`;
  const known = [folder, ...allowed].some((layer) => target === layer || target.startsWith(`${layer}/`));
  return known ? null : `native/${folder} may not know native/${header}`;
}
