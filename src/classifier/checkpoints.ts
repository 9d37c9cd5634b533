import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { FileError, NativeError } from '../errors.js';
import { requireText } from '../names.js';
import { native } from '../native/binding.js';
import type { NativeCheckpointFolder } from '../native/contract/training.js';
import { callNative } from '../native/run-job.js';
import type { Ranks } from '../ranks/ranks.js';
import { parseOptions } from './settings.js';

/** Names that native/files gives; what a killed process can leave beside checkpoints. */
const checkpointName = /^(network|permutations)-\d+\.checkpoint$/;
const leftBehind =
  /^((network|permutations)-\d+\.checkpoint\.partial|checkpoint\.(lock|trial|trial\.partial))$/;

/** Trainings beside the first that keep checkpoints, each in a folder of this name inside of that of the first. */
type PartName = 'permutations' | 'null' | `repeat-${number}`;
const partName = /^(permutations|null|repeat-\d+)$/;

const checkpointSchema = z
  .strictObject({
    folder: z.string({ error: 'must be a path' }).min(1, { error: 'must not be empty' }),
    resume: z.boolean({ error: 'must be true or false' }).default(false),
  })
  .optional();

/**
 * Checkpoints of a training: one file a network in a folder, written anew after every epoch, and one a permutation
 * that is done. A process that resumes from
 * them ends in the same bits as one that was never ended, on any number of threads; samples, options, version and kernel
 * set must be the same.
 */
export interface CheckpointOptions {
  /** Made where it is missing; the folder above must be there. One training at a time. */
  readonly folder: string;
  /** Resume from the checkpoints in the folder, if there are any. Without, there must be none. Default false. */
  readonly resume?: boolean | undefined;
}

export type CheckpointFolder = NonNullable<z.output<typeof checkpointSchema>>;

/** @throws ArgumentError ERR_ARGUMENT. */
export function parseCheckpoint(options: CheckpointOptions | undefined): CheckpointFolder | null {
  return (
    parseOptions(z.strictObject({ checkpoint: checkpointSchema }), { checkpoint: options }).checkpoint ?? null
  );
}

/** Folder for the checkpoints of a training beside the first; made where it is missing. */
export async function partOf(
  checkpoint: CheckpointFolder | null,
  part: PartName,
): Promise<CheckpointFolder | null> {
  if (!checkpoint) return null;
  const folder = join(checkpoint.folder, part);
  await mkdir(folder, { recursive: true });
  return { ...checkpoint, folder };
}

/** A folder as the core takes it; that of several ranks was claimed by the first of them, see {@link claimCheckpoints}. */
export function nativeFolder(
  checkpoint: CheckpointFolder | null | undefined,
  ranks: Ranks | null,
): NativeCheckpointFolder | null {
  return checkpoint ? { ...checkpoint, ofSeveral: ranks !== null } : null;
}

/**
 * Claims a folder for the checkpoints of several ranks; it is made where it is missing, and goes again when nothing is in it.
 *
 * @throws FileError ERR_CHECKPOINT where another training has it; NativeError ERR_OUTPUT.
 */
export async function claimCheckpoints(folder: string): Promise<Disposable> {
  await mkdir(folder, { recursive: true });
  const busy = 'another training keeps its checkpoints there now; wait for its end, or name another folder';
  try {
    const lock = callNative(() => native().lockFile(join(folder, 'checkpoint.lock'), busy));
    return {
      [Symbol.dispose]: () => {
        if (lock) native().dispose(lock);
        if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
      },
    };
  } catch (cause) {
    if (!(cause instanceof NativeError) || cause.message !== busy) throw cause;
    throw new FileError('ERR_CHECKPOINT', folder, busy, { cause });
  }
}

/** Number of the checkpoints in a folder and in those of its parts; 0 where there is no such folder. */
export async function countCheckpoints(folder: string): Promise<number> {
  let count = 0;
  for (const name of await namesIn(folder)) {
    if (checkpointName.test(name)) count += 1;
    if (partName.test(name)) count += await countCheckpoints(join(folder, name));
  }
  return count;
}

/**
 * Removes the checkpoints of a training from a folder, and the folder when nothing else is in it: once what came of the
 * training is safe. Harmless when they are gone already.
 */
export async function removeCheckpoints(folder: string): Promise<void> {
  requireText(folder, 'folder');
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (checkpointName.test(name) || leftBehind.test(name)) await rm(path, { force: true });
    if (partName.test(name)) await removeCheckpoints(path);
  }
  await rmdir(folder).catch(() => undefined);
}

/** None where it is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
