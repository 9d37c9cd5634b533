import { BackwardBits, damaged } from './backward-bits.js';
import { type HuffmanTable, readHuffmanTable } from './entropy-tables.js';

export interface Literals {
  readonly bytes: Uint8Array;
  /** Where the section ends. */
  readonly end: number;
  /** The code that later sections may use again. */
  readonly table: HuffmanTable | null;
}

/** Reads the literals of a block (RFC 8878, 3.1.1.3.1). */
export function readLiterals(block: Uint8Array, before: HuffmanTable | null, most: number): Literals {
  const head = (count: number) => {
    let bits = 0;
    for (let i = 0; i < count; i++) bits += (block[i] ?? 0) * 2 ** (8 * i);
    return bits;
  };
  const kind = head(1) & 3;
  const form = (head(1) >> 2) & 3;
  if (kind < 2) {
    const headBytes = [1, 2, 1, 3][form] as number;
    const length = Math.floor(head(headBytes) / (headBytes === 1 ? 8 : 16));
    if (length > most) throw damaged();
    const end = headBytes + (kind === 0 ? length : 1);
    if (end > block.length) throw damaged();
    const bytes =
      kind === 0 ? block.subarray(headBytes, end) : new Uint8Array(length).fill(block[headBytes] as number);
    return { bytes, end, table: before };
  }
  const width = [10, 10, 14, 18][form] as number;
  const headBytes = [3, 3, 4, 5][form] as number;
  const fields = Math.floor(head(headBytes) / 16);
  const length = fields % 2 ** width;
  const end = headBytes + (Math.floor(fields / 2 ** width) % 2 ** width);
  if (length > most || end > block.length) throw damaged();
  const packed = block.subarray(headBytes, end);
  const found = kind === 2 ? readHuffmanTable(packed, 0) : { table: before, end: 0 };
  if (!found.table) throw damaged();
  const bytes = new Uint8Array(length);
  const streams = packed.subarray(found.end);
  if (form === 0) decodeStream(streams, bytes, found.table);
  else decodeStreams(streams, bytes, found.table);
  return { bytes, end, table: found.table };
}

/** Four streams after a table of the lengths of the first three. */
function decodeStreams(streams: Uint8Array, target: Uint8Array, table: HuffmanTable): void {
  const each = Math.floor((target.length + 3) / 4);
  let at = 6;
  for (let i = 0; i < 4; i++) {
    const length = i < 3 ? (streams[2 * i] ?? 0) | ((streams[2 * i + 1] ?? 0) << 8) : streams.length - at;
    if (length < 1 || at + length > streams.length || 3 * each > target.length) throw damaged();
    const part = target.subarray(i * each, i < 3 ? (i + 1) * each : target.length);
    decodeStream(streams.subarray(at, at + length), part, table);
    at += length;
  }
}

/** The innermost loop: its bits are read here, not by calls. Codes have at most 11 bits, which lie in 3 bytes. */
function decodeStream(stream: Uint8Array, target: Uint8Array, table: HuffmanTable): void {
  const { log, symbols, bits } = table;
  const mask = 2 ** log - 1;
  let { left } = new BackwardBits(stream);
  for (let i = 0; i < target.length; i++) {
    const from = left - log;
    const at = from >> 3;
    let place = 0;
    if (from >= 0) {
      const word =
        (stream[at] as number) | ((stream[at + 1] as number) << 8) | ((stream[at + 2] as number) << 16);
      place = (word >> (from & 7)) & mask;
    } else if (left > 0) {
      // Before the beginning there are zeros, so that a stream that is too short shows in the end.
      place = (((stream[0] as number) | ((stream[1] as number) << 8)) << -from) & mask;
    }
    target[i] = symbols[place] as number;
    left -= bits[place] as number;
  }
  if (left !== 0) throw damaged();
}
