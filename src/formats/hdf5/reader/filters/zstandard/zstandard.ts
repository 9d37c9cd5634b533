import { CaloscopeError } from '../../../../../errors.js';
import { damaged } from './backward-bits.js';
import type { HuffmanTable } from './entropy-tables.js';
import { readLiterals } from './literals.js';
import { forEachSequence, readSequenceSection, type SequenceTables } from './sequences.js';

const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const mostBlockBytes = 128 * 1024;

/** What a frame keeps from block to block, and where its result goes. */
interface Frame {
  readonly target: Buffer;
  /** Where the frame begins in the result: nothing before it is referred to. */
  readonly start: number;
  out: number;
  huffman: HuffmanTable | null;
  tables: SequenceTables | null;
  /** The last three distances. */
  readonly distances: [number, number, number];
}

/**
 * Unpacks Zstandard frames after RFC 8878. Checksums of frames, which HDF5 filters do not write, are not compared; frames that
 * need a dictionary are refused.
 *
 * @param length bytes of the result.
 * @throws CaloscopeError ERR_FILE_CORRUPT where the frames do not hold exactly so many, ERR_FILTER_UNSUPPORTED.
 */
export function unpackZstandard(packed: Buffer, length: number): Buffer {
  const target = Buffer.allocUnsafeSlow(length);
  let [at, out] = [0, 0];
  while (at < packed.length) {
    if (at + 8 <= packed.length && packed.readUInt32LE(at) >>> 4 === skippableMagic >>> 4) {
      at += 8 + packed.readUInt32LE(at + 4);
      continue;
    }
    const head = readFrameHead(packed, at);
    if (head.contentBytes !== null && head.contentBytes > length - out) throw damaged();
    const frame: Frame = { target, start: out, out, huffman: null, tables: null, distances: [1, 4, 8] };
    at = readBlocks(packed, head.end, frame) + (head.checksum ? 4 : 0);
    if (head.contentBytes !== null && frame.out - out !== head.contentBytes) throw damaged();
    out = frame.out;
  }
  if (at !== packed.length || out !== length) throw damaged();
  return target;
}

interface FrameHead {
  readonly contentBytes: number | null;
  readonly checksum: boolean;
  readonly end: number;
}

function readFrameHead(packed: Buffer, start: number): FrameHead {
  let at = start;
  const field = (bytes: number): number => {
    if (at + bytes > packed.length) throw damaged();
    let value = 0;
    for (let i = 0; i < bytes; i++) value += (packed[at + i] as number) * 2 ** (8 * i);
    at += bytes;
    return value;
  };
  if (field(4) !== magic) throw damaged();
  const flags = field(1);
  if ((flags & 8) !== 0) throw damaged();
  const single = (flags & 32) !== 0;
  if (!single) field(1); // the window: the whole result is at hand
  if (field([0, 1, 2, 4][flags & 3] as number) !== 0) {
    throw new CaloscopeError(
      'ERR_FILTER_UNSUPPORTED',
      'its Zstandard stream needs a dictionary, which is not in the file',
    );
  }
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] as number;
  const size = field(sizeBytes);
  const contentBytes = sizeBytes === 0 ? null : size + (sizeBytes === 2 ? 256 : 0);
  return { contentBytes, checksum: (flags & 4) !== 0, end: at };
}

function readBlocks(packed: Buffer, start: number, frame: Frame): number {
  const { target } = frame;
  for (let at = start, last = false; !last; ) {
    if (at + 3 > packed.length) throw damaged();
    const head = packed.readUIntLE(at, 3);
    last = (head & 1) !== 0;
    const kind = (head >> 1) & 3;
    const size = head >> 3;
    at += 3;
    const stored = kind === 1 ? 1 : size;
    if (kind === 3 || at + stored > packed.length || size > mostBlockBytes) throw damaged();
    if (kind !== 2 && frame.out + size > target.length) throw damaged();
    if (kind === 0) packed.copy(target, frame.out, at, at + size);
    if (kind === 1) target.fill(packed[at] as number, frame.out, frame.out + size);
    if (kind === 2) unpackBlock(packed.subarray(at, at + size), frame);
    else frame.out += size;
    at += stored;
    if (last) return at;
  }
  throw damaged();
}

function unpackBlock(block: Uint8Array, frame: Frame): void {
  const { target } = frame;
  const end = Math.min(target.length, frame.out + mostBlockBytes);
  const literals = readLiterals(block, frame.huffman, end - frame.out);
  frame.huffman = literals.table;
  const section = readSequenceSection(block, literals.end, frame.tables);
  frame.tables = section.tables;
  let used = 0;
  let { out } = frame;
  const copyLiterals = (count: number) => {
    if (used + count > literals.bytes.length || out + count > end) throw damaged();
    if (count > 64) target.set(literals.bytes.subarray(used, used + count), out);
    else for (let i = 0; i < count; i++) target[out + i] = literals.bytes[used + i] as number;
    used += count;
    out += count;
  };
  if (section.tables && section.count > 0) {
    forEachSequence(section, section.tables, (sequence) => {
      copyLiterals(sequence.literals);
      const distance = distanceOf(frame.distances, sequence.distance, sequence.literals);
      if (distance < 1 || distance > out - frame.start || out + sequence.match > end) throw damaged();
      const { match } = sequence;
      if (match > 64 && distance >= match) target.copyWithin(out, out - distance, out - distance + match);
      else for (let i = out; i < out + match; i++) target[i] = target[i - distance] as number;
      out += match;
    });
  }
  copyLiterals(literals.bytes.length - used);
  frame.out = out;
}

/** The distance that a code means, with the last three kept (RFC 8878, 3.1.1.5). */
function distanceOf(last: [number, number, number], code: number, literals: number): number {
  const place = code > 3 ? 3 : literals === 0 ? code : code - 1;
  const distance = code > 3 ? code - 3 : place === 3 ? last[0] - 1 : (last[place] as number);
  if (place > 1) last[2] = last[1];
  if (place > 0) last[1] = last[0];
  last[0] = distance;
  return distance;
}
