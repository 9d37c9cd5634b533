import type { ColumnNumbers, ColumnType } from './writing-protocol.js';

const makers: Readonly<Record<ColumnType, (length: number) => ColumnNumbers>> = {
  f4: (length) => new Float32Array(length),
  f8: (length) => new Float64Array(length),
  i4: (length) => new Int32Array(length),
  u1: (length) => new Uint8Array(length),
  i8: (length) => new BigInt64Array(length),
};

/** A typed array for `length` numbers of `type`. */
export function makeNumbers(type: ColumnType, length: number): ColumnNumbers {
  return makers[type](length);
}

/** True for the typed array that holds numbers of `type`. */
export function holdsType(numbers: ColumnNumbers, type: ColumnType): boolean {
  return numbers.constructor === makers[type](0).constructor;
}

/**
 * Collects rows until a whole chunk is full: a chunk that is written in pieces would be unpacked and packed again for
 * each of them.
 */
export class RowBuffer {
  readonly #held: ColumnNumbers;
  readonly #rowLength: number;
  readonly #write: (numbers: ColumnNumbers, rows: number) => void;
  #rows = 0;

  constructor(
    type: ColumnType,
    rowLength: number,
    chunkRows: number,
    write: (numbers: ColumnNumbers, rows: number) => void,
  ) {
    this.#held = makeNumbers(type, rowLength * chunkRows);
    this.#rowLength = rowLength;
    this.#write = write;
  }

  add(numbers: ColumnNumbers, rows: number): void {
    const capacity = this.#held.length / this.#rowLength;
    for (let done = 0; done < rows; ) {
      const taken = Math.min(rows - done, capacity - this.#rows);
      const piece = numbers.subarray(done * this.#rowLength, (done + taken) * this.#rowLength);
      // The type was checked before: both are the same kind of array.
      (this.#held as Float64Array).set(piece as Float64Array, this.#rows * this.#rowLength);
      this.#rows += taken;
      done += taken;
      if (this.#rows === capacity) this.flush();
    }
  }

  /** Writes what is held, if anything. */
  flush(): void {
    if (this.#rows === 0) return;
    this.#write(this.#held.subarray(0, this.#rows * this.#rowLength), this.#rows);
    this.#rows = 0;
  }
}
