import { alongRows, places } from './elementwise-operators.js';
import type { GraphNode } from './graph-node.js';
import { rankOf } from './graph-node.js';
import { type Constant, constant, type GraphValue, type Kernel, sizeOf } from './row-program.js';

/** y = x·Wᵀ + b with W outputs × inputs, for `count` vectors x one after the other; four outputs at a time share what they read of x. */
function multiply(
  x: Float64Array,
  weights: Float64Array,
  bias: Float64Array,
  { count, inputs, outputs }: { readonly count: number; readonly inputs: number; readonly outputs: number },
  out: Float64Array,
): void {
  for (let vector = 0; vector < count; vector++) {
    const first = vector * inputs;
    let output = 0;
    for (; output + 4 <= outputs; output += 4) {
      const at = output * inputs;
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let i = 0; i < inputs; i++) {
        const value = x[first + i] as number;
        a += value * (weights[at + i] as number);
        b += value * (weights[at + inputs + i] as number);
        c += value * (weights[at + 2 * inputs + i] as number);
        d += value * (weights[at + 3 * inputs + i] as number);
      }
      const place = vector * outputs + output;
      out[place] = a + (bias[output] as number);
      out[place + 1] = b + (bias[output + 1] as number);
      out[place + 2] = c + (bias[output + 2] as number);
      out[place + 3] = d + (bias[output + 3] as number);
    }
    for (; output < outputs; output++) {
      let sum = bias[output] as number;
      for (let i = 0; i < inputs; i++)
        sum += (x[first + i] as number) * (weights[output * inputs + i] as number);
      out[vector * outputs + output] = sum;
    }
  }
}

/** A matrix, columns × rows, times a factor. */
function transposed({ shape, values }: Constant, factor: number): Constant {
  const [rows, columns] = shape as [number, number];
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = factor * (values[row * columns + column] as number);
    }
  }
  return { ofRows: false, shape: [columns, rows], values: turned };
}

/** `value` times the weights, outputs × inputs, along its last axis. */
function linear(node: GraphNode, value: GraphValue, weights: Constant, bias: Constant): GraphValue {
  const [outputs, inputs] = weights.shape as [number, number];
  const length = value.shape.at(-1);
  if (length !== inputs) {
    throw node.error('ERR_SHAPE', `has weights for ${inputs} numbers, but gets ${length ?? 1}`);
  }
  const shape = [...value.shape.slice(0, -1), outputs];
  const before = sizeOf(value.shape.slice(0, -1));
  return node.program.value(shape, [value, weights, bias], ([x, w, b], out, rows) => {
    const sizes = { count: rows * before, inputs, outputs };
    multiply(x as Float64Array, w as Float64Array, b as Float64Array, sizes, out);
  });
}

function requireMatrix(node: GraphNode, { shape }: Constant): void {
  if (shape.length === 2) return;
  throw node.error('ERR_SHAPE', `has weights of ${shape.length} axes; a matrix has 2`);
}

export function gemm(node: GraphNode): GraphValue {
  const value = node.input(0);
  const weights = node.constant(1);
  requireMatrix(node, weights);
  if (rankOf(value) !== 2)
    throw node.error('ERR_SHAPE', `multiplies a value of ${rankOf(value)} axes; it must have 2`);
  if (node.int('transA', 0) !== 0)
    throw node.error('ERR_MODEL', 'turns its input (transA), which mixes rows');
  const alpha = node.float('alpha', 1);
  const turned =
    node.int('transB', 0) === 0
      ? transposed(weights, alpha)
      : { ...weights, values: weights.values.map((weight) => alpha * weight) };
  const outputs = turned.shape[0] as number;
  const added = alongRows(node, node.constantOr(2, constant([], [0])), 2);
  const length = added.shape[0] ?? 1;
  if (length !== 1 && length !== outputs) {
    throw node.error('ERR_SHAPE', `adds ${length} numbers to ${outputs}`);
  }
  const at = places(added.shape, [outputs]);
  const beta = node.float('beta', 1);
  const bias = Float64Array.from(at, (place) => beta * (added.values[place] as number));
  return linear(node, value, turned, constant([outputs], bias));
}

export function matMul(node: GraphNode): GraphValue {
  const value = node.input(0);
  const weights = node.constant(1);
  if (value.shape.length === 0) throw node.error('ERR_SHAPE', 'multiplies a value without columns');
  if (weights.shape.length === 1) {
    const row = { ...weights, shape: [1, ...weights.shape] };
    const product = linear(node, value, row, constant([1], [0]));
    return { ...product, shape: product.shape.slice(0, -1) };
  }
  requireMatrix(node, weights);
  const turned = transposed(weights, 1);
  return linear(
    node,
    value,
    turned,
    constant([turned.shape[0] as number], new Float64Array(turned.shape[0] as number)),
  );
}

/** (x − mean)/√(variance + ε) · scale + bias, one of each a channel. */
export function batchNormalization(node: GraphNode): GraphValue {
  const value = node.requireRows(node.input(0));
  const trains = node.int('training_mode', 0) !== 0 || node.int('is_test', 1) === 0;
  if (trains) throw node.error('ERR_MODEL', 'is in the state of training; export the model for inference');
  const channels = value.shape[0];
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((place) => node.constant(place)) as [
    Constant,
    Constant,
    Constant,
    Constant,
  ];
  for (const { values } of [scale, bias, mean, variance]) {
    if (values.length === channels) continue;
    throw node.error('ERR_SHAPE', `has ${values.length} numbers for ${channels ?? 0} channels`);
  }
  const epsilon = node.float('epsilon', 1e-5);
  const factors = scale.values.map((one, i) => one / Math.sqrt((variance.values[i] as number) + epsilon));
  const shifts = bias.values.map((one, i) => one - (mean.values[i] as number) * (factors[i] as number));
  const inner = sizeOf(value.shape.slice(1));
  const inputs = [value, constant([channels as number], factors), constant([channels as number], shifts)];
  return node.program.value(value.shape, inputs, ([x, factor, shift], out, rows) => {
    const count = rows * (channels as number);
    for (let i = 0; i < count * inner; i++) {
      const channel = Math.floor(i / inner) % (channels as number);
      const product = ((x as Float64Array)[i] as number) * ((factor as Float64Array)[channel] as number);
      out[i] = product + ((shift as Float64Array)[channel] as number);
    }
  });
}

/** The last axes of a value, from `axis` on, as one: how many numbers, and a kernel over each such group. */
function grouped(of: (x: Float64Array, out: Float64Array) => void, length: number): Kernel {
  return ([x = new Float64Array(0)], out) => {
    for (let at = 0; at < out.length; at += length)
      of(x.subarray(at, at + length), out.subarray(at, at + length));
  };
}

export function layerNormalization(node: GraphNode): GraphValue {
  const value = node.requireRows(node.input(0));
  const shape = value.shape.slice(node.axisOfShape(value, node.int('axis', -1)));
  const length = sizeOf(shape);
  const one = (place: number, missing: number) => {
    const given = node.constantOr(place, constant([], [missing]));
    if (given.values.length !== 1 && given.values.length !== length) {
      throw node.error('ERR_SHAPE', `has ${given.values.length} numbers for ${length} that are normalized`);
    }
    return Float64Array.from({ length }, (_, i) => given.values[given.values.length === 1 ? 0 : i] as number);
  };
  const [scale, bias, epsilon] = [one(1, 1), one(2, 0), node.float('epsilon', 1e-5)];
  const kernel = grouped((x, out) => {
    const mean = x.reduce((sum, number) => sum + number, 0) / length;
    const variance = x.reduce((sum, number) => sum + (number - mean) ** 2, 0) / length;
    const width = Math.sqrt(variance + epsilon);
    for (let i = 0; i < length; i++) {
      out[i] = (((x[i] as number) - mean) / width) * (scale[i] as number) + (bias[i] as number);
    }
  }, length);
  return node.program.value(value.shape, [value], kernel);
}

/** Numbers over which a softmax goes: the last axis; before opset 13 all axes from `axis` on. */
export function softmaxLength(node: GraphNode, value: GraphValue): number {
  if (node.opset < 13) return sizeOf(value.shape.slice(node.axisOfShape(value, node.int('axis', 1))));
  const axis = node.axisOfShape(value, node.int('axis', -1));
  if (axis === value.shape.length - 1) return value.shape[axis] as number;
  throw node.error('ERR_OPERATOR', 'goes over another axis than the last');
}

export function softmax(node: GraphNode): GraphValue {
  const value = node.requireRows(node.input(0));
  const logarithm = node.operator === 'LogSoftmax';
  const kernel = grouped(
    (x, out) => {
      const highest = x.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY);
      const sum = x.reduce((total, number) => total + Math.exp(number - highest), 0);
      for (let i = 0; i < x.length; i++) {
        const above = (x[i] as number) - highest;
        out[i] = logarithm ? above - Math.log(sum) : Math.exp(above) / sum;
      }
    },
    softmaxLength(node, value),
  );
  return node.program.value(value.shape, [value], kernel);
}

const reductions: Readonly<Record<string, (sum: number, count: number) => number>> = {
  ReduceMean: (sum, count) => sum / count,
  ReduceSum: (sum) => sum,
};

/** Axes are an attribute; an input from opset 13 (sum) and 18 (mean) on. */
export function reduction(node: GraphNode): GraphValue {
  const value = node.requireRows(node.input(0));
  const axes = node.ints('axes') ?? node.wholeNumbers(1) ?? [];
  if (axes.length === 0) {
    if (node.int('noop_with_empty_axes', 0) !== 0) return value;
    throw node.error('ERR_MODEL', 'goes over all axes, that of the rows too, which mixes them');
  }
  const over = new Set(axes.map((axis) => node.axisOfShape(value, axis)));
  const kept = value.shape.map((length, axis) => (over.has(axis) ? 1 : length));
  const size = sizeOf(kept);
  const [whole, count] = [sizeOf(value.shape), sizeOf(value.shape) / size];
  const at = places(kept, value.shape);
  const finish = reductions[node.operator] as (sum: number, count: number) => number;
  const shape = node.int('keepdims', 1) === 0 ? value.shape.filter((_, axis) => !over.has(axis)) : kept;
  return node.program.value(shape, [value], ([x], out, rows) => {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < whole; i++) {
        const place = row * size + (at[i] as number);
        out[place] = (out[place] as number) + ((x as Float64Array)[row * whole + i] as number);
      }
    }
    for (let i = 0; i < out.length; i++) out[i] = finish(out[i] as number, count);
  });
}
