import { setImmediate } from 'node:timers/promises';
import type { Geometry } from '../../geometry/geometry.js';
import { native } from '../../native/binding.js';
import type { ShowerTableHandle } from '../../native/contract/showers.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import type { SampleBounds } from '../sample.js';
import type { ContentPolicy, ContentProblem } from './reading/content-checks.js';
import { type HitBlock, type OpenOptions, openShowerFile, type ShowerFile } from './reading/reading.js';
import { type ShowerOrigin, ShowerSample } from './shower-sample.js';

export interface OpenShowersOptions extends OpenOptions, Partial<ContentPolicy>, JobOptions {}

/**
 * Reads a shower file, in a published layout or a described one, into native memory, block by block in worker threads.
 *
 * @param path HDF5 file.
 * @throws FileError and CaloscopeError with the codes for files, geometries and content; `signal.reason` when aborted.
 */
export async function openShowers(path: string, options: OpenShowersOptions = {}): Promise<ShowerSample> {
  const stream = await ShowerStream.open(path, options);
  try {
    return await stream.whole();
  } finally {
    await stream.close();
  }
}

/** A shower file that is read sample by sample: what one pass needs of it is never in memory as a whole. */
export class ShowerStream {
  readonly geometry: Geometry;
  /** Showers in the file. */
  readonly rows: number;
  readonly #origin: ShowerOrigin;
  readonly #file: ShowerFile;
  readonly #options: OpenShowersOptions;
  readonly #problems: ContentProblem[] = [];
  #sha256: Promise<string> | null = null;

  private constructor(path: string, file: ShowerFile, options: OpenShowersOptions) {
    const { layout, toy, rows } = file.metadata;
    const { geometry, geometryReason } = file;
    this.geometry = geometry;
    this.rows = rows;
    this.#origin = { source: path, file: true, sha256: null, layout, geometryReason, toy };
    this.#file = file;
    this.#options = options;
  }

  /** @throws FileError with the codes for files and geometries; `signal.reason` when aborted. */
  static async open(path: string, options: OpenShowersOptions = {}): Promise<ShowerStream> {
    return new ShowerStream(path, await openShowerFile(path, options), options);
  }

  /** What was odd in the file and was not refused; complete after the last sample. */
  get problems(): readonly ContentProblem[] {
    return this.#problems;
  }

  /** All showers as one sample, which knows the checksum of its file. */
  async whole(): Promise<ShowerSample> {
    this.#sha256 = this.#file.checksum(this.#options.signal);
    const everything = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
    const { value } = await this.samples(everything).next();
    return value as ShowerSample;
  }

  /**
   * All showers in file order, at least one sample. Each is the caller's to free. While the caller works on one, the
   * next is read only when it is requested, but for a few blocks.
   *
   * @throws CaloscopeError with the codes for content; `signal.reason` when aborted.
   */
  async *samples(bounds: SampleBounds): AsyncGenerator<ShowerSample, void, void> {
    const { nonFinite, negative, signal, onProgress } = this.#options;
    let next = new SampleBeingRead(this.geometry, Math.min(this.rows, bounds.rows));
    try {
      for await (const block of this.#file.hits({
        ...(nonFinite !== undefined && { nonFinite }),
        ...(negative !== undefined && { negative }),
        signal,
        onWarning: (problem) => this.#problems.push(problem),
      })) {
        next.add(block);
        await setImmediate(); // blocks that wait already must not keep the event loop from its turn
        const done = block.firstRow + block.rows;
        onProgress?.({ done, total: this.rows, message: 'reading' });
        if (done === this.rows || !next.passes(bounds)) continue;
        yield next.finish(this.#file, this.#origin, []);
        next = new SampleBeingRead(this.geometry, Math.min(this.rows - done, bounds.rows));
      }
      const origin = { ...this.#origin, sha256: await this.#sha256 };
      signal?.throwIfAborted();
      yield next.finish(this.#file, origin, this.#problems);
    } finally {
      next.discard();
    }
  }

  /** Ends the reading threads. Samples that were given stay. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

class SampleBeingRead {
  #handle: ShowerTableHandle | null;
  readonly #conditions: Float64Array[][] = [];
  readonly #ratios: Float64Array[] = [];

  constructor(geometry: Geometry, expectedRows: number) {
    this.#handle = callNative(() => native().createShowerTable(geometry.voxels, expectedRows));
  }

  add(block: HitBlock): void {
    block.appendTo(this.#handle as ShowerTableHandle);
    for (const [i, values] of block.conditions.entries()) {
      this.#conditions[i] ??= [];
      this.#conditions[i].push(values);
    }
    if (block.logDensityRatio) this.#ratios.push(block.logDensityRatio);
  }

  passes(bounds: SampleBounds): boolean {
    const { rows, bytes } = callNative(() => native().showerTable(this.#handle as ShowerTableHandle));
    return rows >= bounds.rows || bytes >= bounds.bytes;
  }

  finish(
    { geometry, metadata }: ShowerFile,
    origin: ShowerOrigin,
    problems: readonly ContentProblem[],
  ): ShowerSample {
    const { conditions: named } = metadata;
    const conditions = named.map((condition, i) => ({
      ...condition,
      values: joined(this.#conditions[i] ?? []),
    }));
    const logDensityRatio = this.#ratios.length > 0 ? joined(this.#ratios) : null;
    const known = { conditions, logDensityRatio };
    const sample = ShowerSample.adopt(this.#handle as ShowerTableHandle, geometry, origin, problems, known);
    this.#handle = null;
    return sample;
  }

  /** Frees what was not finished. */
  discard(): void {
    if (this.#handle) native().dispose(this.#handle);
    this.#handle = null;
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let next = 0;
  for (const part of parts) {
    whole.set(part, next);
    next += part.length;
  }
  return whole;
}
