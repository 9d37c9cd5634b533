/**
 * Who may know whom. The tables below are the rule: imports of src/ and includes of native/ keep to it, no folder and no
 * file imports itself in a circle, and the check (support/import-check.ts, include-check.ts) notices when they do.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breachesOfSrc, type Sources } from './support/import-check.js';
import { breachesOfNative } from './support/include-check.js';

// --- The rule for src/ ------------------------------------------------------------------------------------------------

/** What the samples are, what is computed from them. They may use each other, but never in a circle. */
const science = [
  'geometry',
  'layouts',
  'samples',
  'simulation',
  'classifier',
  'weights',
  'calibration',
  'histogram',
  'statistics',
  'failures',
];

/**
 * The folders (and single files) of src/ that a folder of src/ may import. `types:` allows types only. Nothing but
 * src/index.ts, the public surface, may import what is not listed anywhere on the right.
 */
const layersOfSrc: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  warnings: [],
  versions: [],
  names: ['errors'],
  'worker-thread': [],
  'event-loop': [],
  // What the machine and its limits leave.
  machine: ['errors'],
  native: ['machine', 'versions', 'names', 'errors'],
  // Processes that share the work: who does what, and how they speak.
  ranks: ['native', 'errors'],
  // They know no physics.
  formats: ['machine', 'worker-thread', 'errors'],
  ...Object.fromEntries(
    science.map((folder) => [
      folder,
      [
        ...science,
        'formats',
        'machine',
        'native',
        'ranks',
        'worker-thread',
        'event-loop',
        'versions',
        'warnings',
        'names',
        'errors',
      ],
    ]),
  ),
  lineage: ['classifier', 'formats', 'names', 'errors'],
  evaluation: [
    ...science,
    'formats',
    'native',
    'ranks',
    'event-loop',
    'versions',
    'warnings',
    'names',
    'errors',
  ],
  // It draws what a result says, into a file that appears whole, and computes nothing.
  report: [
    'types:evaluation/result',
    'evaluation/output-names',
    'types:lineage/lineage',
    'lineage/lineage-svg',
    'lineage/result-inputs',
    'types:formats',
    'formats/files/whole-output',
    'formats/files/output-checks',
    'formats/files/inputs',
    'worker-thread',
    'names',
    'errors',
  ],
  cli: [
    'report',
    'evaluation',
    'lineage',
    ...science,
    'formats',
    'machine',
    'native',
    'ranks',
    'versions',
    'warnings',
    'names',
    'errors',
  ],
  index: ['report', 'evaluation', 'lineage', ...science, 'formats', 'native', 'versions', 'errors'],
};

/** npm packages and the only folders that may use them; null: all. Modules of Node are free. */
const packagesOfSrc: Readonly<Record<string, readonly string[] | null>> = {
  h5wasm: ['formats', 'samples'],
  saxes: ['geometry'],
  '@observablehq/plot': ['report'],
  linkedom: ['report'],
  pdfkit: ['report'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  'csv-parse': ['formats'],
  hyparquet: ['formats'],
  'hyparquet-compressors': ['formats'],
  'hyparquet-writer': ['formats'],
  yauzl: ['formats'],
  fflate: ['formats'],
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
  'core/jets': ['core/run'],
  'core/toys': ['core/run'],
  'core/networks': ['core/run', 'core/backend.h'],
  'core/training': ['core/run', 'core/samples', 'core/networks', 'core/backend.h'],
  'core/learners': [
    'core/run',
    'core/samples',
    'core/statistics',
    'core/networks',
    'core/training',
    'core/weights',
    'core/backend.h',
  ],
  'core/statistics': ['core/run', 'core/backend.h'],
  'core/weights': ['core/run', 'core/statistics', 'core/backend.h'],
  'core/calibration': ['core/run', 'core/statistics'],
  'core/histograms': ['core/run'],
  'core/failures': ['core/run', 'core/learners', 'core/training'],
  'core/backend.h': ['core'],
  cpu: ['core'],
  cuda: ['core'],
  files: ['core'],
  reading: ['core', 'files'],
  addon: ['core', 'cpu', 'cuda', 'files', 'reading'],
  // An addon of its own.
  mpi: [],
  'test/cuda_on_host': [],
  'test/fuzz': ['core', 'files', 'reading', 'test'],
  test: ['core', 'cpu', 'cuda', 'files', 'reading'],
};

/** Headers that are not of the C++ standard library, and the only folders that may include them. */
const foreignHeaders: readonly { readonly header: RegExp; readonly folders: readonly string[] }[] = [
  { header: /^(napi|node_api|js_native_api)\.h$|^node\//, folders: ['addon', 'mpi'] },
  { header: /^mpi\.h$/, folders: ['mpi'] },
  {
    header: /^(cuda(?!\/(?!std))|cublas|cudnn|curand|nccl|nv|mma|cub\/|thrust\/|cooperative_groups)/,
    folders: ['cuda', 'test/cuda_on_host'],
  },
  // Threads of a kernel that take turns.
  { header: /^ucontext\.h$|^sanitizer\//, folders: ['test/cuda_on_host'] },
  { header: /^(gtest|gmock)\//, folders: ['test'] },
  // POSIX, for locks and for what must be on the disk.
  { header: /^(fcntl|unistd)\.h$|^sys\//, folders: ['files', 'test/fuzz'] },
  { header: /^fuzzer\//, folders: ['test/fuzz'] },
  // What a processor says of itself.
  { header: /^cpuid\.h$/, folders: ['cpu'] },
  // What inflates chunks: a library, or the zlib of the process.
  { header: /^(libdeflate|dlfcn)\.h$/, folders: ['reading'] },
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
      'cpu/kernels/dropout_kernels.inl',
      'cpu/kernels/elementwise_kernels.inl',
      'immintrin.h',
      'arm_neon.h',
    ],
  },
  {
    file: /^native\/cpu\/kernels\/(kernel_set|fill_kernels)\.h$/,
    mayInclude: ['cstddef', 'cstdint', 'core/training/training_step.h'],
  },
  { file: /^native\/core\/training\/training_step\.h$/, mayInclude: ['cstdint', 'core/run/host_device.h'] },
];

// --- The tests --------------------------------------------------------------------------------------------------------

const ruleOfSrc = { layers: layersOfSrc, packages: packagesOfSrc };
const ruleOfNative = { layers: layersOfNative, foreignHeaders, kernelFiles };

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
    expect(breachesOfSrc(sources, ruleOfSrc)).toEqual([]);
  });

  it('native/ keeps to the table', () => {
    const sources = read('native', /\.(cc|h|inl|cu|cuh)$/);
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    expect(breachesOfNative(sources, ruleOfNative)).toEqual([]);
  });

  it('what is compiled for several vectors fuses no products, with none of them', () => {
    const wide = Object.entries(read('native/core', /\.cc$/)).filter(([, text]) =>
      /^CALOSCOPE_WIDE_VECTORS/m.test(text),
    );
    const inCore = wide.map(([path]) => path.slice('native/core/'.length)).sort();
    const rules = readFileSync(join(root, 'native/core/CMakeLists.txt'), 'utf8');
    const [, unfused = ''] = /\(([^()]*) PROPERTIES COMPILE_OPTIONS -ffp-contract=off\)/.exec(rules) ?? [];
    expect(inCore).not.toEqual([]);
    expect(unfused.split(' ').sort()).toEqual(inCore);
  });
});

describe('the tables name only what exists', () => {
  it('folders and files of src/', () => {
    const folders = new Set(Object.keys(read('src', /\.ts$/)).flatMap((path) => [path.split('/')[1]]));
    const named = Object.keys(layersOfSrc).map((layer) => (folders.has(layer) ? layer : `${layer}.ts`));
    expect(named.filter((name) => !folders.has(name))).toEqual([]);
  });

  it('packages of package.json', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = { ...dependencies, ...peerDependencies };
    expect(Object.keys(packagesOfSrc).filter((name) => !(name in named))).toEqual([]);
  });

  it('folders, headers and kernel files of native/', () => {
    const sources = read('native', /\.(cc|h|inl|cu|cuh)$/);
    const paths = Object.keys(sources);
    const unused = Object.keys(layersOfNative).filter(
      (layer) => !paths.some((path) => path === `native/${layer}` || path.startsWith(`native/${layer}/`)),
    );
    expect(unused).toEqual([]);
    for (const { file } of kernelFiles) expect(paths.filter((path) => file.test(path))).not.toEqual([]);
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
      'src/report/sections/a.ts',
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
    [
      'a core loaded elsewhere',
      'src/cli/a.ts',
      `const a = require('@caloscope/linux-x64-gnu');`,
      /not in the table/,
    ],
    ['a core by its file', 'src/cli/a.ts', `const a = require('../../src/core.node');`, /only src\/native/],
    ['a new package', 'src/cli/a.ts', `import a from 'lodash';`, /not in the table/],
    ['a new folder', 'src/utils/a.ts', `export const a = 1;`, /not in the table/],
    ['the tests in use', 'src/cli/a.ts', `import a from '../../test/support/a.js';`, /outside/],
  ];
  it.each(cases)('%s', (_, path, text, says) => {
    const breaches = breachesOfSrc({ [path]: text }, ruleOfSrc);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toContain(path);
    expect(breaches[0]).toMatch(says);
  });

  it('circles of folders, also of types', () => {
    const sources = {
      'src/samples/a.ts': `import type { B } from '../weights/b.js';`,
      'src/weights/b.ts': `import { C } from '../histogram/c.js';`,
      'src/histogram/c.ts': `import { D } from '../samples/d.js';`,
    };
    expect(breachesOfSrc(sources, ruleOfSrc)).toEqual([
      'src: a circle of imports through histogram, samples, weights',
    ]);
  });

  it('circles of files in one folder, also of types', () => {
    const sources = {
      'src/weights/a.ts': `import type { B } from './deep/b.js';`,
      'src/weights/deep/b.ts': `export * from './c.js'; import './d.js';`,
      'src/weights/deep/c.ts': `import { type A } from '../a.js';`,
      'src/weights/deep/d.ts': `import './c.js';`,
    };
    expect(breachesOfSrc(sources, ruleOfSrc)).toEqual([
      'src: a circle of imports through src/weights/a.ts, src/weights/deep/b.ts, src/weights/deep/c.ts, src/weights/deep/d.ts',
    ]);
  });

  it('nothing in what is allowed', () => {
    const sources = {
      'src/report/a.ts': `import { type A } from '../evaluation/result.js'; import { E } from '../errors.js';`,
      'src/evaluation/result.ts': `export type { H } from '../weights/a.js'; import * as z from 'zod';`,
      'src/weights/a.ts': `import { readFile } from 'node:fs/promises'; import './b.js';`,
      'src/cli/a.ts': `import { evaluate } from '../evaluation/evaluate.js'; createRequire(import.meta.url)('../../package.json');`,
    };
    expect(breachesOfSrc(sources, ruleOfSrc)).toEqual([]);
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
    const breaches = breachesOfNative({ [path]: `#pragma once\n${text}\n` }, ruleOfNative);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toContain(path);
    expect(breaches[0]).toMatch(says);
  });

  it('circles of files, by path and by name', () => {
    const sources = {
      'native/core/run/a.h': '#pragma once\n#include "core/run/b.h"\n',
      'native/core/run/b.h': '#pragma once\n#include "c.h"\n',
      'native/core/run/c.h': '#pragma once\n#include "core/run/a.h"\n',
      'native/core/run/a.cc': '#include "core/run/a.h"\n',
    };
    expect(breachesOfNative(sources, ruleOfNative)).toEqual([
      'native: a circle of includes through native/core/run/a.h, native/core/run/b.h, native/core/run/c.h',
    ]);
  });

  it('two types of one name', () => {
    const type = (namespace: string, kind: string) =>
      `#pragma once\nnamespace ${namespace} {\n${kind} Bins {\n  int first;\n};\n}\n`;
    const sources = {
      'native/core/run/a.h': type('caloscope', 'struct'),
      'native/core/statistics/b.h': type('caloscope', 'class'),
      'native/cpu/c.h': type('caloscope::cpu', 'struct'),
      'native/cuda/d.h': '#pragma once\nnamespace caloscope {\nstruct Bins;\n}\n',
    };
    expect(breachesOfNative(sources, ruleOfNative)).toEqual([
      'native: caloscope::Bins is in native/core/run/a.h and in native/core/statistics/b.h',
    ]);
  });

  it('nothing in what is allowed', () => {
    const sources = {
      'native/cpu/kernels/matrix_kernels.cc': '#include "cpu/kernels/kernel_set.h"\n',
      'native/addon/a.cc': '#include <napi.h>\n#include <vector>\n#include "core/run/error.h"\n',
      'native/test/a_test.cc':
        '#include <gtest/gtest.h>\n#include "test/support/toy_samples.h"\n#include "cpu/worker_pool.h"\n',
      'native/cuda/a.cu': '#include <cuda_runtime.h>\n#include "core/backend.h"\n',
    };
    expect(breachesOfNative(sources, ruleOfNative)).toEqual([]);
  });
});
