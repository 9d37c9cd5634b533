/**
 * Puts numbers together again whose bits were sorted by their place: first the lowest bits of all first bytes, eight to a byte
 * with the first number lowest, then the second bits, and so on (the definition of Bitshuffle, doi:10.1016/j.ascom.2015.07.002).
 *
 * @param source bit planes of target.length / size numbers, a multiple of 8.
 * @param size bytes of a number.
 */
export function joinBitPlanes(source: Uint8Array, target: Uint8Array, size: number): void {
  const eights = target.length / size / 8;
  for (let byte = 0; byte < size; byte++) {
    for (let eight = 0; eight < eights; eight++) {
      // The 8 × 8 bits of one byte of eight numbers, as two halves.
      const first = (byte * 8 * eights + eight) | 0;
      let low = 0;
      let high = 0;
      for (let bit = 0; bit < 4; bit++) {
        low |= (source[first + bit * eights] as number) << (8 * bit);
        high |= (source[first + (bit + 4) * eights] as number) << (8 * bit);
      }
      if (low === 0 && high === 0) {
        for (let i = 0; i < 8; i++) target[(eight * 8 + i) * size + byte] = 0;
        continue;
      }
      for (let i = 0; i < 8; i++) {
        target[(eight * 8 + i) * size + byte] = everyEighth(low >>> i) | (everyEighth(high >>> i) << 4);
      }
    }
  }
}

/** Bits 0, 8, 16 and 24 side by side. */
function everyEighth(bits: number): number {
  return (bits & 1) | ((bits >>> 7) & 2) | ((bits >>> 14) & 4) | ((bits >>> 21) & 8);
}
