/** Where the thread is: out of the gate, in it, or out for good. */
const place = { outside: 0, inside: 1, shut: 2 } as const;

/**
 * Keeps a thread from being ended while it unpacks chunks: where node:zlib sets a stream up at that moment, Node ends
 * the whole process. The thread goes through the gate for every block that it reads; its end shuts the gate first.
 */
export class UnpackingGate {
  /** Goes to the thread, which makes its own gate of it. */
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array;

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#state = new Int32Array(memory);
  }

  /** In the thread: does the work inside; throws where the gate was shut. */
  through<Result>(work: () => Result): Result {
    if (!this.#go(place.outside, place.inside)) throw new Error('the thread is being ended');
    try {
      return work();
    } finally {
      this.#go(place.inside, place.outside);
      Atomics.notify(this.#state, 0);
    }
  }

  /** Waits until the thread is out, and lets it in no more. */
  async shut(): Promise<void> {
    while (!this.#tryShut()) await Atomics.waitAsync(this.#state, 0, place.inside).value;
  }

  /** The same where nothing can be awaited any more. */
  shutNow(): void {
    while (!this.#tryShut()) Atomics.wait(this.#state, 0, place.inside);
  }

  /** The thread is gone, wherever it was. */
  abandon(): void {
    Atomics.store(this.#state, 0, place.shut);
    Atomics.notify(this.#state, 0);
  }

  /** Shuts the gate unless the thread is inside. */
  #tryShut(): boolean {
    return Atomics.compareExchange(this.#state, 0, place.outside, place.shut) !== place.inside;
  }

  #go(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#state, 0, from, to) === from;
  }
}
