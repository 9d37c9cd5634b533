import { resolve } from 'node:path';
import { FileError } from '../../../errors.js';
import { Checksum } from '../../../formats/files/checksum.js';
import { OpenedFile } from '../../../formats/files/opened-file.js';
import { definitionsOf, type Geometry } from '../../../geometry/geometry.js';
import { type KnownGeometry, layoutGeometry } from '../../../geometry/known-geometry.js';
import { usualEnergies } from '../../../geometry/published-energies.js';
import { publishedLayoutNames } from '../../../layouts/published-layouts.js';
import type { Layout } from '../../../layouts/schema.js';
import { usableCores } from '../../../machine/usable-cores.js';
import { native } from '../../../native/binding.js';
import type { OddityRecord, PointTargetRecord } from '../../../native/contract/reading.js';
import type { ShowerTableHandle } from '../../../native/contract/showers.js';
import { callNative } from '../../../native/run-job.js';
import { ContentCheck, type ContentSummary } from './content-checks.js';
import { type ContentPolicy, type ContentProblem, nothingOdd, oddCondition, together } from './oddities.js';
import type {
  BlockContent,
  LeftBlock,
  PassOrder,
  ReadingPlan,
  ReadingReply,
  ReadingStart,
  ShowerBlock,
  ShowerFileMetadata,
  ShowerPlaces,
} from './reading-protocol.js';
import { ReadingThread } from './reading-thread.js';

/** More threads of Node than this are not of use: the main thread has to take what they find. */
const mostNodeThreads = 4;
/** Stretches that a thread is given before the first of them was taken. */
const stretchesAhead = 2;
/** Decoded chunks that all threads may hold together; a file with larger ones is read by fewer. */
const mostBandBytes = 256 * 2 ** 20;

export interface ReaderOptions {
  /** Layouts that the file may have. */
  readonly layouts: readonly Layout[];
  readonly geometry?: Geometry | undefined;
  readonly group?: string | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stretch of showers in file order of which only the hits are kept, in native memory. */
export interface HitBlock extends LeftBlock {
  /**
   * Appends the showers to a table: once, and before the next block is requested.
   *
   * @param spectrum table of the points by energy; null for files of voxels.
   */
  appendTo(table: ShowerTableHandle, spectrum: ShowerTableHandle | null): void;
  /** See PointNotesRecord; null for files of voxels. */
  readonly pointObservables: readonly Float64Array[] | null;
}

/** How a pass over all showers is made. */
export interface PassOptions {
  readonly policy: ContentPolicy;
  readonly geometryName: string;
  /** How points become hits; null for files of voxels. */
  readonly points: PointTargetRecord | null;
  /** By which energies are multiplied, one a voxel; null: none. */
  readonly cellWeights: Float64Array | null;
  readonly onWarning?: ((problem: ContentProblem) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How the rows are shared out in a pass; `inCore`: the first thread has the core read them. */
type PassPlan = ReadingPlan & { readonly inCore: boolean };

type Opened = Extract<ReadingReply, { kind: 'opened' }>;

/**
 * The threads that read one file, seen from the main thread. Each decodes stretches of rows; what they find is taken in
 * file order, errors too: which thread was faster does not show. One pass at a time.
 */
export class ShowerReader {
  readonly #file: OpenedFile;
  readonly #threads: ReadingThread[] = [];
  readonly #wantedThreads: number;
  #opened: Opened | null = null;
  #checksum: Checksum | null = null;
  #ended: unknown = null;
  #pass = 0;

  private constructor(file: OpenedFile, threads: number) {
    this.#file = file;
    this.#wantedThreads = threads;
  }

  /** @throws FileError with the codes for files; the reason of the signal when aborted. */
  static async open(path: string, options: ReaderOptions): Promise<ShowerReader> {
    const { geometry, group, layouts, signal, threads = usableCores().count } = options;
    signal?.throwIfAborted();
    const definitions = geometry ? definitionsOf(geometry) : null;
    const reader = new ShowerReader(await OpenedFile.open(path), threads);
    const request = { path: resolve(path), group: group ?? null, layouts, definitions };
    const thread = reader.#startThread({ kind: 'open', request });
    try {
      const reply = await reader.#next(thread, null, signal);
      if (reply.kind === 'opened') reader.#opened = reply;
      thread.release();
      return reader;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  get path(): string {
    return this.#file.path;
  }

  /**
   * SHA-256 of the file as hexadecimal digits, worked out while it is read.
   *
   * @throws FileError ERR_FILE_CHANGED for a file that was written to meanwhile; the reason of the signal when aborted.
   */
  checksum(signal: AbortSignal | undefined): Promise<string> {
    this.#checksum ??= new Checksum(this.#file, signal);
    return this.#checksum.sha256;
  }

  get metadata(): ShowerFileMetadata {
    return (this.#opened as Opened).metadata;
  }

  /** The geometry that layout, axes or number of voxels tell; null where none does. */
  ownGeometry(): Promise<KnownGeometry | null> {
    const { metadata, places } = this.#opened as Opened;
    return layoutGeometry(places.layout, metadata.voxels, places.shapeGeometry);
  }

  /** The layout that the file has. */
  get layout(): Layout {
    return (this.#opened as Opened).places.layout;
  }

  #planOf(order: PassOrder): PassPlan {
    const { plan, corePlan } = this.#opened as Opened;
    return order.form !== 'dense' && corePlan ? { ...corePlan, inCore: true } : { ...plan, inCore: false };
  }

  /** Dense blocks as stored: neither converted nor checked. */
  async *stored(signal: AbortSignal | undefined): AsyncGenerator<ShowerBlock, void, void> {
    for await (const content of this.#contents({ form: 'dense', policy: null }, signal)) {
      if (content.form === 'dense') yield content.block;
    }
  }

  /** Dense blocks, checked, energies in MeV. */
  async *dense(options: PassOptions): AsyncGenerator<ShowerBlock, void, void> {
    const order = { form: 'dense', policy: options.policy } as const;
    for await (const content of this.#checked(order, options)) {
      if (content.form === 'dense') yield weighted(content.block, options.cellWeights);
    }
  }

  /** The hits of all showers, checked, energies in MeV. */
  async *hits(options: PassOptions): AsyncGenerator<HitBlock, void, void> {
    const exchange = callNative(() => native().createHitExchange(options.points));
    const order = {
      form: 'hits',
      policy: options.policy,
      exchange: native().hitExchangeNumber(exchange),
    } as const;
    const appendTo =
      (firstRow: number): HitBlock['appendTo'] =>
      (table, spectrum) =>
        callNative(() => native().consumeHits(exchange, firstRow, table, spectrum, options.cellWeights));
    try {
      for await (const content of this.#checked(order, options)) {
        if (content.form !== 'hits') continue;
        const { block, notes } = content;
        const pointObservables = 'points' in notes ? notes.points.observables : null;
        yield { ...block, pointObservables, appendTo: appendTo(block.firstRow) };
      }
    } finally {
      native().dispose(exchange);
    }
  }

  /** Contents with notes; what is odd and no error is told at the end. */
  async *#checked(
    order: PassOrder,
    { policy, geometryName, cellWeights, onWarning, signal }: PassOptions,
  ): AsyncGenerator<BlockContent, void, void> {
    const check = new ContentCheck(policy);
    for await (const content of this.#contents(order, signal)) {
      if (content.notes) check.add(content.notes);
      yield content;
    }
    const problems = [
      ...this.metadata.problems,
      ...check.problems(usualEnergies(geometryName), cellWeights !== null, this.#describedUnits()),
    ];
    const refused = problems.find(({ severity }) => severity === 'error');
    if (refused?.severity === 'error') throw new FileError(refused.code, this.path, refused.message);
    for (const problem of problems) onWarning?.(problem);
  }

  /** Which units of the description to check against which datasets; null where the layout is a published one. */
  #describedUnits(): string | null {
    const { layout, metadata } = this;
    if (publishedLayoutNames.includes(layout.name)) return null;
    const { incidentEnergies, voxels } = metadata.units;
    const ofShowers = layout.voxels ? 'voxels.unit' : 'points.unit';
    const datasets = metadata.datasets.map(({ path }) => path).join(', ');
    return `check incidentEnergies.unit (${incidentEnergies}) and ${ofShowers} (${voxels}) of the layout ${layout.name} against what is stored in ${datasets}`;
  }

  /** Reads everything once and gives what was noted. */
  async inspect(
    layerStarts: readonly number[],
    geometryName: string | null,
    options: {
      points: PointTargetRecord | null;
      signal?: AbortSignal | undefined;
      onProgress?: ((rows: number) => void) | undefined;
    },
  ): Promise<{ summary: ContentSummary; problems: readonly ContentProblem[] }> {
    const check = new ContentCheck(null, layerStarts);
    const exchange = callNative(() => native().createHitExchange(options.points));
    const order = { form: 'notes', layerStarts, exchange: native().hitExchangeNumber(exchange) } as const;
    const { conditions } = this.metadata;
    let odd: readonly OddityRecord[] = conditions.map(() => nothingOdd);
    let rows = 0;
    try {
      for await (const content of this.#contents(order, options.signal)) {
        if (content.form !== 'notes') continue;
        check.add(content.notes);
        odd = odd.map((before, i) => together(before, content.oddConditions[i] ?? nothingOdd));
        rows += content.notes.rows;
        options.onProgress?.(rows);
      }
    } finally {
      native().dispose(exchange);
    }
    const energies = geometryName === null ? null : usualEnergies(geometryName);
    return {
      summary: check.summary(),
      problems: [
        ...this.metadata.problems,
        ...check.problems(energies, this.layout.cellWeights, this.#describedUnits()),
        ...odd.flatMap((found, i) =>
          found.count === 0 ? [] : [oddCondition(conditions[i]?.name ?? '', found)],
        ),
      ],
    };
  }

  /** What the threads find in all rows, in file order. */
  async *#contents(
    order: PassOrder,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<BlockContent, void, void> {
    const { rows } = this.metadata;
    const plan = this.#planOf(order);
    const { stretchRows, blockRows } = plan;
    this.#pass += 1;
    const pass = this.#pass;
    const stretches = Math.ceil(rows / stretchRows);
    this.#startThreads(stretches, plan);
    const owners: ReadingThread[] = [];
    try {
      for (let stretch = 0; stretch < stretches; stretch++) {
        this.#shareOut(order, owners, stretches, plan);
        const owner = owners[stretch] as ReadingThread;
        const length = Math.min(stretchRows, rows - stretch * stretchRows);
        for (let first = 0; first < length; first += blockRows) {
          const reply = await this.#next(owner, pass, signal);
          if (reply.kind !== 'block') continue;
          yield reply.content;
          owner.post({ kind: 'more', pass });
        }
        owner.waitingStretches -= 1;
      }
      this.#file.requireUnchanged();
    } finally {
      for (const thread of this.#threads) {
        thread.waitingStretches = 0;
        thread.post({ kind: 'stop', pass });
        thread.release();
      }
    }
  }

  /** As many threads as can be of use; the first has been there since the file was opened. */
  #startThreads(stretches: number, { bandBytes, inCore }: PassPlan): void {
    const held = Math.max(1, Math.floor(mostBandBytes / Math.max(1, bandBytes)));
    const wanted = inCore ? 1 : Math.min(this.#wantedThreads, mostNodeThreads, stretches, held);
    const { places } = this.#opened as { places: ShowerPlaces };
    if (this.#ended === null) {
      while (this.#threads.length < wanted) {
        this.#startThread({ kind: 'join', path: this.path, places });
      }
    }
    for (const thread of this.#threads) thread.hold();
  }

  /** Gives each thread work ahead, in file order; `owners` holds whom each stretch was given to. */
  #shareOut(
    order: PassOrder,
    owners: ReadingThread[],
    stretches: number,
    { stretchRows, inCore }: PassPlan,
  ): void {
    const threads = inCore ? this.#threads.slice(0, 1) : this.#threads;
    while (owners.length < stretches) {
      const idle = threads.reduce((a, b) => (b.waitingStretches < a.waitingStretches ? b : a));
      if (idle.waitingStretches >= stretchesAhead) return;
      const firstRow = owners.length * stretchRows;
      const rows = Math.min(stretchRows, this.metadata.rows - firstRow);
      idle.waitingStretches += 1;
      idle.post({ kind: 'stretch', pass: this.#pass, order, firstRow, rows });
      owners.push(idle);
    }
  }

  #startThread(start: ReadingStart): ReadingThread {
    const thread = new ReadingThread(this.#file.descriptor, start, this.#wantedThreads, (cause) => {
      if (cause === null) {
        this.#end(this.#closed());
        return;
      }
      const memory = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const what = memory ? 'not enough memory to read it' : 'a reading thread failed; please report this';
      this.#end(new FileError(memory ? 'ERR_MEMORY' : 'ERR_INTERNAL', this.path, what, { cause }));
    });
    this.#threads.push(thread);
    return thread;
  }

  /** The next reply of a thread in a pass; aborting ends all threads at once, whatever they are doing. */
  async #next(
    thread: ReadingThread,
    pass: number | null,
    signal: AbortSignal | undefined,
  ): Promise<ReadingReply> {
    for (;;) {
      if (signal?.aborted) {
        this.#end(signal.reason);
        throw signal.reason;
      }
      const reply = thread.take() ?? (await this.#wait(thread, signal));
      if (reply.kind === 'failed' && (reply.pass === pass || reply.pass === null)) {
        this.#file.requireUnchanged();
        throw new FileError(reply.code, this.path, reply.message);
      }
      if (reply.kind === 'opened' || reply.pass === pass) return reply;
    }
  }

  async #wait(thread: ReadingThread, signal: AbortSignal | undefined): Promise<ReadingReply> {
    if (this.#ended !== null) throw this.#ended;
    const onAbort = () => this.#end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await thread.wait();
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #closed(): FileError {
    return new FileError('ERR_DISPOSED', this.path, 'the file was closed; open it again');
  }

  #end(reason: unknown): void {
    this.#ended ??= reason;
    for (const thread of this.#threads) void thread.end(reason);
    void this.#checksum?.end(reason);
  }

  /** Ends all threads. May be called at any time and more than once. */
  async close(): Promise<void> {
    this.#end(this.#closed());
    await Promise.all(this.#threads.map((thread) => thread.end(this.#ended)));
    await this.#checksum?.end(this.#ended);
    await this.#file.close();
  }
}

/** The block with energies times the weights of their voxels. */
function weighted(block: ShowerBlock, weights: Float64Array | null): ShowerBlock {
  if (weights === null) return block;
  const voxels = block.voxels.map((energy, i) => energy * (weights[i % weights.length] as number));
  return { ...block, voxels };
}
