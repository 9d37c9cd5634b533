import { CaloscopeError, type ErrorCode } from '../../errors.js';

/** Code and message for the main thread of whatever was thrown while a file was read. */
export function failureOf(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CaloscopeError) return { code: error.code, message: error.message };
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== undefined)
    return { code: 'ERR_FILE_ACCESS', message: `cannot be read (${code ?? syscall})` };
  const said = String(error);
  // The stack of the HDF5 library is of no use to anybody.
  if (said.includes('HDF5-DIAG') || said.includes('HDF5 Error')) {
    return {
      code: 'ERR_FILE_CORRUPT',
      message: 'the file is damaged: the HDF5 library cannot follow it; copy or write it again',
    };
  }
  return { code: 'ERR_INTERNAL', message: `unexpected error while reading: ${String(error)}` };
}
