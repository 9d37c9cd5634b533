/**
 * Fully connected networks as ONNX files. The format is protobuf; message and field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

const irVersion = 8;
const operatorSet = 17;
const float = 1; // TensorProto.DataType

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** Wire type 0. */
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);

/** Wire type 2: bytes, text, messages. */
function bytes(field, content) {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function initializer(name, dims, values) {
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return message(5, ...dims.map((dim) => number(1, dim)), number(2, float), bytes(8, name), bytes(9, raw));
}

/** AttributeProto: name 1, f 2 (wire type 5), type 20 (1: float). */
function floatAttribute(name, value) {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return message(5, bytes(1, name), varint((2 << 3) | 5), four, number(20, 1));
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5. */
function node(operator, inputs, output, ...attributes) {
  const named = inputs.map((input) => bytes(1, input));
  const name = `${operator}_${output}`;
  return message(1, ...named, bytes(2, output), bytes(3, name), bytes(4, operator), ...attributes);
}

/** What stands between the layers, by the name of the activation. */
const activations = {
  relu: (sum, values) => node('Relu', [sum], values),
  'leaky-relu': (sum, values, slope) => node('LeakyRelu', [sum], values, floatAttribute('alpha', slope)),
};

/** ValueInfoProto: a float tensor of any number of rows. */
function tensorInfo(field, name, columns) {
  const rows = message(1, bytes(2, 'rows')); // Dimension.dim_param
  const width = message(1, number(1, columns)); // Dimension.dim_value
  const tensor = message(1, number(1, float), message(2, rows, width)); // TypeProto.Tensor: elem_type, shape
  return message(field, bytes(1, name), message(2, tensor));
}

/**
 * `rows` (N × inputs) → `logits` (N × 1), one activation between the layers. The standardisation is left out: rows are made ready
 * before.
 *
 * @param network weights inputs × outputs, row by row, as everywhere in caloscope.
 * @returns the bytes of the file.
 */
export function onnxModel({ activation, slope, layers }) {
  const activate = activations[activation];
  const parts = [];
  let values = 'rows';
  for (const [i, { inputs, outputs, weight, bias }] of layers.entries()) {
    const last = i === layers.length - 1;
    const sum = last ? 'logits' : `sum_${i}`;
    parts.push(node('Gemm', [values, `weight_${i}`, `bias_${i}`], sum));
    if (!last) parts.push(activate(sum, `values_${i}`, slope));
    values = `values_${i}`;
    parts.push(
      initializer(`weight_${i}`, [inputs, outputs], weight),
      initializer(`bias_${i}`, [outputs], bias),
    );
  }
  const graph = message(
    7,
    ...parts,
    bytes(2, 'classifier'),
    tensorInfo(11, 'rows', layers[0].inputs),
    tensorInfo(12, 'logits', 1),
  );
  return Buffer.concat([
    number(1, irVersion),
    bytes(2, 'caloscope'),
    graph,
    message(8, number(2, operatorSet)),
  ]);
}
