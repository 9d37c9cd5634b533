import { BackwardBits, damaged } from './backward-bits.js';

/** What a state of an entropy coder says: its symbol, and the next state: `base` and so many bits. */
export interface StateTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** The table of a single symbol that takes no bits. */
export function oneSymbol(symbol: number): StateTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** The table of a distribution: counts that add up to 2^log, -1 for "less than one" (RFC 8878, 4.1.1). */
export function stateTable(counts: readonly number[], log: number): StateTable {
  const size = 2 ** log;
  const symbols = new Uint8Array(size);
  const next = counts.map((count) => (count === -1 ? 1 : count));
  let rare = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--rare] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[place] = symbol;
      do place = (place + step) & (size - 1);
      while (place >= rare);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number;
    const position = next[symbol] as number;
    next[symbol] = position + 1;
    bits[state] = log - (31 - Math.clz32(position));
    bases[state] = (position << (bits[state] as number)) - size;
  }
  return { log, symbols, bits, bases };
}

/** Reads the description of a distribution at byte `at`. */
export function readStateTable(
  bytes: Uint8Array,
  at: number,
  mostSymbols: number,
  mostLog: number,
): { table: StateTable; end: number } {
  let bit = 8 * at;
  const peek = (count: number): number => {
    const from = bit >> 3;
    const word = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
    return (word >> (bit & 7)) & (2 ** count - 1);
  };
  const log = peek(4) + 5;
  bit += 4;
  if (log > mostLog) throw damaged();
  const counts: number[] = [];
  let left = 2 ** log;
  while (left > 0) {
    // A value of 0 to left + 1; the small ones take a bit less.
    const width = 32 - Math.clz32(left + 1);
    const full = peek(width);
    const short = 2 ** width - 1 - (left + 1);
    const small = full & (2 ** (width - 1) - 1);
    let value = full;
    if (small < short) {
      value = small;
      bit += width - 1;
    } else {
      if (full >= 2 ** (width - 1)) value -= short;
      bit += width;
    }
    const count = value - 1;
    counts.push(count);
    left -= Math.abs(count);
    for (let repeat = count === 0 ? 3 : 0; repeat === 3; bit += 2) {
      repeat = peek(2);
      for (let i = 0; i < repeat; i++) counts.push(0);
    }
    if (left < 0 || counts.length > mostSymbols || bit > 8 * bytes.length) throw damaged();
  }
  return { table: stateTable(counts, log), end: (bit + 7) >> 3 };
}

/** Symbols by the next bits, as many as the longest code has. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** Reads the description of a Huffman code at byte `at` (RFC 8878, 4.2.1). */
export function readHuffmanTable(bytes: Uint8Array, at: number): { table: HuffmanTable; end: number } {
  const head = bytes[at];
  if (head === undefined) throw damaged();
  const end = at + 1 + (head < 128 ? head : (head - 126) >> 1);
  if (end > bytes.length) throw damaged();
  const described = bytes.subarray(at + 1, end);
  const weights = head < 128 ? packedWeights(described) : plainWeights(described, head - 127);
  return { table: huffmanTable(weights), end };
}

function plainWeights(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => ((bytes[i >> 1] as number) >> (i % 2 === 0 ? 4 : 0)) & 15);
}

/** Weights in two interleaved streams of states. */
function packedWeights(bytes: Uint8Array): number[] {
  const { table, end } = readStateTable(bytes, 0, 256, 6);
  const stream = new BackwardBits(bytes.subarray(end));
  const states = [stream.read(table.log), stream.read(table.log)];
  if (stream.left < 0) throw damaged();
  const weights: number[] = [];
  for (let turn = 0; weights.length < 255; turn ^= 1) {
    const state = states[turn] as number;
    weights.push(table.symbols[state] as number);
    const next = (table.bases[state] as number) + stream.read(table.bits[state] as number);
    if (stream.left < 0) {
      weights.push(table.symbols[states[turn ^ 1] as number] as number);
      return weights;
    }
    states[turn] = next;
  }
  throw damaged();
}

/** A symbol of weight w > 0 has a code of log + 1 - w bits; the weight of the last symbol fills up the rest. */
function huffmanTable(weights: readonly number[]): HuffmanTable {
  const sum = weights.reduce((all, weight) => all + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  const log = sum > 0 ? 32 - Math.clz32(sum) : 0;
  const rest = 2 ** log - sum;
  const last = 32 - Math.clz32(rest);
  if (log < 1 || log > 11 || rest !== 2 ** (last - 1)) throw damaged();
  const all = [...weights, last];
  const symbols = new Uint8Array(2 ** log);
  const bits = new Uint8Array(2 ** log);
  let place = 0;
  for (let weight = 1; weight <= log; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const entries = 2 ** (weight - 1);
      symbols.fill(symbol, place, place + entries);
      bits.fill(log + 1 - weight, place, place + entries);
      place += entries;
    });
  }
  if (place !== 2 ** log) throw damaged();
  return { log, symbols, bits };
}
