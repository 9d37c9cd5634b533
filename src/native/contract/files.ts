import type { NativeHandle } from './jobs.js';

export type FileLockHandle = NativeHandle<'file lock'>;

export interface FileOperations {
  /**
   * Makes a file and locks it for this process; `dispose`, or the end of the process, lets go of it and removes it. Null where
   * the file system has no locks.
   *
   * @param busy what ERR_OUTPUT says when another process holds it.
   */
  lockFile(path: string, busy: string): FileLockHandle | null;
}
