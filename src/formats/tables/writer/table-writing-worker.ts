/** The worker thread that writes one table. */
import { parentPort, workerData } from 'node:worker_threads';
import { CsvWriter } from './csv-writer.js';
import { ParquetTable } from './parquet-writer.js';
import type { TableReply, TableRequest, TableStart, TableWriter } from './table-plan.js';

const { path, format, plan } = workerData as TableStart;
let writer: TableWriter | null = null;

function answer(request: TableRequest): TableReply {
  try {
    writer ??= format === 'csv' ? new CsvWriter(path, plan) : new ParquetTable(path, plan);
    if (request === null) writer.finish();
    else writer.append(request);
    return { kind: 'done' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { kind: 'failed', code, message };
  }
}

parentPort?.on('message', (request: TableRequest) => parentPort?.postMessage(answer(request)));
