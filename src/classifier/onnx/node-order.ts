import { CaloscopeError } from '../../errors.js';
import type { OnnxGraph, OnnxNode } from '../../formats/onnx/onnx-model.js';
import { nodeLabel } from './graph-node.js';

/**
 * The nodes in an order in which each comes behind those that make its inputs.
 *
 * @param known names that no node makes: inputs of the graph and initializers.
 * @throws CaloscopeError ERR_FILE_CORRUPT for a name that is made twice, or nowhere, and for nodes in a circle.
 */
export function orderedNodes({ nodes }: OnnxGraph, known: ReadonlySet<string>): readonly OnnxNode[] {
  const makers = makersOf(nodes, known);
  const waiting = new Map<OnnxNode, number>();
  const readers = new Map<OnnxNode, OnnxNode[]>();
  for (const node of nodes) {
    const from = new Set(
      node.inputs.filter((name) => name !== '' && !known.has(name)).map((name) => maker(makers, node, name)),
    );
    waiting.set(node, from.size);
    for (const one of from) readers.set(one, [...(readers.get(one) ?? []), node]);
  }
  const order = nodes.filter((node) => waiting.get(node) === 0);
  for (const node of order) {
    for (const reader of readers.get(node) ?? []) {
      const left = (waiting.get(reader) as number) - 1;
      waiting.set(reader, left);
      if (left === 0) order.push(reader);
    }
  }
  if (order.length === nodes.length) return order;
  const stuck = nodes.find((node) => (waiting.get(node) as number) > 0) as OnnxNode;
  throw corrupt(`${nodeLabel(stuck)} waits for what it makes itself: the graph goes in a circle`);
}

function corrupt(message: string): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', message);
}

/** Which node makes what. */
export function makersOf(
  nodes: readonly OnnxNode[],
  known: ReadonlySet<string>,
): ReadonlyMap<string, OnnxNode> {
  const makers = new Map<string, OnnxNode>();
  for (const node of nodes) {
    for (const name of node.outputs.filter((output) => output !== '')) {
      if (makers.has(name) || known.has(name)) {
        throw corrupt(`${nodeLabel(node)} makes ${JSON.stringify(name)}, which is there already`);
      }
      makers.set(name, node);
    }
  }
  return makers;
}

function maker(makers: ReadonlyMap<string, OnnxNode>, node: OnnxNode, name: string): OnnxNode {
  const found = makers.get(name);
  if (found) return found;
  throw corrupt(`${nodeLabel(node)} reads ${JSON.stringify(name)}, which is nowhere in the graph`);
}
