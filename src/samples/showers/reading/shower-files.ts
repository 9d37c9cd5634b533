import { ArgumentError, FileError } from '../../../errors.js';
import { requireDifferentFiles } from '../../files-of-sample.js';
import type { SampleFile } from '../../sample-file.js';
import type { ContentProblem } from './oddities.js';
import {
  type HitBlock,
  type HitOptions,
  type OpenOptions,
  openShowerFile,
  type ShowerFile,
} from './reading.js';
import type { ShowerFileMetadata } from './reading-protocol.js';

/** Several files, in their order, whose showers are one sample. All have one layout and one geometry. */
export class ShowerFiles {
  readonly files: readonly SampleFile[];
  /** Showers of all files. */
  readonly rows: number;
  /** The first file tells layout and geometry; it stays open. */
  readonly first: ShowerFile;
  readonly toy: boolean;
  /** Whether all files have the density ratio of toys. */
  readonly hasLogDensityRatio: boolean;
  readonly #options: OpenOptions;
  #reading: ShowerFile;
  #closed = false;

  private constructor(
    first: ShowerFile,
    metadata: readonly ShowerFileMetadata[],
    paths: readonly string[],
    options: OpenOptions,
  ) {
    this.first = first;
    this.files = paths.map((source, i) => ({ source, rows: (metadata[i] as ShowerFileMetadata).rows }));
    this.rows = this.files.reduce((sum, { rows }) => sum + rows, 0);
    this.toy = metadata.every(({ toy }) => toy);
    this.hasLogDensityRatio = metadata.every(({ hasLogDensityRatio }) => hasLogDensityRatio);
    this.#options = { ...options, geometry: first.geometry };
    this.#reading = first;
  }

  /**
   * @throws what {@link openShowerFile} throws; ArgumentError ERR_ARGUMENT for no file, and for one file twice; FileError
   * ERR_LAYOUT for a file of another layout than the first, ERR_GEOMETRY where its axes have other lengths.
   */
  static async open(paths: readonly string[], options: OpenOptions): Promise<ShowerFiles> {
    const [path, ...others] = paths;
    if (path === undefined) throw new ArgumentError('ERR_ARGUMENT', 'a sample needs a file at least');
    const first = await openShowerFile(path, options);
    try {
      const metadata = [first.metadata];
      for (const other of others) {
        const file = await openShowerFile(other, { ...options, geometry: first.geometry });
        metadata.push(file.metadata);
        await file.close();
        requireSameLayout(first, file);
        requireSameShape(first, file);
      }
      await requireDifferentFiles(paths);
      return new ShowerFiles(first, metadata, paths, options);
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  /**
   * The hits of all showers, file by file; dropped rows are counted through the files. What is odd is told with the name of the file where there are several.
   *
   * @param checksums gets the checksum of each file after its last block.
   */
  async *hits(options: HitOptions, checksums: string[]): AsyncGenerator<HitBlock, void, void> {
    let before = 0;
    for (const { source, rows } of this.files) {
      await this.#turnTo(source);
      if (this.#reading.metadata.rows !== rows) {
        throw new FileError('ERR_FILE_CORRUPT', source, 'it was written to meanwhile; read it again');
      }
      const checksum = this.#reading.checksum(options.signal);
      checksum.catch(() => undefined); // told where it is awaited
      const blocks = this.#reading.hits({
        ...options,
        onWarning: (problem) => options.onWarning?.(this.#named(source, problem)),
      });
      for await (const block of blocks) {
        yield { ...block, droppedRows: block.droppedRows.map((row) => before + row) };
      }
      before += rows;
      checksums.push(await checksum);
    }
  }

  #named(source: string, problem: ContentProblem): ContentProblem {
    return this.files.length === 1 ? problem : { ...problem, message: `${source}: ${problem.message}` };
  }

  async #turnTo(source: string): Promise<void> {
    if (this.#reading.path === source) return;
    const before = this.#reading;
    this.#reading = this.first;
    if (before !== this.first) await before.close();
    if (source === this.first.path) return;
    this.#reading = await openShowerFile(source, this.#options);
    if (this.#closed) await this.#reading.close(); // while it was opened
  }

  /** Ends the reading threads. May be called at any time and more than once. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading.close();
    await this.first.close();
  }
}

/** @throws FileError ERR_LAYOUT. */
function requireSameLayout(first: ShowerFile, other: ShowerFile): void {
  const [wanted, found] = [first.metadata, other.metadata];
  const conditions = ({ conditions: all }: ShowerFileMetadata) => all.map(({ name }) => name).join(', ');
  if (found.layout === wanted.layout && conditions(found) === conditions(wanted)) return;
  const message = `its layout is ${found.layout}, that of ${first.path} is ${wanted.layout}; files of one sample need one layout`;
  throw new FileError('ERR_LAYOUT', other.path, message);
}

/** As many voxels may lie along other axes. @throws FileError ERR_GEOMETRY. */
function requireSameShape(first: ShowerFile, other: ShowerFile): void {
  const [wanted, found] = [first.metadata.shape, other.metadata.shape];
  if (wanted === null || found === null || found === wanted) return;
  const message = `its axes describe ${found}, those of ${first.path} ${wanted}; files of one sample need one geometry`;
  throw new FileError('ERR_GEOMETRY', other.path, message);
}
