import { CaloscopeError, type ErrorCode } from '../../errors.js';

/** Code and message for the main thread of whatever was thrown while a file was read. */
export function failureOf(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CaloscopeError) return { code: error.code, message: error.message };
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== undefined)
    return { code: 'ERR_FILE_ACCESS', message: `cannot be read (${code ?? syscall})` };
  return { code: 'ERR_INTERNAL', message: `unexpected error while reading: ${String(error)}` };
}
