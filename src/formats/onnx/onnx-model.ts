import { CaloscopeError } from '../../errors.js';
import { ProtobufMessage } from './protobuf-message.js';

/**
 * An ONNX model as its file holds it: the messages of onnx.proto (https://github.com/onnx/onnx, Apache-2.0) that a network needs, with
 * their field numbers.
 */

export interface OnnxModel {
  readonly irVersion: number;
  /** Version of the operators of the standard. */
  readonly opset: number;
  /** Who wrote the file. */
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, StoredOnnxTensor>;
  /** Old files list the initializers here, too. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** An input or output of the graph. */
export interface OnnxPort {
  readonly name: string;
  /** Null: it is no tensor. */
  readonly elementType: number | null;
  /** Null for a length that is not fixed; null in place of all where nothing is said. */
  readonly shape: readonly (number | null)[] | null;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Empty: the standard. */
  readonly domain: string;
  /** An empty name stands for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ProtobufMessage>;
}

/** A tensor whose numbers are not decoded yet. */
export interface StoredOnnxTensor {
  readonly name: string;
  readonly message: ProtobufMessage;
}

function corrupt(what: string): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', what);
}

/**
 * Decodes the bytes of a file; what its numbers are is looked at when they are needed.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_OPERATOR_SET for a model of no operators of the standard.
 */
export function decodeOnnxModel(bytes: Buffer): OnnxModel {
  const model = new ProtobufMessage(bytes, 'the model');
  const graph = model.message(7, 'the graph');
  if (graph === null) throw corrupt('it holds no graph; it is no ONNX model');
  const sets = model.messages(8, 'an operator set');
  const standard = sets.filter((set) => isStandard(set.text(1))).map((set) => set.int(2) ?? 0);
  if (standard.length !== 1) {
    const message = `it names ${standard.length} versions of the operators of ONNX; one is needed`;
    throw new CaloscopeError('ERR_OPERATOR_SET', message);
  }
  const metadata = model.messages(14, 'metadata').map((entry) => [entry.text(1), entry.text(2)] as const);
  return {
    irVersion: model.int(1) ?? 0,
    opset: standard[0] as number,
    producer: [model.text(2), model.text(3)].filter((text) => text !== '').join(' '),
    metadata: new Map(metadata),
    graph: decodeGraph(graph),
  };
}

function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function decodeGraph(graph: ProtobufMessage): OnnxGraph {
  const initializers = new Map<string, StoredOnnxTensor>();
  for (const message of graph.messages(5, 'an initializer')) {
    const name = message.text(8);
    if (initializers.has(name)) throw corrupt(`two initializers are called ${JSON.stringify(name)}`);
    initializers.set(name, { name, message });
  }
  if (graph.has(15)) {
    throw new CaloscopeError('ERR_DATASET_TYPE', 'its weights are sparse tensors; export it with dense ones');
  }
  return {
    nodes: graph.messages(1, 'a node').map(decodeNode),
    initializers,
    inputs: graph.messages(11, 'an input').map(decodePort),
    outputs: graph.messages(12, 'an output').map(decodePort),
  };
}

function decodeNode(node: ProtobufMessage): OnnxNode {
  const domain = node.text(7);
  return {
    name: node.text(3),
    operator: node.text(4),
    domain: isStandard(domain) ? '' : domain,
    inputs: node.texts(1),
    outputs: node.texts(2),
    attributes: new Map(node.messages(5, 'an attribute').map((one) => [one.text(1), one])),
  };
}

function decodePort(port: ProtobufMessage): OnnxPort {
  const tensor = port.message(2, 'a type')?.message(1, 'a type of tensor') ?? null;
  const shape = tensor?.message(2, 'a shape') ?? null;
  return {
    name: port.text(1),
    elementType: tensor?.int(1) ?? null,
    shape: shape?.messages(1, 'a length').map((length) => length.int(1)) ?? null,
  };
}
