/** Random numbers that are the same for the same seed (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `end`. */
  below(end) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  of(list) {
    return list[this.below(list.length)];
  }
}

/** Numbers at which sizes and addresses go over. */
const edges = [
  0n,
  1n,
  2n,
  127n,
  128n,
  255n,
  256n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const words = [
  'null',
  '-1',
  '1e999',
  '0',
  '""',
  '[]',
  '{}',
  'NaN',
  '9007199254740993',
  '\u0000',
  '<',
  '&#0;',
  ',',
  '\n',
  '"',
  'true',
];

const changes = [
  (bytes, random) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    const width = random.of([1, 2, 4, 8]);
    if (bytes.length < width) return bytes;
    const value = random.of(edges);
    const at = random.below(bytes.length - width + 1);
    for (let i = 0; i < width; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const from = random.below(bytes.length);
    const length = 1 + random.below(Math.min(64, bytes.length - from));
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
  },
  (bytes, random) => {
    const from = random.below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + random.below(64));
    const to = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(random.of(words)),
      bytes.subarray(at + random.below(8)),
    ]);
  },
  (bytes, random, others) => {
    const other = random.of(others);
    const from = random.below(other.length);
    const piece = other.subarray(from, from + 1 + random.below(256));
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
  },
];

/** One to eight changes of an input. */
export function mutated(bytes, random, others) {
  let changed = Buffer.from(bytes);
  for (let left = 1 << random.below(4); left > 0 && changed.length > 0; left--) {
    changed = random.of(changes)(changed, random, others);
  }
  return Buffer.from(changed);
}
