/** The worker thread that reads one table. */
import { fstatSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../files/worker-failure.js';
import { withColumns } from './columns.js';
import { readCsv } from './csv.js';
import { readNpyTable } from './npy.js';
import { readNpz } from './npz.js';
import { type NumberTable, piecesOf, type TableBytes } from './number-table.js';
import { readParquet } from './parquet.js';
import type { TableReply, TableRequest } from './table-format.js';

const { descriptor, format, columns } = workerData as TableRequest;

const file: TableBytes = {
  size: fstatSync(descriptor).size,
  read: (start, length) => {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, file.size - start)));
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (got === 0) break;
      filled += got;
    }
    return bytes.subarray(0, filled);
  },
};

async function read(): Promise<NumberTable> {
  switch (format) {
    case 'npy':
      return withColumns(await readNpyTable(piecesOf(file)), columns);
    case 'npz':
      return withColumns(await readNpz(descriptor, columns), columns);
    case 'csv':
      return await readCsv(file, columns);
    case 'parquet':
      return await readParquet(file, columns);
  }
}

try {
  const table = await read();
  parentPort?.postMessage({ kind: 'table', table } satisfies TableReply, [
    table.values.buffer as ArrayBuffer,
  ]);
} catch (error) {
  parentPort?.postMessage({ kind: 'failed', ...failureOf(error) } satisfies TableReply);
}
