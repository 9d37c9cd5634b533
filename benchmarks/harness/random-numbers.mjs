/** Reproducible random numbers: a counter through the 32-bit finaliser of MurmurHash3. */
export class RandomNumbers {
  #counter;
  #spare = null;

  constructor(seed) {
    this.#counter = Math.imul(seed, 0x9e3779b1) >>> 0;
  }

  /** In (0, 1). */
  uniform() {
    this.#counter = (this.#counter + 0x9e3779b9) >>> 0;
    let bits = this.#counter;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return (((bits ^ (bits >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  }

  /** Mean 0, variance 1 (Box and Muller). */
  normal() {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
