import { CaloscopeError } from '../../errors.js';
import type { OnnxNode } from '../../formats/onnx/onnx-model.js';
import { type CompiledGraph, computeNodes, outputOf } from './compiled-graph.js';
import { nodeLabel } from './graph-node.js';
import { type Constant, constant, type GraphValue, type RowValue, sizeOf } from './row-program.js';

/** Where the logit of class 1 over class 0 is in a graph. */
export interface LogitHead {
  /** What the output is: the logit itself, a probability, or what both classes have of one. */
  readonly kind: 'logit' | 'two logits' | 'sigmoid' | 'softmax';
  /** One number a row, or two: those of class 0 and class 1. */
  readonly value: RowValue;
  /** −1 where the output speaks of class 0. */
  readonly sign: 1 | -1;
}

/** A number or two of a head: p of class 1, or p of both classes. Both ends are among them: what bounds them is seen. */
type Probe = readonly number[];
type NumberFunction = (x: number) => number;

const probabilities: readonly Probe[] = [[0.25], [0.9375], [0], [1]];
const pairs: readonly Probe[] = [
  [0.75, 0.25],
  [0.0625, 0.9375],
  [1, 0],
  [0, 1],
];
const same: NumberFunction = (x) => x;

interface Head {
  readonly kind: LogitHead['kind'];
  /** Numbers of a row that go in. */
  readonly size: number;
  readonly probes: readonly Probe[];
  /** What the head makes of a probability. */
  readonly gives: NumberFunction;
  /** What the output may be of what the head gives. */
  readonly outputs: readonly NumberFunction[];
}

const heads: Readonly<Record<string, Head>> = {
  Sigmoid: { kind: 'sigmoid', size: 1, probes: probabilities, gives: same, outputs: [same] },
  Softmax: { kind: 'softmax', size: 2, probes: pairs, gives: same, outputs: [same, Math.log] },
  LogSoftmax: { kind: 'softmax', size: 2, probes: pairs, gives: Math.log, outputs: [same, Math.exp] },
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
  const known = heads[node.operator] as Head;
  const { kind, size: own } = known;
  const value = graph.values.get(node.inputs[0] as string) as RowValue;
  const found = sizeOf(value.shape) === own ? signOf(graph, node, behind, known) : null;
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
  { probes, gives, outputs }: Head,
): 1 | -1 | null {
  const name = head.outputs[0] as string;
  const { shape } = values.get(name) as RowValue;
  const tried = probes.map((probe) => {
    // A row of its own, as a constant with an axis for it.
    const given = constant([1, ...shape], probe.map(gives));
    const all = new Map<string, GraphValue>(values).set(name, given);
    computeNodes(behind, all, surroundings);
    return { probe, made: [...(all.get(output) as Constant).values] };
  });
  const fits = (sign: number) =>
    outputs.some((of) => tried.every(({ probe, made }) => isScore(made, probe, sign, (p) => of(gives(p)))));
  return ([1, -1] as const).find(fits) ?? null;
}

/** Whether the numbers are what the output is of those probabilities, if it speaks of class 1 (sign 1) or of class 0. */
function isScore(made: readonly number[], probe: Probe, sign: number, of: NumberFunction): boolean {
  const classes = probe.length === 2 ? probe : [1 - (probe[0] as number), probe[0] as number];
  const [zero, one] = (sign === 1 ? classes : [...classes].reverse()).map(of) as [number, number];
  return (made.length === 1 ? [one] : [zero, one]).every((expected, i) => {
    const found = made[i] as number;
    return found === expected || Math.abs(expected - found) < 1e-12;
  });
}
