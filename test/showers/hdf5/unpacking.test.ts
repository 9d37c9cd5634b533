import { constants, deflateSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { native } from '#caloscope/native/binding';

/** Packed streams unpack to what zlib makes of them, and what zlib refuses is refused. */

let state = 99;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const kinds: Readonly<Record<string, (length: number) => Buffer>> = {
  zeros: (length) => Buffer.alloc(length),
  noise: (length) => Buffer.from(Uint8Array.from({ length }, () => 256 * random())),
  'few letters': (length) => Buffer.from(Uint8Array.from({ length }, () => 97 + 3 * random() ** 4)),
  'short periods': (length) =>
    Buffer.from(Uint8Array.from({ length }, (_, i) => (random() < 0.01 ? 255 : i % (1 + ((i >> 9) % 13))))),
  showers: (length) => {
    const energies = Float32Array.from({ length: length >> 2 }, () =>
      random() < 0.3 ? Math.exp(5 * random()) : 0,
    );
    return Buffer.from(energies.buffer);
  },
  'all symbols, rare ones rarely': (length) =>
    Buffer.from(Uint8Array.from({ length }, () => Math.floor(-Math.log2(random() + 2 ** -40) * 6.5))),
};

const packings: readonly ZlibOptions[] = [
  { level: 0 },
  { level: 1 },
  { level: 6 },
  { level: 9, memLevel: 9 },
  { level: 9, windowBits: 9 },
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY, memLevel: 1 },
  { strategy: constants.Z_RLE },
];

/** What the core unpacks, or null where it refuses. */
function unpacked(packed: Uint8Array, room: number): Buffer | null {
  const target = Buffer.alloc(room, 0xee);
  try {
    return target.subarray(0, native().unpackZlib(packed, target));
  } catch (error) {
    expect((error as { code?: string }).code).toBe('ERR_FILE_CORRUPT');
    return null;
  }
}

function unpackedByZlib(packed: Uint8Array, room: number): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, room) });
  } catch {
    return null;
  }
}

describe('unpacking', () => {
  it.each(Object.keys(kinds))('gives back %s', (kind) => {
    const make = kinds[kind] as (length: number) => Buffer;
    for (const length of [0, 1, 4, 300, 70_000, 400_000]) {
      const content = make(length);
      for (const packing of packings) {
        const packed = deflateSync(content, packing);
        expect(unpacked(packed, content.length)?.equals(content)).toBe(true);
        expect(unpacked(packed, content.length + 1000)?.equals(content)).toBe(true);
        if (content.length > 0) expect(unpacked(packed, content.length - 1)).toBeNull();
        expect(unpacked(packed.subarray(0, packed.length - 1), content.length)).toBeNull();
      }
    }
  });

  it('refuses what zlib refuses', () => {
    let accepted = 0;
    for (let i = 0; i < 6000; i++) {
      const names = Object.keys(kinds);
      const content = kinds[names[i % names.length] as string]?.(400) as Buffer;
      const packed = deflateSync(content, packings[i % packings.length]);
      // Most of what a damaged stream can be refused for stands near its start.
      for (let k = 0; k <= i % 3; k++) {
        const at = Math.floor(packed.length * random() ** (1 + (i % 4)));
        packed.writeUInt8(packed.readUInt8(at) ^ (1 << Math.floor(8 * random())), at);
      }
      const expected = unpackedByZlib(packed, 2000);
      const found = unpacked(packed, 2000);
      expect(found === null).toBe(expected === null);
      if (found && expected) {
        expect(found.equals(expected)).toBe(true);
        accepted += 1;
      }
    }
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(3000);
  });
});
