import { BackwardBits, damaged } from './backward-bits.js';
import { oneSymbol, readStateTable, type StateTable, stateTable } from './entropy-tables.js';

/** The tables of one block: lengths of literals, distances, lengths of matches. */
export interface SequenceTables {
  readonly literals: StateTable;
  readonly distances: StateTable;
  readonly matches: StateTable;
}

interface CodeKind {
  readonly usual: StateTable;
  readonly mostSymbols: number;
  readonly mostLog: number;
}

const repeated = (value: number, count: number) => new Array<number>(count).fill(value);

/** Distributions where a block gives none (RFC 8878, 3.1.1.3.2.2). */
const kinds: Record<keyof SequenceTables, CodeKind> = {
  literals: {
    usual: stateTable(
      [4, 3, ...repeated(2, 11), 1, 1, 1, ...repeated(2, 9), 3, 2, ...repeated(1, 5), ...repeated(-1, 4)],
      6,
    ),
    mostSymbols: 36,
    mostLog: 9,
  },
  distances: {
    usual: stateTable([...repeated(1, 6), 2, 2, 2, ...repeated(1, 15), ...repeated(-1, 5)], 5),
    mostSymbols: 32,
    mostLog: 8,
  },
  matches: {
    usual: stateTable([1, 4, 3, ...repeated(2, 6), ...repeated(1, 37), ...repeated(-1, 7)], 6),
    mostSymbols: 53,
    mostLog: 9,
  },
};

/** Value of a code: its base and so many bits more (RFC 8878, 3.1.1.3.2.1.1). */
interface CodeValues {
  readonly bases: readonly number[];
  readonly bits: readonly number[];
}

function codeValues(first: number, plain: number, bits: readonly number[]): CodeValues {
  const all = [...repeated(0, plain), ...bits];
  let base = first;
  const bases = all.map((width) => {
    base += 2 ** width;
    return base - 2 ** width;
  });
  return { bases, bits: all };
}

const literalLengths = codeValues(0, 16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const matchLengths = codeValues(
  3,
  32,
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);

/** The head of the sequences of a block. */
export interface SequenceSection {
  readonly count: number;
  readonly tables: SequenceTables | null;
  /** Bits of the sequences. */
  readonly stream: Uint8Array;
}

/** Reads the head of the sequences section at byte `start` of a block. */
export function readSequenceSection(
  block: Uint8Array,
  start: number,
  before: SequenceTables | null,
): SequenceSection {
  let at = start;
  const byte = () => {
    const value = block[at++];
    if (value === undefined) throw damaged();
    return value;
  };
  const first = byte();
  let count = first;
  if (first === 255) count = byte() + 256 * byte() + 0x7f00;
  else if (first > 127) count = (first - 128) * 256 + byte();
  if (count === 0) {
    if (at !== block.length) throw damaged();
    return { count, tables: before, stream: block.subarray(at) };
  }
  const modes = byte();
  if ((modes & 3) !== 0) throw damaged();
  const table = (name: keyof SequenceTables, mode: number): StateTable => {
    const kind = kinds[name];
    if (mode === 0) return kind.usual;
    if (mode === 1) {
      const symbol = byte();
      if (symbol >= kind.mostSymbols) throw damaged();
      return oneSymbol(symbol);
    }
    if (mode === 2) {
      const read = readStateTable(block, at, kind.mostSymbols, kind.mostLog);
      at = read.end;
      return read.table;
    }
    if (!before) throw damaged();
    return before[name];
  };
  const literals = table('literals', modes >> 6);
  const distances = table('distances', (modes >> 4) & 3);
  const matches = table('matches', (modes >> 2) & 3);
  return { count, tables: { literals, distances, matches }, stream: block.subarray(at) };
}

/** One step: so many literals, then a match of `length` bytes, `distance` bytes back (or the code of a distance before). */
export interface Sequence {
  literals: number;
  match: number;
  /** 1, 2 or 3 for one of the last distances; otherwise the distance and 3. */
  distance: number;
}

/** Calls `take` with each sequence of a section; the object is used again. */
export function forEachSequence(
  { count, stream }: SequenceSection,
  { literals, distances, matches }: SequenceTables,
  take: (sequence: Sequence) => void,
): void {
  const bits = new BackwardBits(stream);
  let literalState = bits.read(literals.log);
  let distanceState = bits.read(distances.log);
  let matchState = bits.read(matches.log);
  const sequence = { literals: 0, match: 0, distance: 0 };
  for (let i = 0; i < count; i++) {
    const distanceCode = distances.symbols[distanceState] as number;
    const matchCode = matches.symbols[matchState] as number;
    const literalCode = literals.symbols[literalState] as number;
    if (distanceCode > 31) throw damaged();
    sequence.distance = 2 ** distanceCode + bits.read(distanceCode);
    sequence.match =
      (matchLengths.bases[matchCode] as number) + bits.read(matchLengths.bits[matchCode] as number);
    sequence.literals =
      (literalLengths.bases[literalCode] as number) + bits.read(literalLengths.bits[literalCode] as number);
    if (bits.left < 0) throw damaged();
    take(sequence);
    if (i === count - 1) break;
    literalState =
      (literals.bases[literalState] as number) + bits.read(literals.bits[literalState] as number);
    matchState = (matches.bases[matchState] as number) + bits.read(matches.bits[matchState] as number);
    distanceState =
      (distances.bases[distanceState] as number) + bits.read(distances.bits[distanceState] as number);
  }
  if (bits.left !== 0) throw damaged();
}
