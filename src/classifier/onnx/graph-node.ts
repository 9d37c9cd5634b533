import { CaloscopeError, type ErrorCode } from '../../errors.js';
import type { OnnxNode } from '../../formats/onnx/onnx-model.js';
import { decodeOnnxTensor } from '../../formats/onnx/onnx-tensor.js';
import type { ProtobufMessage } from '../../formats/onnx/protobuf-message.js';
import { type Constant, constant, type GraphValue, type RowProgram, type RowValue } from './row-program.js';

/** `node "dense_1" (Gemm)`; a node without a name by what it makes. */
export function nodeLabel({ name, operator, outputs, domain }: OnnxNode): string {
  const what = domain === '' ? operator : `${domain}.${operator}`;
  return name === ''
    ? `the node of ${JSON.stringify(outputs[0] ?? '')} (${what})`
    : `node ${JSON.stringify(name)} (${what})`;
}

/** What all nodes of a graph share. */
export interface GraphSurroundings {
  readonly opset: number;
  /** Rows that the model was exported for; null: any. */
  readonly declaredRows: number | null;
  readonly program: RowProgram;
}

/** A node with the values of its inputs, as operators see it. */
export class GraphNode implements GraphSurroundings {
  readonly opset: number;
  readonly declaredRows: number | null;
  readonly program: RowProgram;
  readonly #node: OnnxNode;
  readonly #inputs: readonly (GraphValue | null)[];

  constructor(
    node: OnnxNode,
    inputs: readonly (GraphValue | null)[],
    { opset, declaredRows, program }: GraphSurroundings,
  ) {
    this.#node = node;
    this.#inputs = inputs;
    this.opset = opset;
    this.declaredRows = declaredRows;
    this.program = program;
  }

  get operator(): string {
    return this.#node.operator;
  }

  get outputs(): readonly string[] {
    return this.#node.outputs;
  }

  /** Inputs that are given, in their order. */
  get given(): readonly GraphValue[] {
    return this.#inputs.filter((input) => input !== null);
  }

  /** An error that names the node. */
  error(code: ErrorCode, what: string): CaloscopeError {
    return new CaloscopeError(code, `${nodeLabel(this.#node)} ${what}`);
  }

  /** @throws CaloscopeError ERR_FILE_CORRUPT where it is left out. */
  input(place: number): GraphValue {
    const value = this.#inputs[place] ?? null;
    if (value === null) throw this.error('ERR_FILE_CORRUPT', `lacks its input ${place}`);
    return value;
  }

  /** @throws CaloscopeError ERR_MODEL for one that rows have their own of. */
  constantOr(place: number, missing: Constant): Constant {
    const value = this.#inputs[place] ?? missing;
    if (!value.ofRows) return value;
    throw this.error('ERR_MODEL', `computes its input ${place} from the rows; weights must be constants`);
  }

  constant(place: number): Constant {
    this.input(place);
    return this.constantOr(place, constant([], [0]));
  }

  /** Whole numbers of an input that is constant; null where it is left out. */
  wholeNumbers(place: number): number[] | null {
    return (this.#inputs[place] ?? null) === null ? null : [...this.constant(place).values];
  }

  has(attribute: string): boolean {
    return this.#node.attributes.has(attribute);
  }

  float(attribute: string, usual: number): number {
    return this.#attribute(attribute, 1)?.float(2) ?? usual;
  }

  int(attribute: string, usual: number): number {
    return this.#attribute(attribute, 2)?.int(3) ?? usual;
  }

  text(attribute: string, usual: string): string {
    return this.#attribute(attribute, 3)?.text(4) ?? usual;
  }

  ints(attribute: string): number[] | null {
    return this.#attribute(attribute, 7)?.ints(8) ?? null;
  }

  floats(attribute: string): number[] | null {
    const message = this.#attribute(attribute, 6);
    return message && [...message.floats(7, 4)];
  }

  texts(attribute: string): string[] | null {
    return this.#attribute(attribute, 8)?.texts(9) ?? null;
  }

  tensor(attribute: string): Constant | null {
    const message = this.#attribute(attribute, 4)?.message(5, 'a tensor');
    if (!message) return null;
    return { ofRows: false, ...decodeOnnxTensor({ name: this.#node.outputs[0] ?? '', message }) };
  }

  /** An axis, counted from the first; below 0 from behind the last. */
  axis(value: GraphValue, axis: number): number {
    const rank = rankOf(value);
    const counted = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(counted) && counted >= 0 && counted < rank) return counted;
    throw this.error('ERR_SHAPE', `works along axis ${axis} of a value with ${rank} axes`);
  }

  /** The same among the axes of `shape`, which for a value of rows lacks that of the rows. @throws CaloscopeError ERR_MODEL. */
  axisOfShape(value: GraphValue, axis: number): number {
    const counted = this.axis(value, axis);
    if (!value.ofRows) return counted;
    if (counted > 0) return counted - 1;
    throw this.error('ERR_MODEL', 'mixes rows with each other; every row must have its own score');
  }

  requireRows(value: GraphValue): RowValue {
    if (value.ofRows) return value;
    throw this.error('ERR_MODEL', 'does not depend on the rows');
  }

  #attribute(name: string, type: number): ProtobufMessage | null {
    const found = this.#node.attributes.get(name) ?? null;
    if (found === null) return null;
    const stored = found.int(20);
    // Files from before there was a type have none.
    if (stored === null || stored === type) return found;
    throw this.error('ERR_FILE_CORRUPT', `has an attribute ${name} of another type`);
  }
}

/** Axes in the graph. */
export function rankOf({ shape, ofRows }: GraphValue): number {
  return shape.length + (ofRows ? 1 : 0);
}
