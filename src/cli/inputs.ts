import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { CaloscopeError, FileError } from '../errors.js';
import { chosenLayouts } from '../layouts/chosen-layout.js';
import type { ShowerFileMetadata } from '../samples/showers/reading/reading.js';
import { ShowerReader } from '../samples/showers/reading/shower-reader.js';
import type { ShowerSample } from '../samples/showers/shower-sample.js';
import { openShowers } from '../samples/showers/shower-stream.js';
import { contentPolicy, type ShowerFileOptions } from './options.js';
import type { Session } from './session.js';

/** What a file says of itself, without its numbers. */
async function metadataOf(
  path: string,
  options: ShowerFileOptions,
  signal: AbortSignal,
): Promise<ShowerFileMetadata> {
  const { group } = options;
  const layouts = await chosenLayouts(options.layout);
  const reader = await ShowerReader.open(path, { layouts, group, signal });
  await reader.close();
  return reader.metadata;
}

/** Two paths of one file, links of both kinds included. */
async function isSameFile(first: string, second: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(first), stat(second)]);
  return a.dev === b.dev && a.ino === b.ino;
}

export interface PairChecks {
  /** Showers that each sample must have at least, and what for. */
  readonly rows: number;
  readonly purpose: string;
  readonly allowSame: boolean;
}

/**
 * All that can be told about two files before their numbers are read: a mistake must not cost an hour first.
 *
 * @throws CaloscopeError ERR_USAGE for the same file twice; FileError with the codes for files, ERR_LAYOUT,
 * ERR_VOXEL_COUNT, ERR_TOO_FEW_ROWS.
 */
export async function checkPair(
  reference: string,
  generated: string,
  options: ShowerFileOptions,
  { rows, purpose, allowSame }: PairChecks,
  { signal }: Session,
): Promise<void> {
  const first = await metadataOf(reference, options, signal);
  const second = await metadataOf(generated, options, signal);
  if (!allowSame && (await isSameFile(reference, generated))) {
    const message = `${reference} and ${generated} are the same file, which says nothing; --allow-same compares them all the same`;
    throw new CaloscopeError('ERR_USAGE', message);
  }
  if (first.layout !== second.layout) {
    const message = `its layout is ${second.layout}, that of ${reference} is ${first.layout}; compare files of one layout`;
    throw new FileError('ERR_LAYOUT', generated, message);
  }
  if (first.voxels !== second.voxels) {
    const message = `its showers have ${second.voxels} voxels, those of ${reference} have ${first.voxels}`;
    throw new FileError('ERR_VOXEL_COUNT', generated, message);
  }
  for (const [path, found] of [
    [reference, first.rows],
    [generated, second.rows],
  ] as const) {
    if (found >= rows) continue;
    throw new FileError('ERR_TOO_FEW_ROWS', path, `it has ${found} rows; ${purpose} need at least ${rows}`);
  }
}

/** Reads a file that was checked. Free the sample. */
export function openSample(
  path: string,
  role: string,
  options: ShowerFileOptions,
  { signal, progress }: Session,
): Promise<ShowerSample> {
  const { geometry, particle, group, layout } = options;
  return openShowers(path, {
    layout,
    geometry,
    particle,
    group,
    ...contentPolicy(options),
    signal,
    onProgress: progress.stage(`reading ${role}`),
  });
}

/** Reads two files that were checked. Free both samples. */
export async function openPair(
  reference: string,
  generated: string,
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

/**
 * An output folder that is replaced must not hold an input.
 *
 * @throws FileError ERR_OUTPUT.
 */
export async function requireInputsOutside(folder: string, inputs: readonly string[]): Promise<void> {
  const place = await realpath(folder).catch(() => resolve(folder));
  for (const input of inputs) {
    const path = await realpath(input).catch(() => resolve(input));
    if (path === place || path.startsWith(place + sep)) {
      throw new FileError('ERR_OUTPUT', folder, `the input ${input} lies there; name another output`);
    }
  }
}
