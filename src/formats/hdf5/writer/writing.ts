import type { Worker } from 'node:worker_threads';
import { ArgumentError, FileError } from '../../../errors.js';
import { startWorker } from '../../../worker-thread.js';
import { requireOutputFile } from '../../files/output-checks.js';
import { outputError } from '../../files/output-error.js';
import { WholeOutput } from '../../files/whole-output.js';
import { holdsType } from './row-buffer.js';
import type {
  ColumnNumbers,
  FilePlan,
  WritingReply,
  WritingRequest,
  WritingStart,
} from './writing-protocol.js';

export type { ColumnNumbers, ColumnType, DatasetPlan, FilePlan } from './writing-protocol.js';

export interface WritingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Replace a file that exists. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * Begins an HDF5 file. It is written beside `path` under another name, in a worker thread, and takes its place when it is
 * complete; with `force` an existing file stays until then. After an error or an abort nothing is left behind.
 *
 * @throws ArgumentError ERR_ARGUMENT for an impossible plan; FileError ERR_OUTPUT; the reason of the signal when aborted.
 */
export async function createHdf5(
  path: string,
  plan: FilePlan,
  options: WritingOptions = {},
): Promise<Hdf5Writer> {
  const { signal, force = false } = options;
  checkPlan(plan);
  signal?.throwIfAborted();
  await requireOutputFile(path, { force });
  const output = await WholeOutput.at(path, force ? 'a file' : 'nothing');
  return Hdf5Writer.start(path, plan, output, signal);
}

function checkPlan(plan: FilePlan): void {
  const paths = new Set(plan.datasets.map((dataset) => dataset.path));
  if (plan.datasets.length === 0 || paths.size < plan.datasets.length) {
    throw new ArgumentError('ERR_ARGUMENT', 'datasets: one or more with different paths are needed');
  }
  for (const { path, rowShape } of plan.datasets) {
    if (!/[^/]/.test(path)) throw new ArgumentError('ERR_ARGUMENT', `dataset path "${path}" has no name`);
    if (!rowShape.every((length) => Number.isSafeInteger(length) && length > 0)) {
      throw new ArgumentError(
        'ERR_ARGUMENT',
        `dataset ${path}: row shape [${rowShape}] needs whole numbers above 0`,
      );
    }
  }
}

/** An HDF5 file being written. Every writer must be closed or discarded. */
export class Hdf5Writer {
  readonly path: string;
  readonly #output: WholeOutput;
  readonly #plan: FilePlan;
  readonly #signal: AbortSignal | undefined;
  readonly #worker: Worker;
  #waiting: { accept: () => void; refuse: (reason: unknown) => void } | null = null;
  #failure: { readonly reason: unknown } | null = null;
  #closed = false;
  #discarded: Promise<void> | null = null;
  readonly #onAbort = () => this.#fail(this.#signal?.reason);

  private constructor(path: string, plan: FilePlan, output: WholeOutput, signal: AbortSignal | undefined) {
    this.path = path;
    this.#plan = plan;
    this.#signal = signal;
    this.#output = output;
    const start: WritingStart = { path: this.#output.partial, plan };
    this.#worker = startWorker(new URL('./writing-worker.js', import.meta.url), start);
    this.#worker.on('message', (reply: WritingReply) => {
      if (reply.kind === 'failed') this.#fail(new FileError(reply.code, path, reply.message));
      else this.#settle((waiting) => waiting.accept());
    });
    this.#worker.on('error', (cause) => {
      this.#fail(
        new FileError('ERR_INTERNAL', path, 'the writing thread failed; please report this', { cause }),
      );
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** For {@link createHdf5}. */
  static async start(
    path: string,
    plan: FilePlan,
    output: WholeOutput,
    signal: AbortSignal | undefined,
  ): Promise<Hdf5Writer> {
    const writer = new Hdf5Writer(path, plan, output, signal);
    await writer.#answer();
    return writer;
  }

  /**
   * Appends rows to the datasets that `block` names; datasets may end with different numbers of rows. The numbers are copied before this returns its promise, which is fulfilled when they
   * are with the file: await it before the next call, or memory fills.
   *
   * @param block for each dataset path, rows × row length numbers in the typed array of the type.
   * @throws ArgumentError ERR_ARGUMENT, ERR_SHAPE; FileError ERR_OUTPUT; the reason of the signal when aborted.
   */
  async append(block: Readonly<Record<string, ColumnNumbers>>, rows: number): Promise<void> {
    const unknown = Object.keys(block).find(
      (path) => !this.#plan.datasets.some((dataset) => dataset.path === path),
    );
    if (unknown !== undefined) {
      throw new ArgumentError('ERR_ARGUMENT', `dataset ${unknown} is not in the plan of the file`);
    }
    if (Object.keys(block).length === 0) {
      throw new ArgumentError('ERR_ARGUMENT', 'a block must hold numbers of at least one dataset');
    }
    const columns = this.#plan.datasets.map(({ path, type, rowShape }) => {
      const numbers = block[path];
      if (numbers === undefined) return null;
      if (!holdsType(numbers, type)) {
        throw new ArgumentError('ERR_ARGUMENT', `dataset ${path}: numbers of type ${type} are needed`);
      }
      const needed = rowShape.reduce((product, length) => product * length, rows);
      if (numbers.length !== needed) {
        const message = `dataset ${path}: ${numbers.length} numbers for ${rows} rows, needed are ${needed}`;
        throw new ArgumentError('ERR_SHAPE', message);
      }
      return numbers;
    });
    await this.#request({ kind: 'append', rows, columns });
  }

  /** Completes the file and puts it in its place. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#request({ kind: 'finish' });
    try {
      await this.#output.put();
    } catch (cause) {
      await this.discard();
      throw outputError(this.path, cause);
    }
    this.#closed = true;
    await this.#release();
  }

  /** Gives up: nothing is left behind. May be called at any time and more than once; after `close` it does nothing. */
  async discard(): Promise<void> {
    if (this.#closed) return;
    this.#discarded ??= this.#release().then(() => this.#output.discard());
    await this.#discarded;
  }

  async #request(request: WritingRequest): Promise<void> {
    if (!this.#failure && (this.#closed || this.#discarded)) {
      throw new FileError('ERR_DISPOSED', this.path, 'the writer was closed; create another');
    }
    if (!this.#failure) this.#worker.postMessage(request);
    await this.#answer();
  }

  /** Waits for the worker. After a failure nothing is left of the file. */
  async #answer(): Promise<void> {
    try {
      if (this.#failure) throw this.#failure.reason;
      await new Promise<void>((accept, refuse) => {
        this.#waiting = { accept, refuse };
      });
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    // No call may be waiting when the signal comes between two calls: clean up here as well.
    void this.discard();
    this.#settle((waiting) => waiting.refuse(reason));
  }

  #settle(how: (waiting: { accept: () => void; refuse: (reason: unknown) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) how(waiting);
  }

  async #release(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await this.#worker.terminate();
  }
}
