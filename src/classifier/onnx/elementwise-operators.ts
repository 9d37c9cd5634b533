import { errorFunction } from '../../statistics/error-function.js';
import type { GraphNode } from './graph-node.js';
import { rankOf } from './graph-node.js';
import { type Constant, type GraphValue, type Kernel, requireSize, sizeOf } from './row-program.js';

type NumberFunction = (x: number) => number;
type PairFunction = (x: number, y: number) => number;

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function bounded(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

function gelu(node: GraphNode): NumberFunction {
  const form = node.text('approximate', 'none');
  if (form === 'none') return (x) => (x / 2) * (1 + errorFunction(x * Math.SQRT1_2));
  if (form !== 'tanh') throw node.error('ERR_OPERATOR', `has the unknown form ${form}`);
  const inner = Math.sqrt(2 / Math.PI);
  return (x) => (x / 2) * (1 + Math.tanh(inner * (x + 0.044715 * x ** 3)));
}

/** Functions of one number, by the definitions of https://onnx.ai/onnx/operators. */
export const unaryFunctions: Readonly<Record<string, (node: GraphNode) => NumberFunction>> = {
  Abs: () => Math.abs,
  Celu: (node) => {
    const alpha = node.float('alpha', 1);
    return (x) => Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha));
  },
  Elu: (node) => {
    const alpha = node.float('alpha', 1);
    return (x) => (x > 0 ? x : alpha * Math.expm1(x));
  },
  Erf: () => errorFunction,
  Exp: () => Math.exp,
  Gelu: gelu,
  HardSigmoid: (node) => {
    const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
    return (x) => bounded(alpha * x + beta, 0, 1);
  },
  HardSwish: () => (x) => x * bounded(x / 6 + 0.5, 0, 1),
  LeakyRelu: (node) => {
    const alpha = node.float('alpha', 0.01);
    return (x) => (x > 0 ? x : alpha * x);
  },
  Log: () => Math.log,
  Mish: () => (x) => x * Math.tanh(softplus(x)),
  Neg: () => (x) => -x,
  Reciprocal: () => (x) => 1 / x,
  Relu: () => (x) => Math.max(x, 0),
  Selu: (node) => {
    const alpha = node.float('alpha', 1.6732631921768188);
    const gamma = node.float('gamma', 1.0507010221481323);
    return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
  },
  Sigmoid: () => sigmoid,
  Sign: () => Math.sign,
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Sqrt: () => Math.sqrt,
  Swish: (node) => {
    const alpha = node.float('alpha', 1);
    return (x) => x * sigmoid(alpha * x);
  },
  Tanh: () => Math.tanh,
  ThresholdedRelu: (node) => {
    const alpha = node.float('alpha', 1);
    return (x) => (x > alpha ? x : 0);
  },
};

/** Functions of two numbers. */
export const pairFunctions: Readonly<Record<string, PairFunction>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
  Pow: (x, y) => x ** y,
  PRelu: (x, slope) => (x > 0 ? x : slope * x),
};

/** Functions of any number of values, taken two by two. */
export const listFunctions: Readonly<Record<string, PairFunction>> = {
  Max: Math.max,
  Min: Math.min,
  Sum: (x, y) => x + y,
  Mean: (x, y) => x + y,
};

function mapped(of: NumberFunction): Kernel {
  return ([x = new Float64Array(0)], out) => {
    for (let i = 0; i < out.length; i++) out[i] = of(x[i] as number);
  };
}

export function unary(node: GraphNode, value: GraphValue, of: NumberFunction): GraphValue {
  return node.program.value(value.shape, [value], mapped(of));
}

/** Bounds are attributes up to opset 10, inputs from then on. */
export function clip(node: GraphNode): GraphValue {
  const bound = (place: number, attribute: string, none: number) => {
    if (node.opset < 11) return node.float(attribute, none);
    return node.wholeNumbers(place)?.[0] ?? none;
  };
  const [low, high] = [bound(1, 'min', Number.NEGATIVE_INFINITY), bound(2, 'max', Number.POSITIVE_INFINITY)];
  return unary(node, node.input(0), (x) => bounded(x, low, high));
}

export function pair(node: GraphNode): GraphValue {
  return broadcast(node, node.input(0), node.input(1), pairFunctions[node.operator] as PairFunction);
}

export function list(node: GraphNode): GraphValue {
  node.input(0);
  const of = listFunctions[node.operator] as PairFunction;
  const [first, ...others] = node.given as [GraphValue, ...GraphValue[]];
  const whole = others.reduce((value, other) => broadcast(node, value, other, of), first);
  return node.operator === 'Mean' ? unary(node, whole, (x) => x / node.given.length) : whole;
}

/** The function of both values, the shorter repeated along axes of length 1, as NumPy does. */
function broadcast(node: GraphNode, a: GraphValue, b: GraphValue, of: PairFunction): GraphValue {
  const [x, y] = [besideRows(node, a, b), besideRows(node, b, a)];
  const shape = commonShape(node, x.shape, y.shape);
  const size = requireSize(shape);
  const [atX, atY] = [places(x.shape, shape), places(y.shape, shape)];
  const [rowX, rowY] = [x, y].map((value) => (value.ofRows ? sizeOf(value.shape) : 0)) as [number, number];
  return node.program.value(shape, [x, y], ([first, second], out, rows) => {
    const [valuesX, valuesY] = [first as Float64Array, second as Float64Array];
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < size; i++) {
        const one = valuesX[row * rowX + (atX[i] as number)] as number;
        out[row * size + i] = of(one, valuesY[row * rowY + (atY[i] as number)] as number);
      }
    }
  });
}

/** A value whose axes stand beside those of a row of `other`. */
function besideRows(node: GraphNode, value: GraphValue, other: GraphValue): GraphValue {
  if (!other.ofRows) return value;
  if (value.ofRows) {
    if (rankOf(value) === rankOf(other)) return value;
    throw node.error('ERR_MODEL', 'mixes rows with each other: its inputs have different numbers of axes');
  }
  return alongRows(node, value, rankOf(other));
}

/** A constant without the axis that would lie along the rows of a value of that rank. */
export function alongRows(node: GraphNode, value: Constant, rank: number): Constant {
  if (value.shape.length < rank) return value;
  if (value.shape.length === rank && value.shape[0] === 1) return { ...value, shape: value.shape.slice(1) };
  throw node.error(
    'ERR_SHAPE',
    `has a constant of shape ${value.shape.join(' × ')} that does not fit every row`,
  );
}

function commonShape(node: GraphNode, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a, b].map((shape) => shape[axis - rank + shape.length] ?? 1) as [number, number];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw node.error(
      'ERR_SHAPE',
      `has inputs of ${a.join(' × ')} and ${b.join(' × ')} numbers, which do not fit`,
    );
  });
}

/** Where the numbers of a value of shape `from` lie that stand at each place of a value of shape `to`. */
export function places(from: readonly number[], to: readonly number[]): Int32Array {
  const all = new Int32Array(requireSize(to));
  for (let place = 0; place < all.length; place++) {
    let rest = place;
    let stride = 1;
    for (let axis = 1; axis <= to.length; axis++) {
      const length = to[to.length - axis] as number;
      const own = from[from.length - axis] ?? 1;
      if (own > 1) all[place] = (all[place] as number) + (rest % length) * stride;
      stride *= own;
      rest = Math.floor(rest / length);
    }
  }
  return all;
}
