import { CaloscopeError } from '../../errors.js';

/** Where the next bytes of a packed stream come from; empty at its end. */
export type PackedBytes = () => Uint8Array;

/** Distance that a copy reaches back at most. */
const windowBytes = 2 ** 15;
/** Bytes that are unpacked at once; a copy may go over by its longest length. */
const workBytes = 2 ** 18;
const longestCopy = 258;

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const orderOfCodeLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbol and length of the code that the next bits begin with: symbol · 16 + length; 0: no code. */
interface CodeTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

type Block =
  | { readonly kind: 'stored'; left: number }
  | { readonly kind: 'codes'; readonly lengths: CodeTable; readonly distances: CodeTable };

/**
 * Unpacks a raw deflate stream (RFC 1951) from its beginning, so many bytes at a time: an array of any size in little memory, in a
 * thread that must not wait, for which Node's own zlib has no call.
 */
export class InflatedBytes {
  readonly #more: PackedBytes;
  #packed: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bits that were taken from the packed bytes and not used, the next one lowest. */
  #bits = 0;
  #bitCount = 0;
  /** Bytes of zeros that were taken behind the end. */
  #beyond = 0;
  readonly #work = new Uint8Array(workBytes + longestCopy);
  /** What is unpacked and was not handed out. */
  #begin = 0;
  #end = 0;
  #block: Block | null = null;
  #last = false;

  constructor(more: PackedBytes) {
    this.#more = more;
  }

  /**
   * Fills `target` with the next bytes.
   *
   * @throws CaloscopeError ERR_FILE_TRUNCATED where the stream ends before, ERR_FILE_CORRUPT.
   */
  read(target: Uint8Array): void {
    for (let filled = 0; filled < target.length; ) {
      if (this.#begin === this.#end) this.#unpack();
      const taken = Math.min(target.length - filled, this.#end - this.#begin);
      target.set(this.#work.subarray(this.#begin, this.#begin + taken), filled);
      this.#begin += taken;
      filled += taken;
    }
  }

  /** Unpacks some more bytes, one at least. */
  #unpack(): void {
    if (this.#end > windowBytes) {
      this.#work.copyWithin(0, this.#end - windowBytes, this.#end);
      this.#begin = windowBytes;
      this.#end = windowBytes;
    }
    while (this.#begin === this.#end) {
      if (this.#block === null) {
        if (this.#last) throw endsEarly();
        this.#block = this.#nextBlock();
      }
      const isDone =
        this.#block.kind === 'stored' ? this.#copyStored(this.#block) : this.#decode(this.#block);
      if (isDone) this.#block = null;
    }
  }

  #nextBlock(): Block {
    this.#last = this.#take(1) === 1;
    const kind = this.#take(2);
    if (kind === 1) return fixedCodes;
    if (kind === 2) return this.#readCodes();
    if (kind !== 0) throw damaged();
    this.#bits >>>= this.#bitCount & 7;
    this.#bitCount &= ~7;
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) throw damaged();
    return { kind: 'stored', left: length };
  }

  #readCodes(): Block {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const ofLengths = new Uint8Array(19);
    const count = this.#take(4) + 4;
    for (let i = 0; i < count; i++) ofLengths[orderOfCodeLengths[i] as number] = this.#take(3);
    const table = codeTable(ofLengths);
    const all = new Uint8Array(literals + distances);
    for (let i = 0; i < all.length; ) {
      const symbol = this.#symbol(table);
      if (symbol < 16) {
        all[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw damaged();
      const value = symbol === 16 ? (all[i - 1] as number) : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > all.length) throw damaged();
      all.fill(value, i, i + times);
      i += times;
    }
    return {
      kind: 'codes',
      lengths: codeTable(all.subarray(0, literals)),
      distances: codeTable(all.subarray(literals)),
    };
  }

  /** @returns whether the block is at its end. */
  #copyStored(block: { left: number }): boolean {
    while (block.left > 0 && this.#end < workBytes) {
      const ready = this.#bitCount > 0 ? 0 : this.#packed.length - this.#at;
      const count = Math.min(block.left, workBytes - this.#end, ready);
      if (count === 0) {
        this.#work[this.#end++] = this.#take(8);
        block.left -= 1;
        continue;
      }
      this.#work.set(this.#packed.subarray(this.#at, this.#at + count), this.#end);
      this.#at += count;
      this.#end += count;
      block.left -= count;
    }
    return block.left === 0;
  }

  /** @returns whether the block is at its end. */
  #decode({ lengths, distances }: Extract<Block, { kind: 'codes' }>): boolean {
    const work = this.#work;
    while (this.#end < workBytes) {
      const symbol = this.#symbol(lengths);
      if (symbol < 256) {
        work[this.#end++] = symbol;
        continue;
      }
      if (symbol === 256) return true;
      const of = symbol - 257;
      if (of >= lengthBase.length) throw damaged();
      const length = (lengthBase[of] as number) + this.#take(lengthExtra[of] as number);
      const back = this.#symbol(distances);
      if (back >= distanceBase.length) throw damaged();
      const distance = (distanceBase[back] as number) + this.#take(distanceExtra[back] as number);
      if (distance > this.#end) throw damaged();
      if (distance >= length) {
        work.copyWithin(this.#end, this.#end - distance, this.#end - distance + length);
      } else if (distance === 1) {
        work.fill(work[this.#end - 1] as number, this.#end, this.#end + length);
      } else {
        for (let i = 0; i < length; i++) work[this.#end + i] = work[this.#end + i - distance] as number;
      }
      this.#end += length;
    }
    return false;
  }

  #symbol({ bits, entries }: CodeTable): number {
    this.#need(bits);
    const entry = entries[this.#bits & ((1 << bits) - 1)] as number;
    if (entry === 0) throw this.#beyond > 0 ? endsEarly() : damaged();
    this.#drop(entry & 15);
    return entry >>> 4;
  }

  #take(count: number): number {
    this.#need(count);
    const value = this.#bits & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  #drop(count: number): void {
    this.#bits >>>= count;
    this.#bitCount -= count;
    if (this.#beyond > 0 && this.#bitCount < 8 * this.#beyond) throw endsEarly();
  }

  /** At most 16 bits: with those of a byte they fit into 32. */
  #need(count: number): void {
    while (this.#bitCount < count) {
      this.#bits |= this.#nextByte() << this.#bitCount;
      this.#bitCount += 8;
    }
  }

  #nextByte(): number {
    if (this.#at === this.#packed.length) {
      this.#packed = this.#more();
      this.#at = 0;
      if (this.#packed.length === 0) {
        this.#beyond += 1;
        return 0;
      }
    }
    return this.#packed[this.#at++] as number;
  }
}

/** Canonical codes of these lengths, 0 for symbols that do not occur. @throws CaloscopeError ERR_FILE_CORRUPT. */
function codeTable(lengths: Uint8Array): CodeTable {
  const bits = Math.max(1, ...lengths);
  const entries = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    for (const [symbol, its] of lengths.entries()) {
      if (its !== length) continue;
      if (code >= 1 << length) throw damaged();
      for (let place = reversed(code, length); place < entries.length; place += 1 << length) {
        entries[place] = (symbol << 4) | length;
      }
      code += 1;
    }
    code <<= 1;
  }
  return { bits, entries };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}

const fixedCodes: Block = {
  kind: 'codes',
  lengths: codeTable(
    Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  ),
  distances: codeTable(new Uint8Array(30).fill(5)),
};

function damaged(): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', 'its packed bytes are damaged; copy the file again');
}

function endsEarly(): CaloscopeError {
  return new CaloscopeError(
    'ERR_FILE_TRUNCATED',
    'its packed bytes end before its numbers do; copy the file again',
  );
}
