import { CommanderError } from 'commander';
import { CaloscopeError, type ErrorCode } from '../errors.js';
import { Interruption } from './interruption.js';
import { documentText, type Io, oneLine } from './io.js';

/** Exit codes, in the words of --help. */
export const exitCodes = `Exit codes:
  0    success
  1    the work failed: a file, a training, the output; or inspect found errors
  2    the command line is wrong
  130  interrupted (Ctrl-C, SIGINT)
  143  ended by SIGTERM; 129 by SIGHUP, 138 by SIGUSR1, 140 by SIGUSR2, 152 by SIGXCPU
  141  the output is not read any more (SIGPIPE)
A signal ends the work tidily, a second one at once.`;

const usageCodes: ReadonlySet<ErrorCode> = new Set(['ERR_USAGE', 'ERR_ARGUMENT']);

export interface FailureSpeech {
  /** With the stack trace. */
  readonly debug: boolean;
  /** With a document on stdout. */
  readonly json: boolean;
}

/** Says on one line of stderr what went wrong, and gives the exit code. */
export function reportFailure(error: unknown, io: Io, { debug, json }: FailureSpeech): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help and --version have spoken
  const { code, message, exitCode } = failureOf(error, io.signal);
  io.stderr.write(`caloscope: ${code}: ${oneLine(message)}\n`);
  if (json) io.stdout.write(documentText({ error: { code, message } }));
  if (debug) io.stderr.write(`${stackOf(error)}\n`);
  return exitCode;
}

/** What went wrong, as users and other ranks are told. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly exitCode: number;
  /** With which the program was asked to end. */
  readonly signal?: Interruption['signal'];
}

/** @param signal where it was aborted, what was thrown on the way is no news. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  return describeFailure(signal.aborted && !(error instanceof Interruption) ? signal.reason : error);
}

function describeFailure(error: unknown): Failure {
  if (error instanceof Interruption) {
    const { message, exitCode, signal } = error;
    return { code: 'ERR_CANCELLED', message, exitCode, signal };
  }
  if (error instanceof CaloscopeError) {
    const { code, message } = error;
    return { code, message, exitCode: usageCodes.has(code) ? 2 : 1 };
  }
  if (error instanceof CommanderError) {
    const message = `${error.message.replace(/^error: /, '')}; see caloscope --help`;
    return { code: 'ERR_USAGE', message, exitCode: 2 };
  }
  if (isOutOfMemory(error)) {
    const message = 'there is not enough memory: fewer rows or members, or a machine or limits with more';
    return { code: 'ERR_MEMORY', message, exitCode: 1 };
  }
  const system = systemFailure(error as NodeJS.ErrnoException);
  if (system !== null) return { code: 'ERR_FILE_ACCESS', message: system, exitCode: 1 };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'ERR_INTERNAL',
    message: `${message}; this is a defect, please report it with the output of --debug`,
    exitCode: 1,
  };
}

/** Whether an array, a thread or the memory of WebAssembly could not be had. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOMEM' || code === 'ERR_WORKER_OUT_OF_MEMORY' || code === 'ERR_WORKER_INIT_FAILED')
    return true;
  return error instanceof RangeError && /allocat|out of memory/i.test(message);
}

/** What the system refused, in plain words; null for what is no such error. */
function systemFailure({ code, syscall, path, message }: NodeJS.ErrnoException): string | null {
  if (syscall === 'uv_cwd') return 'the working folder is gone; change to one that is there';
  if (code === 'EMFILE') return 'too many open files; allow more (ulimit -n)';
  if (code === 'ERR_ACCESS_DENIED') {
    return "Node's permission model forbids it; allow it with --allow-fs-read, --allow-fs-write, --allow-worker and --allow-addons";
  }
  if (syscall === undefined || code === undefined) return null;
  return `${path === undefined ? '' : `${path}: `}${message}`;
}

/** The stack of an error and of its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? String(error);
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
