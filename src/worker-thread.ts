import { Worker } from 'node:worker_threads';

/**
 * Starts a worker thread of this package. It never prints: the library's users own stdout and stderr. It takes none of
 * the options of the process, some of which, as `--input-type`, forbid any thread that starts from a file.
 */
export function startWorker(file: URL, workerData: unknown): Worker {
  return new Worker(file, { workerData, execArgv: [], stdout: true, stderr: true });
}
