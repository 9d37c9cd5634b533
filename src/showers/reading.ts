import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FileError } from '../errors.js';
import { type ContentPolicy, type ContentProblem, strictPolicy } from './content-checks.js';
import { type Geometry, guessGeometry, resolveGeometry } from './geometry.js';
import type { LayoutName } from './layouts.js';
import { accessError, requirePlainFile } from './plain-file.js';
import { usualEnergies } from './published-energies.js';
import type {
  OpenRequest,
  ReadingReply,
  ReadingRequest,
  ShowerBlock,
  ShowerFileMetadata,
} from './reading-protocol.js';

export type { ContentPolicy, ContentProblem } from './content-checks.js';
export type { DatasetRecord, ShowerBlock, ShowerFileMetadata } from './reading-protocol.js';

export interface OpenOptions {
  /** A geometry, its name, or the path of a binning file; guessed from the number of voxels where left out. */
  readonly geometry?: Geometry | string | undefined;
  /** Particle of a binning file that describes several. */
  readonly particle?: string | undefined;
  /** Group that holds the datasets, e.g. `/data/train`; the root where left out. */
  readonly group?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BlockOptions extends Partial<ContentPolicy> {
  /** Numbers as stored: no unit is converted, nothing is checked, and no warning is given. */
  readonly asStored?: boolean;
  /** Called for each oddity that is no error, after the last block. */
  readonly onWarning?: (problem: ContentProblem) => void;
  readonly signal?: AbortSignal | undefined;
}

/** An open file with a geometry that fits it. */
export interface ShowerFile {
  readonly path: string;
  readonly metadata: ShowerFileMetadata;
  readonly geometry: Geometry;
  /**
   * All showers in file order, in blocks of some 8 MB. At most two blocks are on their way. One iteration at a time.
   * Aborting ends the file: close it.
   *
   * @throws FileError ERR_FILE_CORRUPT and others, ERR_NON_FINITE, ERR_NEGATIVE_ENERGY, ERR_INCIDENT_ENERGY; the reason
   * of the signal when aborted.
   */
  blocks(options?: BlockOptions): AsyncIterable<ShowerBlock>;
  /** Ends the reading thread. May be called at any time and more than once. */
  close(): Promise<void>;
}

/**
 * Opens a shower file in the CaloGAN or the CaloChallenge layout, in a worker thread, and checks all that can be checked
 * without its numbers.
 *
 * @throws FileError with the codes for files and geometries; ERR_GEOMETRY when no geometry was given and the number of
 * voxels is not that of a published one; ERR_VOXEL_COUNT when it is not that of the geometry given.
 */
export async function openShowerFile(path: string, options: OpenOptions = {}): Promise<ShowerFile> {
  const { geometry: given } = options;
  const geometry = typeof given === 'string' ? await resolveGeometry(given, particleOption(options)) : given;
  const reader = await ShowerReader.open(path, { ...options, geometry });
  try {
    const { layout, voxels } = reader.metadata;
    const chosen = geometry ?? (await guessedGeometry(path, layout, voxels));
    if (chosen.voxels !== voxels) {
      const message = `its showers have ${voxels} voxels, geometry ${chosen.name} has ${chosen.voxels}; name another`;
      throw new FileError('ERR_VOXEL_COUNT', path, message);
    }
    return {
      path,
      metadata: reader.metadata,
      geometry: chosen,
      blocks: (blockOptions) => reader.blocks(chosen.name, blockOptions),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function particleOption(options: OpenOptions): { particle?: string } {
  return options.particle === undefined ? {} : { particle: options.particle };
}

async function guessedGeometry(path: string, layout: LayoutName, voxels: number): Promise<Geometry> {
  const name = guessGeometry(layout, voxels);
  if (name !== null) return resolveGeometry(name);
  const message = `no published geometry has ${voxels} voxels; name one with --geometry (cartesian:LxRxC or a binning file)`;
  throw new FileError('ERR_GEOMETRY', path, message);
}

/**
 * SHA-256 of a file as hexadecimal digits; it is streamed.
 *
 * @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS; the reason of the signal when aborted.
 */
export async function fileSha256(path: string, options: { signal?: AbortSignal } = {}): Promise<string> {
  options.signal?.throwIfAborted();
  await requirePlainFile(path);
  const hash = createHash('sha256');
  try {
    const stream = createReadStream(path, { highWaterMark: 2 ** 18, signal: options.signal });
    for await (const piece of stream) hash.update(piece as Buffer);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw accessError(path, error as NodeJS.ErrnoException);
  }
  return hash.digest('hex');
}

/** What a pass over the file is waiting for. */
interface Waiting {
  readonly accept: (reply: ReadingReply) => void;
  readonly refuse: (reason: unknown) => void;
}

/** The reading thread of one file, seen from the main thread. */
export class ShowerReader {
  readonly path: string;
  readonly #worker: Worker;
  readonly #replies: ReadingReply[] = [];
  #metadata: ShowerFileMetadata | null = null;
  #waiting: Waiting | null = null;
  #ended: unknown = null;
  #pass = 0;

  private constructor(path: string, request: OpenRequest) {
    this.path = path;
    // stdout and stderr are kept from the process: the library never prints.
    this.#worker = new Worker(new URL('./reading-worker.js', import.meta.url), {
      workerData: request,
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (reply: ReadingReply) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) waiting.accept(reply);
      else this.#replies.push(reply);
    });
    this.#worker.on('error', (cause: NodeJS.ErrnoException) => {
      const memory = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const what = memory ? 'not enough memory to read it' : 'the reading thread failed; please report this';
      this.#end(new FileError(memory ? 'ERR_MEMORY' : 'ERR_INTERNAL', path, what, { cause }));
    });
    this.#worker.on('exit', () =>
      this.#end(new FileError('ERR_DISPOSED', path, 'the file was closed; open it again')),
    );
  }

  /** @throws FileError with the codes for files; the reason of the signal when aborted. */
  static async open(
    path: string,
    options: OpenOptions & { geometry?: Geometry | undefined },
  ): Promise<ShowerReader> {
    const { geometry, group, signal } = options;
    signal?.throwIfAborted();
    await requirePlainFile(path);
    const expectedLayout = geometry ? (geometry.family === 'calogan' ? 'calogan' : 'calochallenge') : null;
    const reader = new ShowerReader(path, { path: resolve(path), group: group ?? null, expectedLayout });
    try {
      const opened = await reader.#next(null, signal);
      if (opened.kind === 'opened') reader.#metadata = opened.metadata;
      reader.#worker.unref();
      return reader;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  get metadata(): ShowerFileMetadata {
    return this.#metadata as ShowerFileMetadata;
  }

  async *blocks(geometryName: string, options: BlockOptions = {}): AsyncGenerator<ShowerBlock, void, void> {
    const { nonFinite = strictPolicy.nonFinite, negative = strictPolicy.negative, signal } = options;
    const policy = options.asStored ? null : { nonFinite, negative };
    const pass = this.#start({ kind: 'read', policy, usualEnergies: usualEnergies(geometryName) });
    try {
      for (;;) {
        const reply = await this.#next(pass, signal);
        if (reply.kind === 'block') {
          yield reply.block;
          this.#worker.postMessage({ kind: 'more', pass } satisfies ReadingRequest);
        } else if (reply.kind === 'end') {
          for (const problem of reply.problems) options.onWarning?.(problem);
          return;
        }
      }
    } finally {
      this.#worker.postMessage({ kind: 'stop', pass } satisfies ReadingRequest);
      this.#worker.unref();
    }
  }

  /** Reads everything once and gives what was noted. */
  async inspect(
    layerStarts: readonly number[],
    geometryName: string | null,
    options: { signal?: AbortSignal | undefined; onProgress?: ((rows: number) => void) | undefined },
  ): Promise<Extract<ReadingReply, { kind: 'inspected' }>> {
    const energies = geometryName === null ? null : usualEnergies(geometryName);
    const pass = this.#start({ kind: 'inspect', layerStarts, usualEnergies: energies });
    for (;;) {
      const reply = await this.#next(pass, options.signal);
      if (reply.kind === 'progress') options.onProgress?.(reply.rows);
      if (reply.kind === 'inspected') return reply;
    }
  }

  #start(order: DistributiveOmit<Extract<ReadingRequest, { kind: 'read' | 'inspect' }>, 'pass'>): number {
    this.#pass += 1;
    this.#worker.ref();
    this.#worker.postMessage({ ...order, pass: this.#pass } satisfies ReadingRequest);
    return this.#pass;
  }

  /** The next reply of a pass; aborting ends the thread at once, whatever it is doing. */
  async #next(pass: number | null, signal: AbortSignal | undefined): Promise<ReadingReply> {
    for (;;) {
      if (signal?.aborted) {
        this.#end(signal.reason);
        throw signal.reason;
      }
      const reply = this.#replies.shift() ?? (await this.#wait(signal));
      if (reply.kind === 'failed' && (reply.pass === pass || reply.pass === null)) {
        throw new FileError(reply.code, this.path, reply.message);
      }
      if (reply.kind === 'opened' || reply.pass === pass) return reply;
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<ReadingReply> {
    if (this.#ended !== null) throw this.#ended;
    const onAbort = () => this.#end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<ReadingReply>((accept, refuse) => {
        this.#waiting = { accept, refuse };
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #end(reason: unknown): void {
    this.#ended ??= reason;
    this.#waiting?.refuse(reason);
    this.#waiting = null;
    void this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#end(new FileError('ERR_DISPOSED', this.path, 'the file was closed; open it again'));
    await this.#worker.terminate();
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;
