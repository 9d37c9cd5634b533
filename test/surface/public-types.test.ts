/**
 * The public surface as users see it: whatever a public signature names can be named by users too, nothing internal is
 * left in the declarations, and a project that depends on the package compiles. Read from the emitted declarations.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedExamples, root } from '../support/documented-examples.js';
import { exportsOf, hiddenNames } from '../support/hidden-names.js';

const declarations = join(root, 'dist/index.d.ts');

const emitted: ts.CompilerOptions = {
  module: ts.ModuleKind.Node16,
  target: ts.ScriptTarget.ES2022,
  types: ['node'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caloscope-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the declarations', () => {
  it('name nothing that is not exported', () => {
    expect(hiddenNames(ts.createProgram([declarations], emitted), declarations)).toEqual([]);
  });

  it('hold nothing internal', async () => {
    const files = (await readdir(join(root, 'dist'), { recursive: true })).filter((name) =>
      name.endsWith('.d.ts'),
    );
    expect(files.length).toBeGreaterThan(40);
    for (const file of files)
      expect(await readFile(join(root, 'dist', file), 'utf8'), file).not.toMatch(/@internal/);
  });
});

describe('the check notices', () => {
  const cases: readonly [what: string, exported: string, says: string][] = [
    ['a parameter', 'export declare function open(hidden: Hidden): void;', 'open names Hidden'],
    ['a result in a promise', 'export declare function open(): Promise<Hidden>;', 'open names Hidden'],
    ['a member', 'export interface Public { hidden?: readonly Hidden[] }', 'Public names Hidden'],
    ['a base class', 'export declare class Public extends HiddenClass {}', 'Public names HiddenClass'],
    ['a bound of a type', 'export type Public<T extends Hidden> = T[];', 'Public names Hidden'],
    ['a type by its file', "export declare const open: import('./hidden.js').Hidden;", 'open names Hidden'],
    ['a type of a value', 'export type Public = typeof hiddenValue;', 'Public names Hidden'],
  ];
  it.each(cases)('%s', async (_, exported, says) => {
    const hidden = [
      'export interface Hidden { a: number }',
      'export declare class HiddenClass {}',
      'export declare const hiddenValue: { a: Hidden };',
    ];
    await writeFile(join(folder, 'hidden.d.ts'), hidden.join('\n'));
    const entry = join(folder, 'entry.d.ts');
    await writeFile(entry, `import { Hidden, HiddenClass, hiddenValue } from './hidden.js';\n${exported}\n`);
    expect(hiddenNames(ts.createProgram([entry], { ...emitted, types: [] }), entry)).toEqual([says]);
  });

  it('nothing where all is exported, foreign or private', async () => {
    const entry = join(folder, 'sound.d.ts');
    await writeFile(
      entry,
      `interface Hidden { a: number }
       export interface Named { b: Map<string, Named> }
       export declare class Public<T> { private hidden(a: Hidden): void; all(a: Named): Promise<T> }`,
    );
    expect(hiddenNames(ts.createProgram([entry], { ...emitted, types: [] }), entry)).toEqual([]);
  });
});

describe('a project that depends on the package compiles', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'user/node_modules/@types'), { recursive: true });
    await symlink(root, join(folder, 'user/node_modules/caloscope'));
    await symlink(join(root, 'node_modules/@types/node'), join(folder, 'user/node_modules/@types/node'));
    await writeFile(join(folder, 'user/package.json'), '{ "type": "module" }');
    for (const [i, { code }] of (await documentedExamples()).entries()) await write(`example-${i}.ts`, code);
    await write('every-export.ts', everyExport());
    await write('internal.ts', internal);
  });

  const write = (name: string, text: string) => writeFile(join(folder, 'user', name), text);

  /** A file that imports every export and uses it as what it is. */
  function everyExport(): string {
    const exported = exportsOf(ts.createProgram([declarations], emitted), declarations);
    expect(exported.length).toBeGreaterThan(60);
    const imports = exported.map(({ name, value }) => (value ? name : `type ${name}`));
    const uses = exported.flatMap(({ name, value }) => (value ? [`void ${name};`] : []));
    const types = exported.flatMap(({ name, value }) => (value ? [] : [`export type { ${name} };`]));
    return `import { ${imports.join(', ')} } from 'caloscope';\n${[...uses, ...types].join('\n')}\n`;
  }

  /** What a user must not be able to write. */
  const internal = `
    import { ClassifierEnsemble, ShowerSample } from 'caloscope';
    declare const sample: ShowerSample;
    declare const ensemble: ClassifierEnsemble;
    // @ts-expect-error made by openShowers and showersFromArrays
    new ShowerSample();
    // @ts-expect-error made by trainClassifier and load
    new ClassifierEnsemble();
    // @ts-expect-error the core's own
    sample.handle;
    // @ts-expect-error the core's own
    ensemble.handle;
  `;

  const kinds = [
    ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ] as const;
  it.each(kinds)('with module resolution %s', async (_, resolution) => {
    const user = join(folder, 'user');
    const files = (await readdir(user)).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThanOrEqual(5);
    const options: ts.CompilerOptions = {
      ...resolution,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      types: ['node'],
      typeRoots: [join(user, 'node_modules/@types')],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const program = ts.createProgram(
      files.map((name) => join(user, name)),
      options,
    );
    const found = ts.getPreEmitDiagnostics(program);
    expect(
      ts.formatDiagnostics(found, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => user,
        getNewLine: () => '\n',
      }),
    ).toBe('');
    expect(program.getSourceFile(declarations)).toBeDefined();
  });
});
