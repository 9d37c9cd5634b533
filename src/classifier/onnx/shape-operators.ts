import type { CaloscopeError } from '../../errors.js';
import { isFloatType } from '../../formats/onnx/onnx-tensor.js';
import { elementType } from '../../formats/onnx/onnx-writer.js';
import { unary } from './elementwise-operators.js';
import type { GraphNode } from './graph-node.js';
import { rankOf } from './graph-node.js';
import { constant, type GraphValue, requireSize, sizeOf } from './row-program.js';

function mixesRows(node: GraphNode): CaloscopeError {
  return node.error('ERR_MODEL', 'mixes rows with each other; every row must have its own score');
}

/** The same numbers in another shape. */
function reshaped(value: GraphValue, shape: readonly number[]): GraphValue {
  return { ...value, shape };
}

/** All is computed in double precision; what is cast to float32 is rounded, which decides where trees compare. */
export function cast(node: GraphNode): GraphValue {
  const value = node.input(0);
  const type = node.int('to', elementType.float);
  if (value.ofRows && !isFloatType(type)) {
    throw node.error('ERR_MODEL', 'turns numbers of rows into whole numbers or words; a score is a float');
  }
  return type === elementType.float ? unary(node, value, Math.fround) : value;
}

/** Nothing at inference. */
export function dropout(node: GraphNode): GraphValue {
  if ((node.wholeNumbers(2)?.[0] ?? 0) === 0) return node.input(0);
  throw node.error('ERR_MODEL', 'is in the state of training; export the model for inference');
}

export function constantNode(node: GraphNode): GraphValue {
  const tensor = node.tensor('value');
  if (tensor) return tensor;
  if (node.has('value_float')) return constant([], [node.float('value_float', 0)]);
  if (node.has('value_int')) return constant([], [node.int('value_int', 0)]);
  const list = node.floats('value_floats') ?? node.ints('value_ints');
  if (list) return constant([list.length], list);
  throw node.error('ERR_OPERATOR', 'holds no dense numbers');
}

export function constantOfShape(node: GraphNode): GraphValue {
  const shape = node.wholeNumbers(0) as number[];
  if (shape.some((length) => !(length >= 0)))
    throw node.error('ERR_MODEL', 'makes numbers for all rows together');
  const value = node.tensor('value')?.values[0] ?? 0;
  return constant(shape, new Float64Array(requireSize(shape)).fill(value));
}

/** NaN stands for the number of rows, which is not known. */
export function shapeOf(node: GraphNode): GraphValue {
  const value = node.input(0);
  const all = value.ofRows ? [Number.NaN, ...value.shape] : [...value.shape];
  const lengths = all.slice(node.int('start', 0), node.has('end') ? node.int('end', 0) : undefined);
  return constant([lengths.length], lengths);
}

export function flatten(node: GraphNode): GraphValue {
  const value = node.input(0);
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + rankOf(value) : given;
  if (!value.ofRows) {
    return reshaped(value, [sizeOf(value.shape.slice(0, axis)), sizeOf(value.shape.slice(axis))]);
  }
  if (axis === 1) return reshaped(value, [sizeOf(value.shape)]);
  throw mixesRows(node);
}

export function reshape(node: GraphNode): GraphValue {
  const value = node.input(0);
  const asked = node.opset < 5 ? node.ints('shape') : node.wholeNumbers(1);
  if (asked === null) throw node.error('ERR_FILE_CORRUPT', 'lacks the shape');
  const own = value.ofRows ? [Number.NaN, ...value.shape] : value.shape;
  const keepsZero = node.int('allowzero', 0) === 0;
  const lengths = asked.map((length, axis) => (length === 0 && keepsZero ? (own[axis] ?? 0) : length));
  const inner = value.ofRows ? lengths.slice(1) : lengths;
  const open = inner.indexOf(-1);
  const known = sizeOf(inner.filter((_, axis) => axis !== open));
  const shape = inner.map((length, axis) => (axis === open ? sizeOf(value.shape) / known : length));
  const [numbers, asNumbers] = [sizeOf(value.shape), sizeOf(shape)];
  if (shape.some((length) => !Number.isInteger(length) || length < 0) || numbers !== asNumbers) {
    if (value.ofRows && (numbers % asNumbers === 0 || asNumbers % numbers === 0)) throw mixesRows(node);
    throw node.error('ERR_SHAPE', `cannot bring ${numbers} numbers into ${asked.join(' × ')}`);
  }
  if (!value.ofRows || lengths.length === 0) return reshaped(value, shape);
  const first = lengths[0] as number;
  // A model that was exported for so many rows may name their number.
  if (Number.isNaN(first) || first === -1 || first === node.declaredRows) return reshaped(value, shape);
  throw node.error('ERR_MODEL', `asks for ${first} rows; every row must have its own score`);
}

function axesOf(node: GraphNode): number[] | null {
  return node.ints('axes') ?? node.wholeNumbers(1);
}

export function squeeze(node: GraphNode): GraphValue {
  const value = node.input(0);
  const axes = axesOf(node)?.map((axis) => node.axisOfShape(value, axis));
  const gone = axes ?? value.shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
  if (gone.some((axis) => value.shape[axis] !== 1)) {
    throw node.error('ERR_SHAPE', 'takes away an axis that is longer than 1');
  }
  return reshaped(
    value,
    value.shape.filter((_, axis) => !gone.includes(axis)),
  );
}

export function unsqueeze(node: GraphNode): GraphValue {
  const value = node.input(0);
  const axes = axesOf(node) ?? [];
  const rank = rankOf(value) + axes.length;
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  const shape = value.ofRows ? [Number.NaN, ...value.shape] : [...value.shape];
  for (const place of places) shape.splice(place, 0, 1);
  if (!value.ofRows) return reshaped(value, shape);
  if (Number.isNaN(shape[0])) return reshaped(value, shape.slice(1));
  throw node.error('ERR_MODEL', 'puts an axis before that of the rows');
}

/** A value whose numbers are those at these places of a row, or of a constant. */
function taken(
  node: GraphNode,
  value: GraphValue,
  shape: readonly number[],
  places: ArrayLike<number>,
): GraphValue {
  const [size, whole] = [sizeOf(shape), sizeOf(value.shape)];
  return node.program.value(shape, [value], ([x], out, rows) => {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < size; i++) {
        out[row * size + i] = (x as Float64Array)[row * whole + (places[i] as number)] as number;
      }
    }
  });
}

export function transpose(node: GraphNode): GraphValue {
  const value = node.input(0);
  const rank = rankOf(value);
  const order = node.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== rank) {
    throw node.error('ERR_SHAPE', `orders ${rank} axes as ${order.join(', ')}`);
  }
  if (value.ofRows && order[0] !== 0) {
    throw node.error('ERR_MODEL', 'turns rows into columns; every row must have its own score');
  }
  const axes = value.ofRows ? order.slice(1).map((axis) => axis - 1) : order;
  const strides = value.shape.map((_, axis) => sizeOf(value.shape.slice(axis + 1)));
  const shape = axes.map((axis) => value.shape[axis] as number);
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, place) =>
    axes.reduce((sum, axis, i) => {
      const inner = sizeOf(shape.slice(i + 1));
      return sum + (Math.floor(place / inner) % (shape[i] as number)) * (strides[axis] as number);
    }, 0),
  );
  return taken(node, value, shape, places);
}

/** Some places of one axis, in an order. */
function alongAxis(node: GraphNode, value: GraphValue, axis: number, chosen: readonly number[]): GraphValue {
  const { shape } = value;
  const length = shape[axis] as number;
  const odd = chosen.find((place) => !(Number.isInteger(place) && place >= 0 && place < length));
  if (odd !== undefined)
    throw node.error('ERR_SHAPE', `asks for place ${odd} of an axis of length ${length}`);
  const inner = sizeOf(shape.slice(axis + 1));
  const before = sizeOf(shape.slice(0, axis));
  const kept = [...shape.slice(0, axis), chosen.length, ...shape.slice(axis + 1)];
  const places = new Int32Array(requireSize(kept));
  let next = 0;
  for (let outer = 0; outer < before; outer++) {
    for (const place of chosen) {
      for (let i = 0; i < inner; i++) places[next++] = (outer * length + place) * inner + i;
    }
  }
  return taken(node, value, kept, places);
}

export function gather(node: GraphNode): GraphValue {
  const value = node.input(0);
  const axis = node.axisOfShape(value, node.int('axis', 0));
  const { shape, values } = node.constant(1);
  const length = value.shape[axis] as number;
  const chosen = [...values].map((place) => (place < 0 ? place + length : place));
  const found = alongAxis(node, value, axis, chosen);
  return reshaped(found, [...value.shape.slice(0, axis), ...shape, ...value.shape.slice(axis + 1)]);
}

/** Bounds are attributes up to opset 9, inputs from then on. */
export function slice(node: GraphNode): GraphValue {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, i) =>
    node.opset < 10 ? node.ints(name) : node.wholeNumbers(i + 1),
  );
  if (!starts || !ends || starts.length !== ends.length)
    throw node.error('ERR_FILE_CORRUPT', 'lacks its bounds');
  let value = node.input(0);
  for (const [i, start] of starts.entries()) {
    const axis = node.axisOfShape(value, axes?.[i] ?? i);
    const length = value.shape[axis] as number;
    if ((steps?.[i] ?? 1) !== 1) throw node.error('ERR_OPERATOR', 'takes steps other than 1');
    const [first, end] = [start, ends[i] as number].map((bound) =>
      Math.min(Math.max(bound < 0 ? bound + length : bound, 0), length),
    ) as [number, number];
    const chosen = Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place);
    value = alongAxis(node, value, axis, chosen);
  }
  return value;
}

/** Lengths are an attribute up to opset 12, an input from then on; equal parts where there are none. */
export function split(node: GraphNode): readonly GraphValue[] {
  const value = node.input(0);
  const axis = node.axisOfShape(value, node.int('axis', 0));
  const length = value.shape[axis] as number;
  const count = node.outputs.length;
  const part = Math.ceil(length / count);
  const equal = Array.from({ length: count }, (_, i) => Math.min(part, length - i * part));
  const lengths = node.ints('split') ?? node.wholeNumbers(1) ?? equal;
  let first = 0;
  return lengths.map((own) => {
    const chosen = Array.from({ length: Math.max(0, own) }, (_, place) => first + place);
    first += own;
    return alongAxis(node, value, axis, chosen);
  });
}

export function concat(node: GraphNode): GraphValue {
  const first = node.input(0);
  const axis = node.axisOfShape(first, node.int('axis', 1));
  const parts = node.given;
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join(' × ');
  for (const part of parts) {
    if (part.ofRows !== first.ofRows) throw node.error('ERR_MODEL', 'joins numbers of rows with constants');
    if (part.shape.length === first.shape.length && others(part.shape) === others(first.shape)) continue;
    throw node.error('ERR_SHAPE', `joins ${first.shape.join(' × ')} and ${part.shape.join(' × ')} numbers`);
  }
  const lengths = parts.map(({ shape }) => shape[axis] as number);
  const shape = first.shape.map((length, i) => (i === axis ? lengths.reduce((a, b) => a + b, 0) : length));
  const inner = sizeOf(shape.slice(axis + 1));
  const before = sizeOf(shape.slice(0, axis));
  return node.program.value(shape, parts, (inputs, out, rows) => {
    let next = 0;
    for (let outer = 0; outer < rows * before; outer++) {
      for (const [i, length] of lengths.entries()) {
        const piece = length * inner;
        out.set((inputs[i] as Float64Array).subarray(outer * piece, (outer + 1) * piece), next);
        next += piece;
      }
    }
  });
}
