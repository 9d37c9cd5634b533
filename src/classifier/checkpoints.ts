import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseOptions } from './settings.js';

/** Names that native/files gives; what a killed process can leave beside checkpoints. */
const checkpointName = /^network-\d+\.checkpoint$/;
const leftBehind = /^(network-\d+\.checkpoint\.partial|checkpoint\.(lock|trial|trial\.partial))$/;

const checkpointSchema = z
  .strictObject({
    folder: z.string({ error: 'must be a path' }).min(1, { error: 'must not be empty' }),
    resume: z.boolean({ error: 'must be true or false' }).default(false),
  })
  .optional();

/**
 * Checkpoints of a training: one file a network in a folder, written anew after every epoch. A process that resumes from
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

/** Number of the checkpoints in a folder; 0 where there is no such folder. */
export async function countCheckpoints(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => checkpointName.test(name)).length;
}

/**
 * Removes the checkpoints of a training from a folder, and the folder when nothing else is in it: once what came of the
 * training is safe. Harmless when they are gone already.
 */
export async function removeCheckpoints(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (checkpointName.test(name) || leftBehind.test(name)) await rm(join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => undefined);
}
