import { describe, expect, it } from 'vitest';
import { fletcher32, lookup3 } from '#caloscope/formats/hdf5/reader/checksums';

const text = (characters: string) => Buffer.from(characters, 'latin1');

describe('lookup3', () => {
  // From the self-test of the published code (hashlittle, start value 0).
  it.each([
    ['', 0xdeadbeef],
    ['Four score and seven years ago', 0x17770551],
  ])('of "%s"', (characters, expected) => {
    expect(lookup3(text(characters))).toBe(expected);
  });
});

describe('fletcher32', () => {
  /** The definition, word by word. */
  function bySum(bytes: Buffer): number {
    let [first, second] = [0, 0];
    for (let i = 0; i < bytes.length; i += 2) {
      first = (first + bytes.readUInt8(i) * 256 + (bytes[i + 1] ?? 0)) % 65535;
      second = (second + first) % 65535;
    }
    return second * 65536 + first;
  }

  it.each([1, 2, 3, 719, 720, 721, 5000])('of %i bytes is the sum modulo 65535', (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 151 + 7) % 256));
    expect(fletcher32(bytes)).toBe(bySum(bytes));
  });
});
