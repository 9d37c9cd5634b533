/** The calls of a corpus that was made without knowledge of this program, put into its words. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasSharedData, sharedPath } from '../support/shared-data.js';
import { caloscope, contentOf, emptyFolder, errorLine, startCaloscope } from './run-caloscope.js';

interface WrongCall {
  readonly id: string;
  readonly what: string;
  readonly setup: readonly string[];
  readonly argv: readonly string[];
  readonly expect: {
    readonly exit: 'zero' | 'non-zero' | 'zero or non-zero';
    readonly stderr_lines?: number;
    readonly mentions?: readonly string[];
    readonly class?: string;
    readonly writes?: string;
  };
  readonly limits?: { readonly seconds: number; readonly memory_mb: number };
  readonly skip_if?: string;
}

/** Cases that do not exist for this command line. */
const leftOut: Readonly<Record<string, string>> = {
  required_missing_reference: 'the files are arguments, not options: the one that is given is the reference',
  out_is_folder: 'an empty folder is used: batch scripts begin with mkdir -p',
  bins_0: 'no option --bins',
  bins_minus_5: 'no option --bins',
  bins_1e9: 'no option --bins',
  bins_3_7: 'no option --bins',
  bins_ten: 'no option --bins',
  test_fraction_1: 'no option --test-fraction',
  test_fraction_minus: 'no option --test-fraction',
  format_unknown: 'no option --format',
  model_other_features: 'no import of ONNX classifiers',
};

/** Codes that fit the classes of the corpus. */
const codesOfClass: Readonly<Record<string, readonly string[]>> = {
  usage: ['ERR_USAGE', 'ERR_ARGUMENT', 'ERR_TOO_FEW_ROWS'],
  'not-found': ['ERR_FILE_NOT_FOUND'],
  'not-a-file': ['ERR_NOT_A_FILE'],
  'not-hdf5': ['ERR_NOT_HDF5'],
  'wrong-shape': ['ERR_LAYOUT', 'ERR_DATASET_SHAPE'],
  'voxel-count': ['ERR_VOXEL_COUNT'],
  output: ['ERR_OUTPUT'],
  truncated: ['ERR_FILE_TRUNCATED'],
  'too-few-rows': ['ERR_TOO_FEW_ROWS'],
  'bad-xml': ['ERR_XML'],
  corrupt: ['ERR_FILE_CORRUPT', 'ERR_CLASSIFIER', 'ERR_FILE_TRUNCATED'],
};

function readCases(): readonly WrongCall[] {
  const text = readFileSync(sharedPath('corpus', 'cli', 'wrong_calls.json'), 'utf8');
  return (JSON.parse(text) as { cases: WrongCall[] }).cases;
}

/** `{evaluate} --reference A --generated B …` → `evaluate A B …`; `{score} --model M --data D` → `weights M D`. */
function wordsOf(argv: readonly string[], folder: string): string[] {
  const files = ['--reference', '--generated', '--model', '--data'];
  const placed = argv.map((word) => word.replace('{corpus}', sharedPath('corpus')).replace('{tmp}', folder));
  const [command, ...rest] = placed;
  if (command !== '{evaluate}' && command !== '{score}') return placed;
  const words = rest.filter((word, i) => !files.includes(word) && !files.includes(rest[i - 1] ?? ''));
  const named = files.flatMap((file) =>
    rest.includes(file) ? [rest[rest.indexOf(file) + 1] as string] : [],
  );
  return [command === '{evaluate}' ? 'evaluate' : 'weights', ...named, ...words];
}

function prepare(setup: readonly string[], folder: string): void {
  for (const step of setup) {
    const [verb, ...rest] = step
      .replaceAll('{tmp}', folder)
      .replaceAll('{corpus}', sharedPath('corpus'))
      .split(' ') as [string, ...string[]];
    const [first, second] = rest as [string, string];
    if (verb === 'mkdir') mkdirSync(first);
    else if (verb === 'write') writeFileSync(first, JSON.parse(rest.slice(1).join(' ')) as string);
    else if (verb === 'copy') copyFileSync(first, second);
    else if (verb === 'chmod') chmodSync(second, Number.parseInt(first, 8));
    else throw new Error(`the setup step "${step}" is not known`);
  }
}

const cases = hasSharedData ? readCases() : [];

describe.skipIf(!hasSharedData)('wrong calls of the corpus', () => {
  it('are all there, and those that are left out exist', () => {
    expect(cases).toHaveLength(68);
    for (const id of Object.keys(leftOut)) expect(cases.map((one) => one.id)).toContain(id);
  });

  const superUser = process.getuid?.() === 0;
  for (const one of cases.filter(({ id }) => !(id in leftOut))) {
    const skipped = superUser && one.skip_if !== undefined;
    it.skipIf(skipped)(`${one.id}: ${one.what}`, async () => {
      const folder = emptyFolder();
      prepare(one.setup, folder);
      const before = contentOf(folder);
      const words = wordsOf(one.argv, folder);
      const measured = one.limits && (await startCaloscope(words, folder).ended);
      const outcome = measured ?? (await caloscope(words, folder));
      const after = contentOf(folder);
      const { exit, stderr_lines, mentions = [], writes } = one.expect;
      if (exit === 'zero') expect(outcome).toMatchObject({ exitCode: 0 });
      if (exit === 'non-zero') expect([1, 2]).toContain(outcome.exitCode);
      if (exit !== 'zero' && outcome.exitCode !== 0) {
        if (stderr_lines === 1) expect(outcome.stderr).toMatch(errorLine);
        for (const mention of mentions) expect(outcome.stderr.toLowerCase()).toContain(mention);
        if (one.expect.class && stderr_lines === 1) {
          const code = errorLine.exec(outcome.stderr)?.[1];
          expect(codesOfClass[one.expect.class]).toContain(code);
        }
        expect(outcome.stdout).toBe('');
        expect(after).toEqual(before);
        expect(measured?.seconds ?? 0).toBeLessThan(one.limits?.seconds ?? 1);
        expect(measured?.megabytes ?? 0).toBeLessThan(one.limits?.memory_mb ?? 1);
      }
      if (writes === 'nothing') expect(after).toEqual(before);
      if (writes?.startsWith('the report')) {
        const out = words[words.indexOf('--out') + 1] as string;
        expect(dirname(out)).toBe(folder);
        expect(after.map((line) => line.replace(/ [^ ]*$/, ''))).toContain(join(out, 'report.html'));
      }
    });
  }
});
