import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type { HistogramHandle, RowSourceHandle } from '../native/contract/histograms.js';
import type { Notify, NumberArray } from '../native/contract/jobs.js';
import type { Computer } from '../native/devices.js';
import { type JobOptions, type Progress, runJob } from '../native/run-job.js';

interface FillPlan {
  readonly weights: readonly (NumberArray | null)[];
  readonly rowsOfPiece: number;
  readonly computer: Computer;
}

/** Pieces that wait at most, and bytes of one: enough that neither side waits for the other, little enough for the cache. */
const piecesAtOnce = 4;
const bytesOfPiece = 2 ** 21;

/**
 * Fills a histogram with columns and weights (null: every row counts 1) of one length. Shared memory is read where it lies;
 * otherwise the rows are copied piece by piece. Both give the same bits.
 */
export function fillInPieces(
  histogram: HistogramHandle,
  columns: readonly NumberArray[],
  weights: readonly (NumberArray | null)[],
  computer: Computer,
  options: JobOptions,
): Promise<void> {
  const all = [...columns, ...weights];
  const rows = columns[0]?.length ?? 0;
  const bytesOfRow = all.reduce((sum, column) => sum + (column?.BYTES_PER_ELEMENT ?? 0), 0);
  const rowsOfPiece = Math.max(4096, Math.floor(bytesOfPiece / bytesOfRow / 4096) * 4096);
  if (all.every((column) => column === null || column.buffer instanceof SharedArrayBuffer)) {
    const start = (notify: Notify<undefined>) =>
      native().fillHistogramInPlace(histogram, all, rows, rowsOfPiece, computer, notify);
    return runJob(start, options);
  }
  return fillFromCopies(histogram, all, rows, { weights, rowsOfPiece, computer }, options);
}

/**
 * A job may not borrow the memory of other typed arrays, which JavaScript can take away, and a copy of everything would cost
 * more than the work itself and hold the event loop: rows are copied piece by piece, as the job finishes earlier ones.
 */
async function fillFromCopies(
  histogram: HistogramHandle,
  all: readonly (NumberArray | null)[],
  rows: number,
  { weights, rowsOfPiece, computer }: FillPlan,
  options: JobOptions,
): Promise<void> {
  let pushed = 0;
  let source: RowSourceHandle | undefined;

  // As many as the queue holds and no more, even if the job takes them meanwhile: the event loop goes on in between.
  const pushMore = () => {
    for (let piece = 0; source && pushed < rows && piece < piecesAtOnce; piece++) {
      if (all.some((column) => column !== null && column.length !== rows)) {
        throw new ArgumentError('ERR_SHAPE', 'an array was taken away (detached) while it was filled from');
      }
      const end = Math.min(pushed + rowsOfPiece, rows);
      const columnsOfPiece = all.map((column) => column?.subarray(pushed, end) ?? null);
      if (!native().pushRows(source, columnsOfPiece, end - pushed)) return;
      pushed = end;
    }
  };
  const start = (notify: Notify<undefined>) => {
    const weighted = Uint8Array.from(weights, (column) => (column === null ? 0 : 1));
    const fill = native().fillHistogram(histogram, weighted, rows, piecesAtOnce, computer, notify);
    source = fill.rows;
    try {
      pushMore();
    } catch (error) {
      native().cancelJob(fill.job);
      throw error;
    }
    return fill.job;
  };
  const onProgress = (progress: Progress) => {
    pushMore();
    options.onProgress?.(progress);
  };
  try {
    await runJob(start, { signal: options.signal, onProgress });
  } finally {
    if (source) native().dispose(source);
  }
}
