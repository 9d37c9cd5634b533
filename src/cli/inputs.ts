import type { Command } from 'commander';
import { CaloscopeError, FileError } from '../errors.js';
import { fileIdentity } from '../formats/files/file-identity.js';
import { chosenLayouts } from '../layouts/chosen-layout.js';
import type { ShowerFileMetadata } from '../samples/showers/reading/reading.js';
import { ShowerReader } from '../samples/showers/reading/shower-reader.js';
import type { ShowerSample } from '../samples/showers/shower-sample.js';
import { openShowers } from '../samples/showers/shower-stream.js';
import { filesNamed } from './file-patterns.js';
import { contentPolicy, type ShowerFileOptions } from './options.js';
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
    .argument('[reference]', 'HDF5 file of reference showers, e.g. Geant4')
    .argument('[generated]', 'HDF5 file of generated showers')
    .option(
      '--reference <files...>',
      'reference showers in several files, one after the other; patterns with * and ?',
    )
    .option('--generated <files...>', 'the same for generated showers');
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
async function metadataOf(
  paths: readonly string[],
  options: ShowerFileOptions,
  signal: AbortSignal,
): Promise<readonly [ShowerFileMetadata, ...ShowerFileMetadata[]]> {
  const { group } = options;
  const layouts = await chosenLayouts(options.layout);
  const all: ShowerFileMetadata[] = [];
  for (const path of paths) {
    const reader = await ShowerReader.open(path, { layouts, group, signal });
    await reader.close();
    all.push(reader.metadata);
  }
  return all as [ShowerFileMetadata, ...ShowerFileMetadata[]];
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
  options: ShowerFileOptions,
  { rows, purpose, allowSame }: PairChecks,
  { signal }: Session,
): Promise<void> {
  const first = await metadataOf(reference, options, signal);
  const second = await metadataOf(generated, options, signal);
  const shared = allowSame ? null : await sharedFile(reference, generated);
  if (shared) {
    const message = `${shared[0]} and ${shared[1]} are the same file, which says nothing; --allow-same compares them all the same`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  const [{ layout, voxels }] = first;
  for (const [i, found] of [...first, ...second].entries()) {
    const path = [...reference, ...generated][i] as string;
    if (found.layout !== layout) {
      const message = `its layout is ${found.layout}, that of ${reference[0]} is ${layout}; compare files of one layout`;
      throw new FileError('ERR_LAYOUT', path, message);
    }
    if (found.voxels !== voxels) {
      const message = `its showers have ${found.voxels} voxels, those of ${reference[0]} have ${voxels}`;
      throw new FileError('ERR_VOXEL_COUNT', path, message);
    }
  }
  for (const [paths, files] of [
    [reference, first],
    [generated, second],
  ] as const) {
    const found = files.reduce((sum, file) => sum + file.rows, 0);
    if (found >= rows) continue;
    const who = paths.length === 1 ? 'it has' : `it and ${paths.length - 1} more have`;
    throw new FileError(
      'ERR_TOO_FEW_ROWS',
      paths[0] as string,
      `${who} ${found} rows; ${purpose} need at least ${rows}`,
    );
  }
}

/** Reads files that were checked. Free the sample. */
export function openSample(
  paths: readonly string[],
  role: string,
  options: ShowerFileOptions,
  { signal, progress }: Session,
): Promise<ShowerSample> {
  const { geometry, particle, group, layout } = options;
  return openShowers(paths, {
    layout,
    geometry,
    particle,
    group,
    ...contentPolicy(options),
    signal,
    onProgress: progress.stage(`reading ${role}`),
  });
}

/** Reads the files of two samples that were checked. Free both samples. */
export async function openPair(
  { reference, generated }: PairFiles,
  options: ShowerFileOptions,
  session: Session,
): Promise<{ reference: ShowerSample; generated: ShowerSample }> {
  const first = await openSample(reference, 'reference', options, session);
  try {
    return { reference: first, generated: await openSample(generated, 'generated', options, session) };
  } catch (error) {
    first.dispose();
    throw error;
  }
}
