import { constants, deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { InflatedBytes } from '#caloscope/formats/numpy/inflated-bytes';

/** Packed bytes in pieces of an odd length. */
function inPieces(packed: Uint8Array, length: number): () => Uint8Array {
  let at = 0;
  return () => {
    at += length;
    return packed.subarray(at - length, at);
  };
}

function unpacked(packed: Uint8Array, length: number, asked: number, piece = 977): Uint8Array {
  const stream = new InflatedBytes(inPieces(packed, piece));
  const all = new Uint8Array(length);
  for (let at = 0; at < length; at += asked) stream.read(all.subarray(at, Math.min(length, at + asked)));
  return all;
}

let state = 1;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return state / 2 ** 32;
};

const examples = {
  zeros: new Uint8Array(700_001),
  noise: Uint8Array.from({ length: 300_000 }, () => 256 * random()),
  numbers: new Uint8Array(
    Float32Array.from({ length: 120_000 }, () => (random() < 0.9 ? 0 : random())).buffer,
  ),
  text: Buffer.from('layer after layer, '.repeat(30_000)),
  'far copies': Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i % 32_700, 2654435761) >>> 24),
  'one byte': Uint8Array.of(7),
};
const packings = [
  ...[0, 1, 6, 9].map((level) => ({ level })),
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE, memLevel: 1 },
];

it.each(Object.entries(examples))('%s are unpacked as zlib packed them', (_, bytes) => {
  for (const options of packings) {
    const packed = deflateRawSync(bytes, options);
    for (const asked of [bytes.length, 4999]) {
      expect(Buffer.compare(unpacked(packed, bytes.length, asked), bytes)).toBe(0);
    }
  }
});

it('pieces may be of one byte', () => {
  const bytes = examples.numbers.subarray(0, 3000);
  expect(Buffer.compare(unpacked(deflateRawSync(bytes), bytes.length, 700, 1), bytes)).toBe(0);
});

it('a stream that ends early, or is asked for more than it has, says so', () => {
  const packed = deflateRawSync(examples.numbers);
  for (const kept of [0, 1, 2, 30, 1000, packed.length >> 1, packed.length - 100]) {
    expect(() => unpacked(packed.subarray(0, kept), examples.numbers.length, 10_000)).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_TRUNCATED' }),
    );
  }
  expect(() => unpacked(packed, examples.numbers.length + 1, 10_000)).toThrow(
    expect.objectContaining({ code: 'ERR_FILE_TRUNCATED' }),
  );
});

it('damaged bytes are unpacked to something or refused, with no other error and without end', () => {
  const packed = deflateRawSync(examples.numbers.subarray(0, 20_000));
  for (let trial = 0; trial < 400; trial++) {
    const damaged = Uint8Array.from(packed);
    for (let i = 0; i < 3; i++) damaged[Math.floor(random() * damaged.length)] = 256 * random();
    try {
      unpacked(damaged, 20_000, 5000);
    } catch (error) {
      expect(error).toBeInstanceOf(CaloscopeError);
    }
  }
});
