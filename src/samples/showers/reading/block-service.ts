import type { MessagePort } from 'node:worker_threads';
import { CaloscopeError } from '../../../errors.js';
import { failureOf } from '../../../formats/files/worker-failure.js';
import { native } from '../../../native/binding.js';
import type {
  ContentNotesRecord,
  DenseBlock,
  OddityRecord,
  OddRowsPolicy,
  PointBlockNotesRecord,
} from '../../../native/contract/reading.js';
import { callNative } from '../../../native/run-job.js';
import { requireSound } from './content-checks.js';
import type { BlocksOrder, CoreReading } from './core-reading.js';
import { type ContentPolicy, nothingOdd } from './oddities.js';
import type {
  BlockContent,
  PassOrder,
  ReadingReply,
  ReadingRequest,
  ShowerBlock,
} from './reading-protocol.js';
import type { FileShowers } from './shower-source.js';
import type { StoredPoints } from './stored-points.js';
import type { StoredShowers } from './stored-showers.js';
import type { UnpackingGate } from './unpacking-gate.js';

/** What may be on its way to the main thread: so many blocks, and more as long as they are small together. */
const onTheWay = { blocks: 2, bytes: 16 * 2 ** 20 };

/** A stretch that was requested; `next` is its first row that was not sent. */
interface Stretch {
  readonly pass: number;
  readonly order: PassOrder;
  readonly end: number;
  next: number;
}

/** Sends the blocks that the main thread asks a reading thread for, in file order, and no more than it takes. */
export class BlockService {
  readonly #showers: FileShowers;
  readonly #core: CoreReading | null;
  readonly #port: MessagePort;
  readonly #gate: UnpackingGate;
  readonly #stretches: Stretch[] = [];
  /** Bytes of the blocks that were sent and not taken. */
  readonly #sent: number[] = [];

  /** @param core reads hits and notes where it is there. */
  constructor(showers: FileShowers, core: CoreReading | null, port: MessagePort, gate: UnpackingGate) {
    this.#showers = showers;
    this.#core = core;
    this.#port = port;
    this.#gate = gate;
  }

  answer(request: ReadingRequest): void {
    if (request.kind === 'stretch') {
      const { pass, order, firstRow, rows } = request;
      if (this.#stretches.some((waiting) => waiting.pass !== pass)) this.#forget();
      this.#stretches.push({ pass, order, next: firstRow, end: firstRow + rows });
    } else if (request.kind === 'more') {
      this.#sent.shift();
    } else {
      this.#forget();
    }
    this.#send();
  }

  #forget(): void {
    this.#stretches.length = 0;
    this.#sent.length = 0;
  }

  #send(): void {
    for (let stretch = this.#stretches[0]; stretch && this.#mayGo(); stretch = this.#stretches[0]) {
      try {
        this.#gate.through(() => this.#sendNext(stretch));
      } catch (error) {
        const { pass } = stretch;
        this.#forget();
        this.#port.postMessage({ kind: 'failed', pass, ...failureOf(error) } satisfies ReadingReply);
        return;
      }
      if (stretch.next >= stretch.end) this.#stretches.shift();
    }
  }

  /** One block, or all blocks of the stretch where the core reads them. */
  #sendNext(stretch: Stretch): void {
    const { pass, order, next, end } = stretch;
    const core = order.form === 'dense' ? null : this.#core;
    const { blockRows } = core?.plan ?? this.#showers.plan;
    const found = core && order.form !== 'dense' ? core.read(next, end - next, blocksOrder(order)) : [null];
    for (const notes of found) {
      const rows = Math.min(blockRows, end - stretch.next);
      const content =
        notes && order.form !== 'dense'
          ? noted(this.#showers, order, stretch.next, rows, notes)
          : readBlock(this.#showers, order, stretch.next, rows);
      this.#sent.push(bytesOf(content));
      const message: ReadingReply = { kind: 'block', pass, content };
      this.#port.postMessage(message, content.form === 'dense' ? memoryOf(content.block) : []);
      stretch.next += rows;
    }
  }

  #mayGo(): boolean {
    const bytes = this.#sent.reduce((sum, size) => sum + size, 0);
    return this.#sent.length < onTheWay.blocks || bytes < onTheWay.bytes;
  }
}

function readBlock(showers: FileShowers, order: PassOrder, firstRow: number, rows: number): BlockContent {
  if (showers.form === 'points') return readPoints(showers, order, firstRow, rows);
  if (order.form === 'dense') return readDense(showers, order.policy, firstRow, rows);
  const view = showers.view(firstRow, rows);
  const notes =
    order.form === 'notes'
      ? takeNotes(view, null, null, order.layerStarts)
      : takeNotes(view, order.policy, order.exchange);
  return noted(showers, order, firstRow, rows, notes);
}

type HitsOrNotes = Exclude<PassOrder, { form: 'dense' }>;

function blocksOrder(order: HitsOrNotes): BlocksOrder {
  const publish = order.form === 'hits';
  const [policy, layerStarts] = publish ? [order.policy, []] : [null, order.layerStarts];
  return { exchange: order.exchange, publish, policy: oddRows(policy), layerStarts };
}

/** What is known of the showers that were not dropped. */
function numbersWithout(
  { conditions, logDensityRatio }: Pick<ShowerBlock, 'conditions' | 'logDensityRatio'>,
  firstRow: number,
  droppedRows: Float64Array,
): Pick<ShowerBlock, 'conditions' | 'logDensityRatio'> {
  const dropped = new Set(droppedRows);
  const left = (values: Float64Array) => values.filter((_, i) => !dropped.has(firstRow + i));
  return {
    conditions: conditions.map(left),
    ...(logDensityRatio && { logDensityRatio: left(logDensityRatio) }),
  };
}

/** How many values are NaN or infinite. */
function oddities(values: Float64Array, firstRow: number): OddityRecord {
  const isOdd = (value: number) => !Number.isFinite(value);
  const count = values.filter(isOdd).length;
  return count === 0 ? nothingOdd : { count, firstRow: firstRow + values.findIndex(isOdd), firstVoxel: 0 };
}

/** A block whose hits were found. */
function noted(
  showers: FileShowers,
  order: HitsOrNotes,
  firstRow: number,
  rows: number,
  notes: ContentNotesRecord | PointBlockNotesRecord,
): BlockContent {
  if (order.form === 'notes') {
    const { conditions } = showers.numbers(firstRow, rows);
    return { form: 'notes', notes, oddConditions: conditions.map((values) => oddities(values, firstRow)) };
  }
  requireSound(notes, order.policy);
  const { droppedRows } = notes;
  const numbers = showers.numbers(firstRow, rows);
  const left = droppedRows.length === 0 ? numbers : numbersWithout(numbers, firstRow, droppedRows);
  return { form: 'hits', block: { firstRow, rows: notes.rows, droppedRows, ...left }, notes };
}

function readPoints(showers: StoredPoints, order: PassOrder, firstRow: number, rows: number): BlockContent {
  if (order.form === 'dense') {
    const message = 'its showers are points, of which only the hits are kept; read them as a sample';
    throw new CaloscopeError('ERR_LAYOUT', message);
  }
  const publish = order.form === 'hits';
  const [policy, starts] = publish ? [order.policy, []] : [null, order.layerStarts];
  const block = showers.points(firstRow, rows);
  const notes = callNative(() =>
    native().publishPoints(order.exchange, publish, block, oddRows(policy), Uint32Array.from(starts)),
  );
  return noted(showers, order, firstRow, rows, notes);
}

function oddRows(policy: ContentPolicy | null): OddRowsPolicy {
  return {
    zeroNonFinite: policy?.nonFinite === 'zero',
    zeroNegative: policy?.negative === 'zero',
    dropNonFinite: policy?.nonFinite === 'drop',
    dropNegative: policy?.negative === 'drop',
  };
}

function readDense(
  showers: StoredShowers,
  policy: ContentPolicy | null,
  firstRow: number,
  rows: number,
): BlockContent {
  const block = showers.dense(firstRow, rows, policy === null);
  if (policy === null) return { form: 'dense', block, notes: null };
  const columns = [{ numbers: block.voxels, rowLength: showers.width }];
  const notes = takeNotes({ ...block, columns }, policy, null);
  requireSound(notes, policy);
  const { voxels } = block;
  for (let i = 0; i < voxels.length; i++) {
    const energy = voxels[i] as number;
    // What the policy does not set to 0 is sound or was refused.
    if (!Number.isFinite(energy) || (energy < 0 && policy.negative === 'zero')) voxels[i] = 0;
  }
  const left = notes.droppedRows.length === 0 ? block : denseWithout(block, showers.width, notes.droppedRows);
  return { form: 'dense', block: left, notes };
}

function denseWithout(block: ShowerBlock, width: number, droppedRows: Float64Array): ShowerBlock {
  const { firstRow, rows, incidentEnergies, voxels } = block;
  const dropped = new Set(droppedRows);
  const rowKept = (row: number) => !dropped.has(firstRow + row);
  return {
    firstRow,
    rows: rows - droppedRows.length,
    incidentEnergies: incidentEnergies.filter((_, row) => rowKept(row)),
    voxels: voxels.filter((_, i) => rowKept(Math.floor(i / width))),
    ...numbersWithout(block, firstRow, droppedRows),
  };
}

/** Publishes the hits of a block in an exchange, if there is one, and says what was seen. */
function takeNotes(
  { firstRow, incidentEnergies, columns }: DenseBlock,
  policy: ContentPolicy | null,
  exchange: number | null,
  layerStarts: readonly number[] = [],
): ContentNotesRecord {
  const block = { firstRow, incidentEnergies, columns };
  return callNative(() =>
    native().publishHits(exchange, block, oddRows(policy), Uint32Array.from(layerStarts)),
  );
}

function bytesOf(content: BlockContent): number {
  if (content.form === 'dense') return content.block.voxels.byteLength;
  return content.form === 'hits' ? content.notes.bytes : 0;
}

/** The memory that is handed over instead of copied. */
function memoryOf({ incidentEnergies, voxels, conditions, logDensityRatio }: ShowerBlock): ArrayBuffer[] {
  const arrays = [incidentEnergies, voxels, ...conditions, ...(logDensityRatio ? [logDensityRatio] : [])];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
