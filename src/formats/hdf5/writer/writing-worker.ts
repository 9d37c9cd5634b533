/** The worker thread that writes one HDF5 file. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Dataset, File, type Group } from 'h5wasm/node';
import { CaloscopeError, type ErrorCode } from '../../../errors.js';
import { spokenReason } from '../../files/output-error.js';
import { loadLibrary } from '../library.js';
import { FileBytes } from '../reader/file-bytes.js';
import { checkSuperblock } from '../reader/superblock.js';
import { makeNumbers, RowBuffer } from './row-buffer.js';
import type {
  ColumnNumbers,
  ColumnType,
  DatasetPlan,
  WritingReply,
  WritingRequest,
  WritingStart,
} from './writing-protocol.js';

/** Type codes of the library. Its '<f8' writes float32: the letter alone counts. */
const typeCodes: Readonly<Record<ColumnType, string>> = { f4: '<f', f8: '<d', i4: '<i', u1: '<B', i8: '<q' };
const typeBytes: Readonly<Record<ColumnType, number>> = { f4: 4, f8: 8, i4: 4, u1: 1, i8: 8 };

/** Size of a chunk before packing: it fits the chunk cache of every HDF5 library. */
const chunkBytes = 2 ** 20;

class GrowingDataset {
  readonly #dataset: Dataset;
  readonly #rowShape: readonly number[];
  readonly #buffer: RowBuffer;
  #rows = 0;

  constructor(file: File, plan: DatasetPlan, compression: number) {
    const rowLength = plan.rowShape.reduce((product, length) => product * length, 1);
    const chunkRows = Math.max(1, Math.floor(chunkBytes / (rowLength * typeBytes[plan.type])));
    const steps = plan.path.split('/').filter((step) => step !== '');
    this.#rowShape = plan.rowShape;
    this.#buffer = new RowBuffer(plan.type, rowLength, chunkRows, (numbers, rows) =>
      this.#write(numbers, rows),
    );
    this.#dataset = makeGroups(file, steps.slice(0, -1)).create_dataset({
      name: steps.at(-1) as string,
      data: makeNumbers(plan.type, 0),
      dtype: typeCodes[plan.type],
      shape: [0, ...plan.rowShape],
      maxshape: [null, ...plan.rowShape],
      chunks: [chunkRows, ...plan.rowShape],
      compression,
    });
    for (const [name, value] of Object.entries(plan.attributes ?? {}))
      this.#dataset.create_attribute(name, value);
  }

  add(numbers: ColumnNumbers, rows: number): void {
    this.#buffer.add(numbers, rows);
  }

  flush(): void {
    this.#buffer.flush();
  }

  #write(numbers: ColumnNumbers, rows: number): void {
    const end = this.#rows + rows;
    if (this.#dataset.resize([end, ...this.#rowShape]) < 0) throw new Error('a dataset cannot grow');
    this.#dataset.write_slice([[this.#rows, end], ...this.#rowShape.map((): [] => [])], numbers);
    this.#rows = end;
  }
}

function makeGroups(file: File, steps: readonly string[]): Group {
  let group: Group = file;
  for (const step of steps)
    group = group.keys().includes(step) ? (group.get(step) as Group) : group.create_group(step);
  return group;
}

const { path, plan } = workerData as WritingStart;
let file: File;
let datasets: GrowingDataset[] = [];

function createFile(): void {
  file = new File(path, 'x');
  for (const [name, value] of Object.entries(plan.attributes ?? {})) file.create_attribute(name, value);
  datasets = plan.datasets.map((dataset) => new GrowingDataset(file, dataset, plan.compression ?? 1));
}

function append(columns: readonly (ColumnNumbers | null)[], rows: number): void {
  for (const [i, numbers] of columns.entries()) {
    if (numbers) datasets[i]?.add(numbers, rows);
  }
}

/** Closes the file, brings it to the disk and looks whether it is whole. */
function finish(): void {
  for (const dataset of datasets) dataset.flush();
  file.flush();
  if (file.close() < 0) throw new Error('the file cannot be closed');
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  checkSuperblock(new FileBytes(descriptor));
  closeSync(descriptor);
}

function failureOf(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CaloscopeError) return { code: error.code, message: error.message };
  const said = error instanceof Error ? error.message : String(error);
  const message = spokenReason(said) ?? `it cannot be written (${said.split('\n')[0]})`;
  return { code: 'ERR_OUTPUT', message };
}

function reporting(work: () => void): void {
  let reply: WritingReply = { kind: 'done' };
  try {
    work();
  } catch (error) {
    reply = { kind: 'failed', ...failureOf(error) };
  }
  parentPort?.postMessage(reply);
}

parentPort?.on('message', (request: WritingRequest) => {
  reporting(() => {
    if (request.kind === 'finish') finish();
    else append(request.columns, request.rows);
  });
});

const create: () => void = await loadLibrary().then(
  () => createFile,
  (error) => () => {
    throw error;
  },
);
reporting(create);
