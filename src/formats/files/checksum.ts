import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../worker-thread.js';
import type { OpenedFile } from './opened-file.js';
import { accessError } from './plain-file.js';

/** The SHA-256 of an open file, worked out in a thread of its own while others read the file. */
export class Checksum {
  /**
   * Hexadecimal digits.
   *
   * @throws FileError ERR_FILE_ACCESS, ERR_FILE_CHANGED for a file that changed; the reason of the
   * signal or of {@link end}.
   */
  readonly sha256: Promise<string>;
  readonly #worker: Worker;
  #refuse: (reason: unknown) => void = () => undefined;

  constructor(file: OpenedFile, signal?: AbortSignal) {
    const { descriptor, path } = file;
    this.#worker = startWorker(new URL('./checksum-worker.js', import.meta.url), { descriptor });
    this.sha256 = new Promise<string>((resolve, reject) => {
      this.#refuse = reject;
      this.#worker.once('message', resolve);
      this.#worker.once('error', (cause) => reject(accessError(path, cause)));
    }).then((digits) => {
      file.requireUnchanged();
      return digits;
    });
    const onAbort = () => void this.end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#worker.once('exit', () => signal?.removeEventListener('abort', onAbort));
    // It may fail before anybody waits for it.
    this.sha256.catch(() => undefined);
  }

  /** Ends the thread; pending calls get `reason`. */
  async end(reason: unknown): Promise<void> {
    this.#refuse(reason);
    await this.#worker.terminate();
  }
}
