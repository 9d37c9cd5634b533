import { resolve, sep } from 'node:path';
import { type CheckpointOptions, countCheckpoints, removeCheckpoints } from '../classifier/checkpoints.js';
import { FileError } from '../errors.js';
import { requireFolderAbove } from '../formats/files/output-checks.js';
import { holdsOwn, type OwnFiles } from '../formats/files/own-files.js';
import { Interruption } from './interruption.js';
import type { CheckpointFlags } from './options.js';
import { clearBeside } from './output-claim.js';
import type { Session } from './session.js';

interface ResumableOptions extends CheckpointFlags {
  readonly out: string;
  readonly force?: boolean;
}

/** Where the checkpoints of a command are unless it is told another place. */
function usualFolder(out: string): string {
  return `${out.replace(/[/\\]+$/, '')}.checkpoint`;
}

/**
 * With --resume, an output that is there already is what the command was to make, as in the script of a batch job that runs once
 * more. Checkpoints that stayed behind go.
 *
 * @returns whether there is nothing left to do, which is then said.
 */
export async function isDoneAlready(
  { checkpoint, resume = false, force = false, out }: ResumableOptions,
  own: OwnFiles,
  session: Session,
): Promise<boolean> {
  if (!resume || force || !(await holdsOwn(out, own).catch(() => false))) return false;
  await removeCheckpoints(checkpoint ?? usualFolder(out));
  await clearBeside(out, own);
  session.conclude({ out, already: true }, [`${out} is there already: nothing is left to do`]);
  return true;
}

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
  const folder = checkpoint ?? usualFolder(out);
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
