import { CaloscopeError } from '../../errors.js';
import type { OnnxGraph, OnnxNode, OnnxPort } from '../../formats/onnx/onnx-model.js';
import { isFloatType } from '../../formats/onnx/onnx-tensor.js';
import { elementType } from '../../formats/onnx/onnx-writer.js';
import type { OnnxFile } from '../../formats/onnx/read-onnx.js';
import { GraphNode, type GraphSurroundings, nodeLabel } from './graph-node.js';
import { orderedNodes } from './node-order.js';
import { operators } from './operators.js';
import { type Constant, type GraphValue, RowProgram, type RowValue } from './row-program.js';

/** Versions whose operators are known: from 7 on Gemm and the arithmetic of two values are what they are today. */
const operatorSets = { first: 7, last: 28 } as const;
/** Versions of the format of files. */
const formatVersions = { first: 3, last: 14 } as const;

/** A graph as steps for rows. */
export interface CompiledGraph {
  readonly program: RowProgram;
  /** Columns of a row. */
  readonly inputs: number;
  /** Whether it takes float32, to which rows are rounded: that decides where trees compare. */
  readonly single: boolean;
  readonly values: ReadonlyMap<string, GraphValue>;
  /** Those that the output needs, in an order in which they can be computed. */
  readonly nodes: readonly OnnxNode[];
  readonly surroundings: GraphSurroundings;
  /** Name of the one output. */
  readonly output: string;
}

function refuse(message: string): CaloscopeError {
  return new CaloscopeError('ERR_MODEL', message);
}

/**
 * What a model computes of a row, with all shapes checked.
 *
 * @throws CaloscopeError ERR_OPERATOR_SET, ERR_OPERATOR with the node, ERR_MODEL, ERR_SHAPE, ERR_FILE_CORRUPT, ERR_TOO_LARGE.
 */
export function compileGraph(file: OnnxFile): CompiledGraph {
  requireKnownVersions(file);
  const { graph, tensors, opset } = file;
  const input = onlyInput(graph);
  const known = new Set([input.name, ...graph.initializers.keys()]);
  const ordered = orderedNodes(graph, known);
  const output = onlyOutput(graph);
  const nodes = neededFor(output, ordered);
  const [declaredRows, columns] = columnsOf(input, nodes, tensors);
  const program = new RowProgram();
  const values = new Map<string, GraphValue>([[input.name, program.input([columns])]]);
  for (const [name, tensor] of tensors) values.set(name, { ofRows: false, ...tensor } satisfies Constant);
  const surroundings = { opset, declaredRows, program };
  computeNodes(nodes, values, surroundings);
  const single = input.elementType === elementType.float;
  const compiled = { program, inputs: columns, single, values, nodes, surroundings, output };
  requireOutputOfRows(compiled);
  return compiled;
}

/** Adds what the nodes make to the values. */
export function computeNodes(
  nodes: readonly OnnxNode[],
  values: Map<string, GraphValue>,
  surroundings: GraphSurroundings,
): void {
  for (const node of nodes) {
    const made = valuesOf(node, values, surroundings);
    for (const [i, name] of node.outputs.entries()) {
      const value = made[i];
      // Others, such as the mask of a dropout, are missed where something needs them.
      if (value) values.set(name, value);
    }
  }
}

function valuesOf(
  node: OnnxNode,
  values: ReadonlyMap<string, GraphValue>,
  surroundings: GraphSurroundings,
): readonly GraphValue[] {
  const operator = operators.get(node.domain === '' ? node.operator : `${node.domain}.${node.operator}`);
  if (!operator)
    throw new CaloscopeError('ERR_OPERATOR', `${nodeLabel(node)}: this operator is not supported`);
  const inputs = node.inputs.map((name) => {
    if (name === '') return null;
    const value = values.get(name);
    if (value) return value;
    throw new CaloscopeError(
      'ERR_OPERATOR',
      `${nodeLabel(node)} reads ${JSON.stringify(name)}, an output that is not supported`,
    );
  });
  try {
    const made = operator(new GraphNode(node, inputs, surroundings));
    return 'ofRows' in made ? [made] : made;
  } catch (error) {
    // What goes wrong below a node does not know it.
    if (!(error instanceof CaloscopeError) || error.message.startsWith(nodeLabel(node))) throw error;
    throw new CaloscopeError(error.code, `${nodeLabel(node)}: ${error.message}`, { cause: error });
  }
}

function requireKnownVersions({ irVersion, opset }: OnnxFile): void {
  for (const [what, version, { first, last }] of [
    ['format version', irVersion, formatVersions],
    ['operator set', opset, operatorSets],
  ] as const) {
    if (version >= first && version <= last) continue;
    const message = `its ${what} is ${version}; ${first} to ${last} are supported: export it again`;
    throw new CaloscopeError('ERR_OPERATOR_SET', message);
  }
}

/** Old files list the initializers among the inputs. */
function onlyInput({ inputs, initializers }: OnnxGraph): OnnxPort {
  const own = inputs.filter(({ name }) => !initializers.has(name));
  const [input, ...others] = own;
  if (input === undefined) throw refuse('it has no input; a classifier reads rows');
  if (others.length > 0) {
    const names = own.map(({ name }) => name).join(', ');
    throw refuse(
      `it has ${own.length} inputs (${names}); a classifier reads one, with weights that are in the file`,
    );
  }
  const { name, elementType, shape } = input;
  if (elementType === null || !isFloatType(elementType)) {
    throw refuse(`its input ${JSON.stringify(name)} is no tensor of floats`);
  }
  if (shape !== null && shape.length !== 2) {
    throw new CaloscopeError(
      'ERR_SHAPE',
      `its input ${JSON.stringify(name)} has ${shape.length} axes; rows × columns are two`,
    );
  }
  return input;
}

function onlyOutput({ outputs }: OnnxGraph): string {
  const [output, ...others] = outputs;
  if (output === undefined) throw refuse('it has no output');
  if (others.length === 0) return output.name;
  const names = outputs.map(({ name }) => name).join(', ');
  throw refuse(`it has ${outputs.length} outputs (${names}); export it with the score alone`);
}

/** @throws CaloscopeError ERR_FILE_CORRUPT for an output that nothing makes. */
function neededFor(output: string, ordered: readonly OnnxNode[]): readonly OnnxNode[] {
  if (!ordered.some(({ outputs }) => outputs.includes(output))) {
    const message = `no node makes its output ${JSON.stringify(output)}`;
    throw new CaloscopeError('ERR_FILE_CORRUPT', message);
  }
  const names = new Set([output]);
  const needed = [...ordered].reverse().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => names.has(name))) return false;
    for (const name of inputs) names.add(name);
    return true;
  });
  return needed.reverse();
}

/** Rows and columns of the input; where the model leaves the columns open, those of its first weights. */
function columnsOf(
  { name, shape }: OnnxPort,
  nodes: readonly OnnxNode[],
  tensors: OnnxFile['tensors'],
): readonly [number | null, number] {
  const [rows = null, columns = null] = shape ?? [];
  const declared = rows !== null && rows > 0 ? rows : null;
  if (columns !== null && columns > 0) return [declared, columns];
  for (const { operator, inputs, attributes } of nodes) {
    const weights = tensors.get(inputs[1] ?? '')?.shape;
    if ((operator !== 'Gemm' && operator !== 'MatMul') || weights?.length !== 2) continue;
    return [declared, weights[attributes.get('transB')?.int(3) ? 1 : 0] as number];
  }
  throw refuse(`its input ${JSON.stringify(name)} does not say how many columns it has`);
}

function requireOutputOfRows({ values, output }: CompiledGraph): void {
  const value = values.get(output) as GraphValue | undefined;
  if (value?.ofRows) return;
  throw refuse(`its output ${JSON.stringify(output)} does not depend on its input`);
}

/** The value of the output. */
export function outputOf({ values, output }: CompiledGraph): RowValue {
  return values.get(output) as RowValue;
}
