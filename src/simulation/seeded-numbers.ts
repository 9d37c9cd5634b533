/** Numbers that a seed decides, the same on every machine but for the last bit of logarithms. */
export interface SeededNumbers {
  /** In (0, 1). */
  uniform(): number;
  /** Of mean 0 and variance 1 (Box and Muller). */
  normal(): number;
}

/** mulberry32, for toys and distortions: 32 bits a number. */
export function seededNumbers(seed: number): SeededNumbers {
  let state = Math.imul(seed ^ Math.floor(seed / 2 ** 32), 0x9e3779b1);
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
