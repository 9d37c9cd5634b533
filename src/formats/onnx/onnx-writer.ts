import { littleEndian, ProtobufWriter } from './protobuf-writer.js';

/** The value of an attribute; whole numbers and floats are different things in ONNX. */
export type AttributeToWrite =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly text: string }
  | { readonly floats: Iterable<number> }
  | { readonly ints: Iterable<number> }
  | { readonly texts: Iterable<string> };

export interface NodeToWrite {
  readonly operator: string;
  /** Left out: the standard. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeToWrite>>;
}

/** Element types of onnx.proto. */
export const elementType = { float: 1, int64: 7, double: 11 } as const;

function typeOf(values: Float32Array | Float64Array | BigInt64Array): number {
  if (values instanceof Float32Array) return elementType.float;
  return values instanceof Float64Array ? elementType.double : elementType.int64;
}

/** A graph of one input and one output, rows × columns of float, node by node. */
export class OnnxWriter {
  readonly #graph = new ProtobufWriter();
  readonly #input: string;
  readonly #columns: number;
  #names = 0;

  constructor(input: string, columns: number) {
    this.#input = input;
    this.#columns = columns;
  }

  /** Adds a node. @returns the name of its output, of its own unless given. */
  node({ operator, domain, inputs, attributes = {} }: NodeToWrite, output = this.#name(operator)): string {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(3, output).text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    if (domain !== undefined) node.text(7, domain);
    this.#graph.message(1, node);
    return output;
  }

  /** Adds numbers that are the same for all rows. @returns their name. */
  constant(
    shape: readonly number[],
    values: Float32Array | Float64Array | BigInt64Array,
    name = this.#name('constant'),
  ): string {
    const tensor = new ProtobufWriter().ints(1, shape).int(2, typeOf(values)).text(8, name);
    this.#graph.message(5, tensor.bytes(9, littleEndian(values)));
    return name;
  }

  /** The file: IR version 8, which goes with operator set 18. */
  finish(
    output: string,
    about: {
      readonly producer: readonly [name: string, version: string];
      readonly sets: Readonly<Record<string, number>>;
      readonly metadata: Readonly<Record<string, string>>;
    },
  ): Buffer {
    const { producer, sets, metadata } = about;
    this.#graph.text(2, producer[0]);
    this.#graph.message(11, port(this.#input, this.#columns)).message(12, port(output, 1));
    const model = new ProtobufWriter().int(1, 8).text(2, producer[0]).text(3, producer[1]);
    model.message(7, this.#graph);
    for (const [domain, version] of Object.entries(sets)) {
      model.message(8, new ProtobufWriter().text(1, domain).int(2, version));
    }
    for (const [key, value] of Object.entries(metadata)) {
      model.message(14, new ProtobufWriter().text(1, key).text(2, value));
    }
    return model.finish();
  }

  #name(what: string): string {
    this.#names += 1;
    return `${what}_${this.#names}`;
  }
}

function attribute(name: string, value: AttributeToWrite): ProtobufWriter {
  const message = new ProtobufWriter().text(1, name);
  if ('float' in value) return message.float(2, value.float).int(20, 1);
  if ('int' in value) return message.int(3, value.int).int(20, 2);
  if ('text' in value) return message.text(4, value.text).int(20, 3);
  if ('floats' in value) return message.floats(7, value.floats).int(20, 6);
  if ('ints' in value) return message.ints(8, value.ints).int(20, 7);
  for (const text of value.texts) message.text(9, text);
  return message.int(20, 8);
}

/** Rows × columns of float. */
function port(name: string, columns: number): ProtobufWriter {
  const shape = new ProtobufWriter();
  shape.message(1, new ProtobufWriter().text(2, 'rows')).message(1, new ProtobufWriter().int(1, columns));
  const tensor = new ProtobufWriter().int(1, elementType.float).message(2, shape);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
