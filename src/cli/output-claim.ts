import { CaloscopeError } from '../errors.js';
import {
  type OutputRules,
  requireFolderAbove,
  requireOutputFile,
  requireOutputFolder,
} from '../formats/files/output-checks.js';
import type { OwnFiles } from '../formats/files/own-files.js';
import { lockPath } from '../formats/files/partial-names.js';
import { clearLeftovers, placeOf } from '../formats/files/whole-output.js';
import { native } from '../native/binding.js';
import { callNative } from '../native/run-job.js';

/**
 * Claims the place of an output before the work, until it is let go of: another process that wants it is told at once. What
 * killed runs left beside it goes, and what would be refused at the end is refused.
 *
 * @param own the files of a folder; left out: the output is a file.
 * @throws FileError ERR_OUTPUT.
 */
export async function claimOutput(path: string, rules: OutputRules, own?: OwnFiles): Promise<Disposable> {
  await requireFolderAbove(path);
  const place = await placeOf(path);
  const busy = `${path}: another process of caloscope is making this; wait for its end, or name another output`;
  const lock = callNative(() => native().lockFile(lockPath(place), busy));
  const release = () => {
    if (lock) native().dispose(lock);
  };
  try {
    if (lock) await clearLeftovers(path, own ?? null);
    if (own) await requireOutputFolder(path, own, rules);
    else await requireOutputFile(path, rules);
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/** Takes away what killed runs left beside an output that is there; nothing where another process is at it, or nothing may be removed. */
export async function clearBeside(path: string, own: OwnFiles): Promise<void> {
  try {
    using _claim = await claimOutput(path, { force: true }, own);
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
  }
}
