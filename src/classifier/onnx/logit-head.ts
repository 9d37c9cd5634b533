import { CaloscopeError } from '../../errors.js';
import type { OnnxNode } from '../../formats/onnx/onnx-model.js';
import { type CompiledGraph, computeNodes, outputOf } from './compiled-graph.js';
import { nodeLabel } from './graph-node.js';
import { constant, type GraphValue, type RowValue, sizeOf } from './row-program.js';

/** Where the logit of class 1 over class 0 is in a graph. */
export interface LogitHead {
  /** What the output is: the logit itself, a probability, or what both classes have of one. */
  readonly kind: 'logit' | 'two logits' | 'sigmoid' | 'softmax';
  /** One number a row, or two: those of class 0 and class 1. */
  readonly value: RowValue;
  /** −1 where the output speaks of class 0. */
  readonly sign: 1 | -1;
}

/** A number or two of the head, and what the output is then if it speaks of class 1. */
type Probe = readonly number[];

/** Values between 0 and 1, both ends among them: what bounds them is seen. Those of two classes add up to 1. */
const probabilities: readonly Probe[] = [[0.25], [0.9375], [0], [1]];
const pairs: readonly Probe[] = [
  [0.75, 0.25],
  [0.0625, 0.9375],
  [1, 0],
  [0, 1],
];
const logarithms: readonly Probe[] = [
  [-3, -5],
  [-2, -1],
];

const heads: Readonly<
  Record<
    string,
    { readonly kind: LogitHead['kind']; readonly size: number; readonly probes: readonly Probe[] }
  >
> = {
  Sigmoid: { kind: 'sigmoid', size: 1, probes: probabilities },
  Softmax: { kind: 'softmax', size: 2, probes: pairs },
  LogSoftmax: { kind: 'softmax', size: 2, probes: logarithms },
};

/** Behind those an output is no probability any more. */
const layers = ['Gemm', 'MatMul'];

/**
 * Brings the output back to a logit. All that lies between a last sigmoid or softmax and the output (a choice of the class, 1 − p, another
 * shape) is tried out with a few probabilities.
 *
 * @throws CaloscopeError ERR_MODEL for an output that is not the score of two classes.
 */
export function logitHead(graph: CompiledGraph): LogitHead {
  const output = outputOf(graph);
  const size = sizeOf(output.shape);
  if (size !== 1 && size !== 2) {
    throw new CaloscopeError(
      'ERR_MODEL',
      `its output has ${size} numbers a row; two classes have one or two`,
    );
  }
  const last = lastHead(graph);
  if (last === null) return { kind: size === 1 ? 'logit' : 'two logits', value: output, sign: 1 };
  const { node, behind } = last;
  const { kind, size: own, probes } = heads[node.operator] as (typeof heads)[string];
  const value = graph.values.get(node.inputs[0] as string) as RowValue;
  const found = sizeOf(value.shape) === own ? signOf(graph, node, behind, probes) : null;
  if (found !== null) return { kind, value, sign: found };
  const message = `${nodeLabel(node)} ends in an output that is not the probability of one of two classes; export the model up to this node`;
  throw new CaloscopeError('ERR_MODEL', message);
}

/** A sigmoid or softmax through which all goes that the output is of, with the nodes behind it and no layer among them. */
function lastHead({ nodes, output, values }: CompiledGraph): {
  readonly node: OnnxNode;
  readonly behind: readonly OnnxNode[];
} | null {
  // From the output back: what is needed of rows and not made yet.
  const open = new Set([output]);
  const behind: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    const [made = ''] = node.outputs.filter((name) => open.has(name));
    if (made === '') continue;
    if (node.operator in heads && node.domain === '' && open.size === 1)
      return { node, behind: behind.reverse() };
    if (layers.includes(node.operator)) return null;
    behind.push(node);
    for (const name of node.outputs) open.delete(name);
    for (const name of node.inputs) if (values.get(name)?.ofRows) open.add(name);
  }
  return null;
}

/** Whether the output is the probability of class 1 (1), of class 0 (−1), or something else (null). */
function signOf(
  { values, surroundings, output }: CompiledGraph,
  head: OnnxNode,
  behind: readonly OnnxNode[],
  probes: readonly Probe[],
): 1 | -1 | null {
  const name = head.outputs[0] as string;
  const { shape } = values.get(name) as RowValue;
  const signs = probes.map((probe) => {
    // A row of its own, as a constant with an axis for it.
    const tried = new Map<string, GraphValue>(values).set(name, constant([1, ...shape], probe));
    computeNodes(behind, tried, surroundings);
    const { values: made } = tried.get(output) as GraphValue & { readonly values: Float64Array };
    return signsOfProbe(probe, [...made]);
  });
  return ([1, -1] as const).find((sign) => signs.every((all) => all.includes(sign))) ?? null;
}

/** Signs that would make the output of this probe. */
function signsOfProbe(probe: Probe, made: readonly number[]): readonly number[] {
  const classes = probe.length === 2 ? probe : [1 - (probe[0] as number), probe[0] as number];
  return ([1, -1] as const).filter((sign) => {
    const [zero, one] = (sign === 1 ? classes : [...classes].reverse()) as [number, number];
    const expected = made.length === 1 ? [one] : [zero, one];
    return expected.every((value, i) => Math.abs(value - (made[i] as number)) < 1e-12);
  });
}
