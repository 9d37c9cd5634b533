/**
 * Who may know whom. The tables below are the rule; the rest of the file checks that imports of src/ and includes of
 * native/ keep to it, and that the check notices when they do not.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

// --- The rule for src/ ------------------------------------------------------------------------------------------------

/** What the samples are, what is computed from them. They may use each other, but never in a circle. */
const science = [
  'geometry',
  'layouts',
  'samples',
  'simulation',
  'classifier',
  'weights',
  'histogram',
  'statistics',
];

/**
 * The folders (and single files) of src/ that a folder of src/ may import. `types:` allows types only. Nothing but
 * src/index.ts, the public surface, may import what is not listed anywhere on the right.
 */
const layersOfSrc: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  versions: [],
  'worker-thread': [],
  native: ['errors'],
  // They know no physics.
  formats: ['worker-thread', 'errors'],
  ...Object.fromEntries(
    science.map((folder) => [
      folder,
      [...science, 'formats', 'native', 'worker-thread', 'versions', 'errors'],
    ]),
  ),
  evaluation: [...science, 'formats', 'native', 'versions', 'errors'],
  // It draws what a result says and computes nothing.
  report: ['types:evaluation/result', 'types:formats', 'worker-thread', 'errors'],
  cli: ['report', 'evaluation', ...science, 'formats', 'native', 'versions', 'errors'],
  index: ['report', 'evaluation', ...science, 'formats', 'native', 'versions', 'errors'],
};

/** npm packages and the only folders that may use them; null: all. Modules of Node are free. */
const packagesOfSrc: Readonly<Record<string, readonly string[] | null>> = {
  h5wasm: ['formats', 'samples'],
  saxes: ['geometry'],
  'node-gyp-build': ['native'],
  '@observablehq/plot': ['report'],
  jsdom: ['report'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  zod: null,
};

// --- The rule for native/ ---------------------------------------------------------------------------------------------

/**
 * The folders of native/ that a folder of native/ may include, beside itself and the C++ standard library. A folder named
 * on the right stands for those in it too. `core/backend.h`, where all of the core meets what computes for it, is open to
 * every folder but those below it.
 */
const layersOfNative: Readonly<Record<string, readonly string[]>> = {
  'core/run': [],
  'core/samples': ['core/run'],
  'core/toys': ['core/run'],
  'core/networks': ['core/run', 'core/backend.h'],
  'core/training': ['core/run', 'core/samples', 'core/networks', 'core/backend.h'],
  'core/statistics': ['core/run', 'core/backend.h'],
  'core/weights': ['core/run', 'core/statistics', 'core/backend.h'],
  'core/histograms': ['core/run'],
  'core/backend.h': ['core'],
  cpu: ['core'],
  cuda: ['core'],
  files: ['core'],
  addon: ['core', 'cpu', 'cuda', 'files'],
  'test/cuda_on_host': [],
  test: ['core', 'cpu', 'cuda', 'files'],
};

/** Headers that are not of the C++ standard library, and the only folders that may include them. */
const foreignHeaders: readonly { readonly header: RegExp; readonly folders: readonly string[] }[] = [
  { header: /^(napi|node_api|js_native_api)\.h$|^node\//, folders: ['addon'] },
  {
    header: /^(cuda(?!\/(?!std))|cublas|cudnn|curand|nccl|nv|mma|cub\/|thrust\/|cooperative_groups)/,
    folders: ['cuda', 'test/cuda_on_host'],
  },
  // Threads of a kernel that take turns.
  { header: /^ucontext\.h$|^sanitizer\//, folders: ['test/cuda_on_host'] },
  { header: /^(gtest|gmock)\//, folders: ['test'] },
  // POSIX, for locks and for what must be on the disk.
  { header: /^(fcntl|unistd)\.h$|^sys\//, folders: ['files'] },
];

/**
 * Files compiled once an instruction set, with everything that they may include: an inline function of the standard
 * library that the linker took from the AVX-512 object would run on every machine.
 */
const kernelFiles: readonly { readonly file: RegExp; readonly mayInclude: readonly string[] }[] = [
  {
    file: /^native\/cpu\/kernels\/[a-z0-9_]+_kernels\.(cc|inl)$/,
    mayInclude: [
      'cpu/kernels/kernel_set.h',
      'cpu/kernels/fill_kernels.h',
      'cpu/kernels/bfloat16_kernels.inl',
      'cpu/kernels/elementwise_kernels.inl',
      'immintrin.h',
    ],
  },
  {
    file: /^native\/cpu\/kernels\/(kernel_set|fill_kernels)\.h$/,
    mayInclude: ['cstddef', 'cstdint', 'core/training/training_step.h'],
  },
  { file: /^native\/core\/training_step\.h$/, mayInclude: ['cstdint', 'core/run/host_device.h'] },
];

// --- The check --------------------------------------------------------------------------------------------------------

/** Text of source files by path from the root of the repository. */
type Sources = Readonly<Record<string, string>>;

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

function breachesOfSrc(sources: Sources): string[] {
  const breaches: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const [path, text] of Object.entries(sources)) {
    const layer = layerOf(path);
    const allowed = layersOfSrc[layer];
    if (!allowed) {
      breaches.push(`${path}: src/${layer} is not in the table of layers`);
      continue;
    }
    for (const { specifier, typesOnly } of importsOf(path, text)) {
      const verdict = specifier.startsWith('.')
        ? judgeOwnImport(path, specifier, typesOnly, allowed)
        : judgePackage(layer, specifier);
      if (verdict) breaches.push(`${path}: imports ${specifier}: ${verdict}`);
      const target = specifier.startsWith('.') ? targetOf(path, specifier) : '';
      if (target.startsWith('src/') && layerOf(target) !== layer) {
        edges.set(layer, (edges.get(layer) ?? new Set()).add(layerOf(target)));
      }
    }
  }
  return [...breaches, ...circles(edges)];
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
  if (layer === layerOf(path) || allowed.includes(layer)) return null;
  const types = [`types:${layer}`, `types:${target.slice('src/'.length)}`];
  if (!types.some((entry) => allowed.includes(entry)))
    return `src/${layerOf(path)} may not know src/${layer}`;
  return typesOnly ? null : `src/${layerOf(path)} may import types only from there`;
}

function judgePackage(layer: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const folders = packagesOfSrc[name];
  if (folders === undefined) return 'the package is not in the table';
  return folders === null || folders.includes(layer) ? null : `only src/${folders.join(', src/')} may use it`;
}

/** Circles of folders, each named once. */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = new Set<string>();
  const walk = (trail: readonly string[]): void => {
    for (const next of edges.get(trail.at(-1) as string) ?? []) {
      const start = trail.indexOf(next);
      if (start < 0) walk([...trail, next]);
      else found.add(trail.slice(start).sort().join(', '));
    }
  };
  for (const layer of edges.keys()) walk([layer]);
  return [...found].map((members) => `src: a circle of imports through ${members}`);
}

function breachesOfNative(sources: Sources): string[] {
  const breaches: string[] = [];
  for (const [path, text] of Object.entries(sources)) {
    for (const [, bracket, header] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
      const verdict = judgeInclude(path, header as string, bracket === '<');
      if (verdict) breaches.push(`${path}: includes ${header}: ${verdict}`);
    }
  }
  return breaches;
}

/** `native/core/run/a.h` → `core/run`; null for a path that is in no folder of the table. */
function layerOfNative(path: string): string | null {
  const within = (layer: string) => path === `native/${layer}` || path.startsWith(`native/${layer}/`);
  return Object.keys(layersOfNative).find(within) ?? null;
}

function judgeInclude(path: string, header: string, system: boolean): string | null {
  const folder = layerOfNative(path);
  if (folder === null) return `${posix.dirname(path)} is not in the table of layers`;
  const allowed = layersOfNative[folder] as readonly string[];
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

// --- The tests --------------------------------------------------------------------------------------------------------

const root = resolve(import.meta.dirname, '..');

function read(folder: string, kinds: RegExp): Sources {
  const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && kinds.test(basename(entry.name)))
    .map((entry) => posix.join(entry.parentPath.slice(root.length + 1), entry.name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

describe('layers', () => {
  it('src/ keeps to the table', () => {
    const sources = read('src', /\.ts$/);
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    expect(breachesOfSrc(sources)).toEqual([]);
  });

  it('native/ keeps to the table', () => {
    const sources = read('native', /\.(cc|h|inl|cu|cuh)$/);
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    expect(breachesOfNative(sources)).toEqual([]);
  });
});

describe('the check of src/ notices', () => {
  const cases: readonly [what: string, path: string, text: string, says: RegExp][] = [
    [
      'a step up',
      'src/samples/a.ts',
      `import { evaluate } from '../evaluation/evaluate.js';`,
      /may not know/,
    ],
    ['a step up for a type', 'src/weights/a.ts', `import type { A } from '../report/a.js';`, /may not know/],
    [
      'the command line in use',
      'src/evaluation/a.ts',
      `import { main } from '../cli/main.js';`,
      /may not know/,
    ],
    [
      'a result that is computed with',
      'src/report/a.ts',
      `import { f } from '../evaluation/result.js';`,
      /types/,
    ],
    [
      'work done in the report',
      'src/report/a.ts',
      `export * from '../evaluation/evaluate.js';`,
      /may not know/,
    ],
    [
      'values of a histogram',
      'src/report/figures/a.ts',
      `import { f } from '../../formats/uhi/uhi.js';`,
      /types/,
    ],
    [
      'errors that know more',
      'src/errors.ts',
      `import { native } from './native/binding.js';`,
      /may not know/,
    ],
    ['the public surface in use', 'src/cli/a.ts', `import { f } from '../index.js';`, /may not know/],
    ['a reader of HDF5', 'src/weights/a.ts', `import { File } from 'h5wasm/node';`, /only src\/formats/],
    ['a hidden import', 'src/histogram/a.ts', `const a = await import('h5wasm');`, /only src\/formats/],
    ['the type of an import', 'src/cli/a.ts', `type A = import('h5wasm').File;`, /only src\/formats/],
    ['a core loaded elsewhere', 'src/cli/a.ts', `const a = require('node-gyp-build');`, /only src\/native/],
    ['a core by its file', 'src/cli/a.ts', `const a = require('../../src/core.node');`, /only src\/native/],
    ['a new package', 'src/cli/a.ts', `import a from 'lodash';`, /not in the table/],
    ['a new folder', 'src/utils/a.ts', `export const a = 1;`, /not in the table/],
    ['the tests in use', 'src/cli/a.ts', `import a from '../../test/support/a.js';`, /outside/],
  ];
  it.each(cases)('%s', (_, path, text, says) => {
    const breaches = breachesOfSrc({ [path]: text });
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toContain(path);
    expect(breaches[0]).toMatch(says);
  });

  it('circles of folders, also of types', () => {
    const sources = {
      'src/samples/a.ts': `import type { B } from '../weights/b.js';`,
      'src/weights/b.ts': `import { C } from '../histogram/c.js';`,
      'src/histogram/c.ts': `import { A } from '../samples/a.js';`,
    };
    expect(breachesOfSrc(sources)).toEqual(['src: a circle of imports through histogram, samples, weights']);
  });

  it('nothing in what is allowed', () => {
    const sources = {
      'src/report/a.ts': `import { type A } from '../evaluation/result.js'; import { E } from '../errors.js';`,
      'src/evaluation/result.ts': `export type { H } from '../weights/a.js'; import * as z from 'zod';`,
      'src/weights/a.ts': `import { readFile } from 'node:fs/promises'; import './b.js';`,
      'src/cli/a.ts': `import { evaluate } from '../evaluation/evaluate.js'; createRequire(import.meta.url)('../../package.json');`,
    };
    expect(breachesOfSrc(sources)).toEqual([]);
  });
});

describe('the check of native/ notices', () => {
  const cases: readonly [what: string, path: string, text: string, says: RegExp][] = [
    ['Node in the core', 'native/core/run/a.cc', '#include <napi.h>', /only native\/addon/],
    ['Node in the core, quoted', 'native/core/run/a.cc', '  # include "node_api.h"', /only native\/addon/],
    ['CUDA in the core', 'native/core/run/a.h', '#include <cuda_runtime.h>', /only native\/cuda/],
    ['CUDA in the addon', 'native/addon/a.cc', '#include <cub/cub.cuh>', /only native\/cuda/],
    ['a backend in the core', 'native/core/run/a.cc', '#include "cpu/worker_pool.h"', /may not know/],
    ['one backend in the other', 'native/cuda/a.cu', '#include "cpu/worker_pool.h"', /may not know/],
    ['the addon in a backend', 'native/cpu/a.cc', '#include "addon/job.h"', /may not know/],
    ['files in the core', 'native/core/run/a.cc', '#include <fcntl.h>', /only native\/files/],
    ['files in a backend', 'native/cpu/a.cc', '#include "files/checkpoint_files.h"', /may not know/],
    [
      'samples in the running of jobs',
      'native/core/run/a.h',
      '#include "core/samples/geometry.h"',
      /may not know/,
    ],
    ['training in the samples', 'native/core/samples/a.h', '#include "core/training/a.h"', /may not know/],
    ['the stand-in in a backend', 'native/cuda/a.cu', '#include "test/cuda_on_host/mma.h"', /may not know/],
    ['a test in the core', 'native/core/run/a.cc', '#include "test/support/toy_samples.h"', /may not know/],
    ['a system header', 'native/core/run/a.cc', '#include <pthread.h>', /standard library/],
    ['a library', 'native/core/run/a.cc', '#include <boost/histogram.hpp>', /standard library/],
    [
      'the standard library in a kernel',
      'native/cpu/kernels/a_kernels.cc',
      '#include <cmath>',
      /kernel files/,
    ],
    [
      'the core in a kernel of histograms',
      'native/cpu/kernels/fill_kernels.cc',
      '#include "core/run/error.h"',
      /kernel files/,
    ],
    [
      'the core in a kernel',
      'native/cpu/kernels/a_kernels.inl',
      '#include "core/run/error.h"',
      /kernel files/,
    ],
    [
      'code in the interface of kernels',
      'native/cpu/kernels/kernel_set.h',
      '#include <vector>',
      /kernel files/,
    ],
    ['a new folder', 'native/common/a.h', '#include <vector>', /not in the table/],
  ];
  it.each(cases)('%s', (_, path, text, says) => {
    const breaches = breachesOfNative({ [path]: `#pragma once\n${text}\n` });
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toContain(path);
    expect(breaches[0]).toMatch(says);
  });

  it('nothing in what is allowed', () => {
    const sources = {
      'native/cpu/kernels/matrix_kernels.cc': '#include "cpu/kernels/kernel_set.h"\n',
      'native/addon/a.cc': '#include <napi.h>\n#include <vector>\n#include "core/run/error.h"\n',
      'native/test/a_test.cc':
        '#include <gtest/gtest.h>\n#include "test/support/toy_samples.h"\n#include "cpu/worker_pool.h"\n',
      'native/cuda/a.cu': '#include <cuda_runtime.h>\n#include "core/backend.h"\n',
    };
    expect(breachesOfNative(sources)).toEqual([]);
  });
});
