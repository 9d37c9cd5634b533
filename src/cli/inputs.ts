import type { Command } from 'commander';
import { CaloscopeError, FileError } from '../errors.js';
import { fileIdentity } from '../formats/files/file-identity.js';
import { describeFile, freeSample, type GivenSample, openSample } from '../samples/kinds.js';
import type { DescribedFile } from '../samples/sample.js';
import { filesNamed } from './file-patterns.js';
import { contentPolicy, type SampleFileOptions } from './options.js';
import type { Session } from './session.js';

/** The files of each sample. */
export interface PairFiles {
  readonly reference: readonly string[];
  readonly generated: readonly string[];
}

/** Options that name files of samples in place of the arguments. */
export interface PairOptions {
  readonly reference?: readonly string[];
  readonly generated?: readonly string[];
}

/** Two files as arguments, or several a sample as options. */
export function addPairArguments(command: Command): Command {
  return command
    .argument('[reference]', 'file of reference showers, events, jets or a table, e.g. of Geant4')
    .argument('[generated]', 'file of the generated ones')
    .option(
      '--reference <files...>',
      'the reference sample in several files, one after the other; patterns with * and ?',
    )
    .option('--generated <files...>', 'the same for the generated sample');
}

/**
 * The files that the user named.
 *
 * @throws CaloscopeError ERR_USAGE unless both samples are named once; FileError ERR_FILE_NOT_FOUND.
 */
export async function pairFiles(
  named: readonly (string | undefined)[],
  chosen: PairOptions,
): Promise<PairFiles> {
  const given = named.filter((name) => name !== undefined);
  const { reference, generated } = chosen;
  if (given.length === 2 && !reference && !generated) {
    const [first, second] = given as [string, string];
    return { reference: await filesNamed([first]), generated: await filesNamed([second]) };
  }
  if (given.length === 0 && reference && generated) {
    return { reference: await filesNamed(reference), generated: await filesNamed(generated) };
  }
  const message =
    'name two files, REFERENCE GENERATED, or several with --reference FILES… --generated FILES…';
  throw new CaloscopeError('ERR_USAGE', message);
}

/** What files say of themselves, without their numbers. */
async function described(
  paths: readonly string[],
  { layout, group }: SampleFileOptions,
  signal: AbortSignal,
): Promise<readonly [DescribedFile, ...DescribedFile[]]> {
  const all: DescribedFile[] = [];
  for (const path of paths) all.push(await describeFile(path, { layout, group, signal }));
  return all as [DescribedFile, ...DescribedFile[]];
}

/** A file that both have, links of both kinds included. */
async function sharedFile(
  first: readonly string[],
  second: readonly string[],
): Promise<[string, string] | null> {
  const others = new Map<string, string>();
  for (const path of second) others.set(await fileIdentity(path), path);
  for (const path of first) {
    const twin = others.get(await fileIdentity(path));
    if (twin !== undefined) return [path, twin];
  }
  return null;
}

export interface PairChecks {
  /** Showers that each sample must have at least, and what for. */
  readonly rows: number;
  readonly purpose: string;
  readonly allowSame: boolean;
}

/**
 * All that can be told about the files of two samples before their numbers are read: a mistake must not cost an hour first.
 *
 * @throws CaloscopeError ERR_USAGE for a file in both; FileError with the codes for files, ERR_LAYOUT, ERR_VOXEL_COUNT,
 * ERR_TOO_FEW_ROWS.
 */
export async function checkPair(
  { reference, generated }: PairFiles,
  options: SampleFileOptions,
  { rows, purpose, allowSame }: PairChecks,
  { signal }: Session,
): Promise<void> {
  const first = await described(reference, options, signal);
  const second = await described(generated, options, signal);
  const shared = allowSame ? null : await sharedFile(reference, generated);
  if (shared) {
    const message = `${shared[0]} and ${shared[1]} are the same file, which says nothing; --allow-same compares them all the same`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  const [{ layout, content }] = first;
  for (const [i, found] of [...first, ...second].entries()) {
    const path = [...reference, ...generated][i] as string;
    if (found.layout !== layout) {
      const message = `its layout is ${found.layout}, that of ${reference[0]} is ${layout}; compare files of one layout`;
      throw new FileError('ERR_LAYOUT', path, message);
    }
    if (found.content.words !== content.words) {
      const message = `it holds ${found.content.words}, ${reference[0]} holds ${content.words}`;
      throw new FileError(content.code, path, message);
    }
  }
  for (const [paths, files] of [
    [reference, first],
    [generated, second],
  ] as const) {
    const found = files.reduce((sum, file) => sum + (file.rows ?? Number.POSITIVE_INFINITY), 0);
    if (found >= rows) continue;
    const who = paths.length === 1 ? 'it has' : `it and ${paths.length - 1} more have`;
    throw new FileError(
      'ERR_TOO_FEW_ROWS',
      paths[0] as string,
      `${who} ${found === 1 ? '1 row' : `${found} rows`}; ${purpose} need at least ${rows}`,
    );
  }
}

/** A sample whose memory is freed at the end of its block. */
export interface OpenedSample extends Disposable {
  readonly sample: GivenSample;
}

/** Reads files that were checked. */
export async function openChecked(
  paths: readonly string[],
  role: string,
  options: SampleFileOptions,
  { signal, progress }: Session,
): Promise<OpenedSample> {
  const { geometry, particle, group, layout, multiplicity } = options;
  const sample = await openSample(paths, {
    multiplicity,
    layout,
    geometry,
    particle,
    group,
    ...contentPolicy(options),
    signal,
    onProgress: progress.stage(`reading ${role}`),
  });
  return { sample, [Symbol.dispose]: () => freeSample(sample) };
}

/** Two samples whose memory is freed at the end of their block. */
export interface OpenedPair extends Disposable {
  readonly reference: GivenSample;
  readonly generated: GivenSample;
}

/** Reads the files of two samples that were checked. */
export async function openPair(
  { reference, generated }: PairFiles,
  options: SampleFileOptions,
  session: Session,
): Promise<OpenedPair> {
  const first = await openChecked(reference, 'reference', options, session);
  const free = () => freeSample(first.sample);
  try {
    const { sample } = await openChecked(generated, 'generated', options, session);
    return {
      reference: first.sample,
      generated: sample,
      [Symbol.dispose]: () => {
        free();
        freeSample(sample);
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}
