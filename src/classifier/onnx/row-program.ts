import { CaloscopeError } from '../../errors.js';

/** Numbers that are the same for all rows: weights, shapes, and what is computed of them. */
export interface Constant {
  readonly ofRows: false;
  readonly shape: readonly number[];
  /** NaN in the shape of a value of rows, where the number of rows stands. */
  readonly values: Float64Array;
}

/** Numbers that every row has its own of. */
export interface RowValue {
  readonly ofRows: true;
  /** Of one row: the axis of the rows, which comes first in the graph, is left out. */
  readonly shape: readonly number[];
  readonly slot: number;
}

export type GraphValue = Constant | RowValue;

/** Computes the numbers of all rows; inputs that are constant are given whole. */
export type Kernel = (inputs: readonly Float64Array[], out: Float64Array, rows: number) => void;

interface Step {
  readonly inputs: readonly GraphValue[];
  readonly kernel: Kernel;
  readonly slot: number;
}

/** Numbers of one value: no network has more, and a file of some bytes can ask for any. */
const mostNumbers = 2 ** 27;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function constant(shape: readonly number[], values: ArrayLike<number>): Constant {
  return { ofRows: false, shape, values: Float64Array.from(values) };
}

/** Numbers of a value of that shape. @throws CaloscopeError ERR_TOO_LARGE. */
export function requireSize(shape: readonly number[]): number {
  const size = sizeOf(shape);
  if (size <= mostNumbers) return size;
  throw new CaloscopeError('ERR_TOO_LARGE', `makes ${shape.join(' × ')} numbers`);
}

/** The steps from the numbers of a row to any value of a graph, row for row, in double precision. */
export class RowProgram {
  /** Numbers of a row in each slot. */
  readonly #sizes: number[] = [];
  readonly #steps: Step[] = [];

  /** The value that rows are given for. */
  input(shape: readonly number[]): RowValue {
    this.#sizes.push(requireSize(shape));
    return { ofRows: true, shape, slot: this.#sizes.length - 1 };
  }

  /**
   * A value with that shape (of a row, where one of the inputs is of rows), computed by the kernel: at once where all inputs are constant.
   *
   * @throws CaloscopeError ERR_TOO_LARGE, ERR_NON_FINITE for a constant that no row can be computed with.
   */
  value(shape: readonly number[], inputs: readonly GraphValue[], kernel: Kernel): GraphValue {
    const size = requireSize(shape);
    if (!inputs.some(({ ofRows }) => ofRows)) {
      const values = new Float64Array(size);
      kernel(
        inputs.map((input) => (input as Constant).values),
        values,
        1,
      );
      return { ofRows: false, shape, values };
    }
    for (const input of inputs) {
      const odd = input.ofRows ? undefined : input.values.find((value) => !Number.isFinite(value));
      if (odd !== undefined) throw new CaloscopeError('ERR_NON_FINITE', `computes with the constant ${odd}`);
    }
    const value = this.input(shape);
    this.#steps.push({ inputs, kernel, slot: value.slot });
    return value;
  }

  /** The values of rows in one slot after what led to it was computed; `given` are the numbers of the first slot. */
  run(given: Float64Array, rows: number, wanted: RowValue): Float64Array {
    const slots: (Float64Array | undefined)[] = [given];
    for (const { inputs, kernel, slot } of this.#stepsTo(wanted)) {
      const out = new Float64Array(rows * (this.#sizes[slot] as number));
      kernel(
        inputs.map((input) => (input.ofRows ? (slots[input.slot] as Float64Array) : input.values)),
        out,
        rows,
      );
      slots[slot] = out;
    }
    return slots[wanted.slot] as Float64Array;
  }

  /** Numbers that are read or made for one row, weights included. */
  costOf(wanted: RowValue): number {
    return this.#stepsTo(wanted).reduce((cost, { inputs, slot }) => {
      const read = inputs.map((input) =>
        input.ofRows ? (this.#sizes[input.slot] as number) : input.values.length,
      );
      return cost + (this.#sizes[slot] as number) + read.reduce((sum, size) => sum + size, 0);
    }, 0);
  }

  /** Others may have been added for what is not wanted. */
  #stepsTo(wanted: RowValue): Step[] {
    const needed = new Set([wanted.slot]);
    const steps = [...this.#steps].reverse().filter(({ slot, inputs }) => {
      if (!needed.has(slot)) return false;
      for (const input of inputs) if (input.ofRows) needed.add(input.slot);
      return true;
    });
    return steps.reverse();
  }
}
