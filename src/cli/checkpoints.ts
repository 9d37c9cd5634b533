import { resolve, sep } from 'node:path';
import { type CheckpointOptions, countCheckpoints, removeCheckpoints } from '../classifier/checkpoints.js';
import { FileError } from '../errors.js';
import { requireFolderAbove } from '../formats/files/whole-output.js';
import { Interruption } from './io.js';
import type { CheckpointFlags } from './options.js';
import type { Session } from './session.js';

/**
 * Where a command keeps its checkpoints, if it does; to be asked before the work.
 *
 * @throws FileError ERR_OUTPUT for a folder that cannot be used, ERR_CHECKPOINT for one with checkpoints that are not to be
 * resumed from.
 */
export async function requireCheckpointFolder(
  { checkpoint, resume = false, out }: CheckpointFlags & { readonly out: string },
  session: Session,
): Promise<CheckpointOptions | undefined> {
  if (checkpoint === undefined && !resume) return undefined;
  const folder = checkpoint ?? `${out.replace(/[/\\]+$/, '')}.checkpoint`;
  if (`${resolve(folder)}${sep}`.startsWith(`${resolve(out)}${sep}`)) {
    throw new FileError('ERR_OUTPUT', folder, 'the output goes there; name another folder for checkpoints');
  }
  await requireFolderAbove(folder);
  const present = await countCheckpoints(folder);
  if (present > 0 && !resume) {
    const message =
      'it holds the checkpoints of an earlier training; resume from them with --resume, delete them, or name another folder';
    throw new FileError('ERR_CHECKPOINT', folder, message);
  }
  if (resume) {
    const found = present === 1 ? '1 checkpoint' : `${present} checkpoints`;
    session.note(
      present > 0
        ? `resuming from ${found} in ${folder}`
        : `no checkpoints in ${folder}: training from the beginning`,
    );
  }
  return { folder, resume };
}

/**
 * Does the work of a command that keeps checkpoints. They go when the work is done; when it is interrupted they stay, and
 * the error says how to resume.
 */
export async function keepingCheckpoints<Result>(
  checkpoint: CheckpointOptions | undefined,
  { signal }: Session,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!checkpoint) return work();
  const { folder } = checkpoint;
  try {
    const result = await work();
    await removeCheckpoints(folder);
    return result;
  } catch (error) {
    const kept = await countCheckpoints(folder);
    const { reason } = signal;
    if (kept === 0 || !(reason instanceof Interruption)) throw error;
    throw new Interruption(reason.signal, `repeat the command with --resume: it resumes from ${folder}`);
  }
}
