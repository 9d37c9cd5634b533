import { Worker } from 'node:worker_threads';
import type { ReadingReply, ReadingRequest, ReadingStart } from './reading-protocol.js';

/** What a thread is waited for with. */
interface Waiting {
  readonly accept: (reply: ReadingReply) => void;
  readonly refuse: (reason: unknown) => void;
}

/** One reading thread, seen from the main thread. It keeps the process alive only while it is held. */
export class ReadingThread {
  /** Stretches that it was given and that were not taken yet. */
  waitingStretches = 0;
  readonly #worker: Worker;
  readonly #replies: ReadingReply[] = [];
  #waiting: Waiting | null = null;

  /** @param onEnd called when the thread has ended, with the error where it failed. */
  constructor(start: ReadingStart, onEnd: (error: NodeJS.ErrnoException | null) => void) {
    // stdout and stderr are kept from the process: the library never prints.
    this.#worker = new Worker(new URL('./reading-worker.js', import.meta.url), {
      workerData: start,
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (reply: ReadingReply) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) waiting.accept(reply);
      else this.#replies.push(reply);
    });
    this.#worker.on('error', (error: NodeJS.ErrnoException) => onEnd(error));
    this.#worker.on('exit', () => onEnd(null));
  }

  hold(): void {
    this.#worker.ref();
  }

  release(): void {
    this.#worker.unref();
  }

  post(request: ReadingRequest): void {
    this.#worker.postMessage(request);
  }

  /** The next reply if it is there. */
  take(): ReadingReply | undefined {
    return this.#replies.shift();
  }

  /** The next reply, which is not there yet. One wait at a time. */
  wait(): Promise<ReadingReply> {
    return new Promise((accept, refuse) => {
      this.#waiting = { accept, refuse };
    });
  }

  /** Ends the thread at once, whatever it is doing; whoever waits gets `reason`. */
  async end(reason: unknown): Promise<void> {
    this.#waiting?.refuse(reason);
    this.#waiting = null;
    await this.#worker.terminate();
  }
}
