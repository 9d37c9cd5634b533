import { type CaloscopeError, type ErrorCode, errorCodes, NativeError } from '../errors.js';
import { native } from './binding.js';
import type { JobHandle, NativeHandle, Notify } from './contract/jobs.js';

/** How far a job is; `message` names the stage. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly message: string;
}

/** Options of every asynchronous function. */
export interface JobOptions {
  /** Ends the work within milliseconds; the promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Called a few times a second at most while the work runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Their names, for functions that refuse others. */
export const jobOptions: Readonly<Record<keyof JobOptions, true>> = { signal: true, onProgress: true };

function withCode(error: Error, caller: Error): CaloscopeError {
  const code = (error as { code?: unknown }).code;
  const known: ErrorCode =
    typeof code === 'string' && code in errorCodes ? (code as ErrorCode) : 'ERR_INTERNAL';
  const typed = new NativeError(known, error.message, { cause: error });
  const frames = (caller.stack ?? '').split('\n').slice(2).join('\n');
  typed.stack = `${typed.name}: ${typed.message}\n${frames}`;
  return typed;
}

/**
 * Turns a job of the core into a promise. `start` gets the function to pass to the core as `notify`.
 * Rejects with `signal.reason` when aborted, otherwise with a CaloscopeError that has the caller's stack.
 */
export function runJob<Result>(
  start: (notify: Notify<Result>) => JobHandle,
  { signal, onProgress }: JobOptions = {},
): Promise<Result> {
  const caller = new Error();
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let progressFailure: { error: unknown } | undefined;
    let job: JobHandle | undefined;
    const cancel = () => {
      if (job) native().cancelJob(job);
    };
    const settle = (act: () => void) => {
      signal?.removeEventListener('abort', cancel);
      if (progressFailure) reject(progressFailure.error);
      else if (signal?.aborted) reject(signal.reason);
      else act();
    };
    const notify = ((event: string, first: unknown, total?: number, message?: string) => {
      if (event === 'done') settle(() => resolve(first as Result));
      else if (event === 'failed') settle(() => reject(withCode(first as Error, caller)));
      else if (onProgress && !progressFailure && !signal?.aborted) {
        try {
          onProgress({ done: first as number, total: total ?? 0, message: message ?? '' });
        } catch (error) {
          // A callback that throws ends the work: its error must reach the caller, not the event loop.
          progressFailure = { error };
          cancel();
        }
      }
    }) as Notify<Result>;
    try {
      job = start(notify);
    } catch (error) {
      reject(withCode(error as Error, caller));
      return;
    }
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Runs a synchronous call of the core; its errors become CaloscopeErrors with the caller's stack. */
export function callNative<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw withCode(error as Error, new Error());
  }
}

/** Owner of one native handle: every class that wraps one extends this. */
export abstract class NativeObject<Kind extends string> {
  readonly #handle: NativeHandle<Kind>;
  /** Works under way that need it from their beginning to their end. */
  #uses = 0;
  #disposed = false;

  /** @internal */
  protected constructor(handle: NativeHandle<Kind>) {
    this.#handle = handle;
  }

  /** @internal The handle for calls of the core; after dispose() the core answers ERR_DISPOSED. */
  get handle(): NativeHandle<Kind> {
    return this.#handle;
  }

  /**
   * Frees the native memory now instead of when collected, or when the work that uses it is done: an `evaluate` that is under way
   * goes on, and what is begun afterwards is refused (ERR_DISPOSED).
   */
  dispose(): void {
    this.#disposed = true;
    if (this.#uses === 0) this.free();
  }

  /**
   * @internal Keeps the memory until the end of its block.
   *
   * @throws NativeError ERR_DISPOSED.
   */
  hold(): Disposable {
    if (this.#disposed) {
      throw new NativeError('ERR_DISPOSED', `this ${this.constructor.name} was disposed of; make another`);
    }
    this.#uses += 1;
    return {
      [Symbol.dispose]: () => {
        this.#uses -= 1;
        if (this.#disposed && this.#uses === 0) this.free();
      },
    };
  }

  /** @internal */
  protected free(): void {
    native().dispose(this.#handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal What the console shows between the braces, on one line. */
  protected get shown(): string {
    return '';
  }

  /** One line in the console, without what is inside. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const shown = this.#disposed ? 'disposed' : this.shown;
    return shown === '' ? `${this.constructor.name} {}` : `${this.constructor.name} { ${shown} }`;
  }
}
