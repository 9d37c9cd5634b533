import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../../worker-thread.js';
import type { ReadingReply, ReadingRequest, ReadingStart, ReadingWorkerData } from './reading-protocol.js';
import { UnpackingGate } from './unpacking-gate.js';

/** What a thread is waited for with. */
interface Waiting {
  readonly accept: (reply: ReadingReply) => void;
  readonly refuse: (reason: unknown) => void;
}

/** Gates of the threads that live: the end of the process is the end of its threads. */
const gates = new Set<UnpackingGate>();

function shutAllGates(): void {
  for (const gate of gates) gate.shutNow();
}

/** One reading thread, seen from the main thread. It keeps the process alive only while it is held. */
export class ReadingThread {
  /** Stretches that it was given and that were not taken yet. */
  waitingStretches = 0;
  readonly #worker: Worker;
  readonly #gate = new UnpackingGate();
  readonly #replies: ReadingReply[] = [];
  #waiting: Waiting | null = null;

  /**
   * @param descriptor of the open file, which outlives the thread.
   * @param threads of the core.
   * @param onEnd called when the thread has ended, with the error where it failed.
   */
  constructor(
    descriptor: number,
    start: ReadingStart,
    threads: number,
    onEnd: (error: NodeJS.ErrnoException | null) => void,
  ) {
    if (gates.size === 0) process.on('exit', shutAllGates);
    gates.add(this.#gate);
    this.#worker = startWorker(new URL('./reading-worker.js', import.meta.url), {
      descriptor,
      start,
      gate: this.#gate.memory,
      threads,
    } satisfies ReadingWorkerData);
    this.#worker.on('message', (reply: ReadingReply) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) waiting.accept(reply);
      else this.#replies.push(reply);
    });
    this.#worker.on('error', (error: NodeJS.ErrnoException) => onEnd(error));
    this.#worker.on('exit', () => {
      this.#gate.abandon();
      gates.delete(this.#gate);
      if (gates.size === 0) process.off('exit', shutAllGates);
      onEnd(null);
    });
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

  /** Ends the thread, after the block that it reads; pending calls get `reason` at once. */
  async end(reason: unknown): Promise<void> {
    this.#waiting?.refuse(reason);
    this.#waiting = null;
    this.hold(); // the process must not end for want of work while it waits
    await this.#gate.shut();
    await this.#worker.terminate();
  }
}
