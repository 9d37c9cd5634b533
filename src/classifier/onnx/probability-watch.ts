import type { Warning } from '../../warnings.js';

/** Rows of which all would look like probabilities by chance no more. */
const enoughRows = 20;
/** Rounding of a float32 sum of two probabilities. */
const rounding = 1e-5;

/** Looks at the outputs of a model that are taken as logits: a sigmoid that is spelled in other operators is not seen in the graph. */
export class ProbabilityWatch {
  #rows = 0;
  #probabilities = 0;
  #smallest = Number.POSITIVE_INFINITY;
  #largest = Number.NEGATIVE_INFINITY;

  /** @param values outputs of rows, one after the other; `size` of each row, 1 or 2. */
  see(values: Float64Array, size: number): void {
    for (let at = 0; at < values.length; at += size) {
      const one = values[at] as number;
      const other = size === 2 ? (values[at + 1] as number) : 1 - one;
      this.#rows += 1;
      if (one >= 0 && other >= 0 && Math.abs(one + other - 1) < rounding) this.#probabilities += 1;
      this.#smallest = Math.min(this.#smallest, one);
      this.#largest = Math.max(this.#largest, one);
    }
  }

  /** Outputs that are all the same say nothing of what they are. */
  get warnings(): Warning[] {
    const all = this.#rows >= enoughRows && this.#probabilities === this.#rows;
    if (!all || this.#smallest === this.#largest) return [];
    const range = [this.#smallest, this.#largest].map((value) => value.toPrecision(3)).join(' to ');
    const message = `the outputs of the model are ${range} in all ${this.#rows} rows, as probabilities are, and are taken as ln w: end the model in Sigmoid or Softmax, or export its logit`;
    return [{ code: 'outputs-like-probabilities', message }];
  }
}
