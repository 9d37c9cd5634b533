import { eventLoopTurn } from '../../event-loop.js';
import type { Geometry } from '../../geometry/geometry.js';
import { chosenLayouts } from '../../layouts/chosen-layout.js';
import { requireMemory } from '../../machine/free-memory.js';
import { requireKnownOptions, requirePaths } from '../../names.js';
import { native } from '../../native/binding.js';
import type { ShowerTableHandle } from '../../native/contract/showers.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import { filesTogether, requireRows } from '../files-of-sample.js';
import { densitiesOfRows, type OwnDensities } from '../own-densities.js';
import type { SampleBounds } from '../sample.js';
import type { FileOfSample, SampleFile } from '../sample-file.js';
import { rowsFrom, rowsWithout, sourceRowOf, sourceRowsOf } from '../source-rows.js';
import { PointsBeingRead } from './point-summary.js';
import { joinedColumns } from './reading/joined-columns.js';
import { type ContentPolicy, type ContentProblem, lostProblem } from './reading/oddities.js';
import type { HitBlock, OpenOptions } from './reading/reading.js';
import { ShowerFiles } from './reading/shower-files.js';
import { showerDensities } from './shower-densities.js';
import { type ShowerOrigin, ShowerSample, showersWithout } from './shower-sample.js';

export interface OpenShowersOptions extends OpenOptions, Partial<ContentPolicy>, JobOptions {}

/** Their names, for functions that refuse others. */
export const openShowersOptions: Readonly<Record<keyof OpenShowersOptions, true>> = {
  geometry: true,
  particle: true,
  layout: true,
  group: true,
  threads: true,
  negative: true,
  nonFinite: true,
  signal: true,
  onProgress: true,
};

/** One file, or several whose showers are one sample, in their order. */
export type ShowerPaths = string | readonly string[];

/**
 * Reads shower files, in a published layout or a described one, into native memory, block by block in worker threads.
 *
 * @param paths HDF5 files; rows are counted through them.
 * @throws FileError and CaloscopeError with the codes for files, geometries and content; ArgumentError ERR_ARGUMENT for a file that
 * is named twice; `signal.reason` when aborted.
 */
export async function openShowers(
  paths: ShowerPaths,
  options: OpenShowersOptions = {},
): Promise<ShowerSample> {
  requireKnownOptions(options, openShowersOptions);
  requirePaths(paths);
  return await readShowers(paths, options);
}

/** The same, for who has options of other kinds of samples among those of showers. */
export async function readShowers(paths: ShowerPaths, options: OpenShowersOptions): Promise<ShowerSample> {
  const stream = await ShowerStream.open(paths, options);
  try {
    return await stream.whole();
  } finally {
    await stream.close();
  }
}

/** Shower files that are read sample by sample: what one pass needs of them is never in memory as a whole. */
export class ShowerStream {
  readonly #files: ShowerFiles;
  readonly #options: OpenShowersOptions;
  readonly #problems: ContentProblem[] = [];
  readonly #dropped: number[] = [];
  /** Showers that were dropped for their conditions. */
  #lost = { count: 0, firstRow: 0 };
  readonly #checksums: string[] = [];

  private constructor(files: ShowerFiles, options: OpenShowersOptions) {
    this.#files = files;
    this.#options = options;
  }

  /** @throws FileError with the codes for files and geometries; `signal.reason` when aborted. */
  static async open(paths: ShowerPaths, options: OpenShowersOptions = {}): Promise<ShowerStream> {
    const files = await ShowerFiles.open(typeof paths === 'string' ? [paths] : paths, options);
    return new ShowerStream(files, options);
  }

  get geometry(): Geometry {
    return this.#files.first.geometry;
  }

  /** Showers in all files. */
  get rows(): number {
    return this.#files.rows;
  }

  /** The files, in the order of their rows, with the checksums of the very bytes that were read; complete after the last sample. */
  get files(): readonly FileOfSample[] {
    return this.#checksums.map((sha256, i) => ({ ...(this.#files.files[i] as SampleFile), sha256 }));
  }

  /** The row of each shower in the files, where some were dropped; null: all are there. Complete after the last sample. */
  get sourceRows(): Float64Array | null {
    return this.#dropped.length === 0
      ? null
      : rowsWithout(this.rows, Float64Array.from(this.#dropped).sort());
  }

  /** What was odd in the files and was not refused; complete after the last sample. */
  get problems(): readonly ContentProblem[] {
    return this.#problems;
  }

  /** All showers as one sample. */
  async whole(): Promise<ShowerSample> {
    const { layout: chosen, group = null, signal } = this.#options;
    const layouts = await chosenLayouts(chosen, 'showers');
    const layout = layouts.find(({ name }) => name === this.#files.first.metadata.layout);
    const densities = layout ? await showerDensities(this.#files.files, layout, group, { signal }) : null;
    const everything = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
    const { value } = await this.samples(everything, densities).next();
    return value as ShowerSample;
  }

  /**
   * All showers in file order but for those that are dropped, at least one sample. Each is the caller's to free. While the caller works on one, the
   * next is read only when it is requested, but for a few blocks. The last sample knows the checksums of the files.
   *
   * @throws CaloscopeError with the codes for content; FileError ERR_TOO_FEW_ROWS where all showers are dropped; `signal.reason` when
   * aborted.
   */
  async *samples(
    bounds: SampleBounds,
    densities: OwnDensities | null = null,
  ): AsyncGenerator<ShowerSample, void, void> {
    const { nonFinite, negative, signal, onProgress } = this.#options;
    let next = new SampleBeingRead(this.#files, Math.min(this.rows, bounds.rows));
    let done = 0;
    let left = 0;
    let given = 0;
    const policy = {
      ...(nonFinite !== undefined && { nonFinite }),
      ...(negative !== undefined && { negative }),
      signal,
      onWarning: (problem: ContentProblem) => this.#problems.push(problem),
    };
    try {
      for await (const block of this.#files.hits(policy, this.#checksums)) {
        next.add(block);
        next.requireRoom(Math.min(this.rows - given, bounds.rows), this.#files.first.path);
        await eventLoopTurn(); // blocks that wait already must not keep others waiting
        left += block.rows;
        done += block.rows + block.droppedRows.length;
        for (const row of block.droppedRows) this.#dropped.push(row);
        onProgress?.({ done, total: this.rows, message: 'reading' });
        if (done === this.rows || !next.passes(bounds)) continue;
        given = left;
        const sample = await this.#withConditions(next.finish(this.#origin([]), [], null));
        next = new SampleBeingRead(this.#files, Math.min(this.rows - done, bounds.rows), done);
        if (sample) yield sample;
      }
      signal?.throwIfAborted();
      const path = this.#files.first.path;
      if (this.#dropped.length > 0) requireRows(path, 'showers', { left, read: this.rows });
      const last =
        left > given || left === 0
          ? await this.#withConditions(next.finish(this.#origin(this.files), this.#problems, densities))
          : null;
      const { count } = this.#lost;
      if (count > 0) {
        this.#problems.push(lostProblem(this.#lost, this.rows));
        requireRows(path, 'showers', { left: left - count, read: this.rows });
      }
      if (last) yield last;
    } finally {
      next.discard();
    }
  }

  /** The sample without showers whose conditions are NaN or infinite, where such are dropped; null: none is left. */
  async #withConditions(sample: ShowerSample): Promise<ShowerSample | null> {
    const { nonFinite, signal } = this.#options;
    const lost = nonFinite === 'drop' ? rowsWithoutConditions(sample) : [];
    if (lost.length === 0) return sample;
    try {
      const inFiles = lost.map((row) => sourceRowOf(sample, row));
      const { count, firstRow } = this.#lost;
      this.#lost = { count: count + lost.length, firstRow: count > 0 ? firstRow : (inFiles[0] as number) };
      this.#dropped.push(...inFiles);
      if (lost.length === sample.rows) return null;
      return await showersWithout(sample, Float64Array.from(lost), { signal });
    } finally {
      sample.dispose();
    }
  }

  /** @param read files that were read to their end. */
  #origin(read: readonly FileOfSample[]): ShowerOrigin {
    const { files, first, toy } = this.#files;
    return {
      ...filesTogether(first.path, files.length, read),
      countedThrough: files,
      file: true,
      layout: first.metadata.layout,
      geometryReason: first.geometryReason,
      toy,
    };
  }

  /** Ends the reading threads. Samples that were given stay. */
  close(): Promise<void> {
    return this.#files.close();
  }
}

/** Rows with a condition that is NaN or infinite, ascending. */
function rowsWithoutConditions({ rows, conditions }: ShowerSample): readonly number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    conditions.some(({ values }) => !Number.isFinite(values[row])),
  );
}

class SampleBeingRead {
  #handle: ShowerTableHandle | null;
  readonly #files: ShowerFiles;
  readonly #points: PointsBeingRead | null;
  readonly #conditions: Float64Array[][] = [];
  readonly #ratios: Float64Array[] = [];
  readonly #firstRow: number;
  /** Counted from the first row of this sample. */
  readonly #dropped: number[] = [];
  /** Rows from which on it is looked again whether the others fit into memory. */
  #checkedAt = 1;

  /** @param firstRow of this sample, counted through the files. */
  constructor(files: ShowerFiles, expectedRows: number, firstRow = 0) {
    this.#firstRow = firstRow;
    this.#files = files;
    const { geometry, metadata } = files.first;
    const { voxels } = geometry;
    this.#handle = callNative(() => native().createShowerTable(voxels, expectedRows));
    this.#points = metadata.voxels === null ? new PointsBeingRead(expectedRows) : null;
  }

  add(block: HitBlock): void {
    block.appendTo(this.#handle as ShowerTableHandle, this.#points?.spectrum ?? null);
    this.#points?.add(block);
    for (const [i, values] of block.conditions.entries()) {
      this.#conditions[i] ??= [];
      this.#conditions[i].push(values);
    }
    for (const row of block.droppedRows) this.#dropped.push(row - this.#firstRow);
    if (block.logDensityRatio) this.#ratios.push(block.logDensityRatio);
  }

  /** Refuses a sample of so many rows that, as those that were read go, will not fit into memory. */
  requireRoom(rows: number, path: string): void {
    const { rows: read, bytes } = callNative(() => native().showerTable(this.#handle as ShowerTableHandle));
    if (read < this.#checkedAt) return;
    this.#checkedAt = 2 * read;
    const perRow = bytes / read + 8 * (this.#conditions.length + 1);
    const advice = 'fewer showers a sample (files of a part of them), or a machine with more memory';
    requireMemory({ bytes: perRow * (rows - read), what: 'the rest of the sample', advice, path });
  }

  passes(bounds: SampleBounds): boolean {
    const { rows, bytes } = callNative(() => native().showerTable(this.#handle as ShowerTableHandle));
    return rows >= bounds.rows || bytes >= bounds.bytes;
  }

  finish(
    origin: ShowerOrigin,
    problems: readonly ContentProblem[],
    densities: OwnDensities | null,
  ): ShowerSample {
    const { geometry, metadata } = this.#files.first;
    const conditions = metadata.conditions.map((condition, i) => ({
      ...condition,
      values: joinedColumns(this.#conditions[i] ?? []),
    }));
    const hasRatio = this.#files.hasLogDensityRatio && this.#ratios.length > 0;
    const logDensityRatio = hasRatio ? joinedColumns(this.#ratios) : null;
    const sourceRows = this.#sourceRows();
    const known = {
      conditions,
      logDensityRatio,
      points: this.#points?.finish() ?? null,
      densities: sourceRows === null ? densities : densitiesOfRows(densities, sourceRows),
      sourceRows,
    };
    const sample = ShowerSample.adopt(this.#handle as ShowerTableHandle, geometry, origin, problems, known);
    this.#handle = null;
    return sample;
  }

  #sourceRows(): Float64Array | null {
    if (this.#dropped.length === 0 && this.#firstRow === 0) return null;
    const { rows } = callNative(() => native().showerTable(this.#handle as ShowerTableHandle));
    const read = rows + this.#dropped.length;
    const left = rowsWithout(read, Float64Array.from(this.#dropped));
    return sourceRowsOf({ sourceRows: rowsFrom(this.#firstRow, read) }, left);
  }

  /** Frees what was not finished. */
  discard(): void {
    if (this.#handle) native().dispose(this.#handle);
    this.#handle = null;
    this.#points?.discard();
  }
}
