import { writeFileSync } from 'node:fs';
import { ClassifierEnsemble } from 'caloscope';
import { classifierSchema } from '#caloscope/classifier/settings';
import { native } from '#caloscope/native/binding';
import { RandomNumbers } from '../harness/random-numbers.mjs';
import { onnxModel } from '../peers/onnx-model.mjs';

/** Centre 0, scale 1 and a clip that nothing reaches. */
export function noStandardisation(columns) {
  return {
    centre: new Float32Array(columns),
    scale: new Float32Array(columns).fill(1),
    clip: new Float32Array(columns).fill(1e30),
  };
}

/**
 * A network with random weights of He's variance, as a native record: its values keep their size from layer to layer.
 *
 * @param widths inputs, hidden layers, 1.
 */
export function randomNetwork(widths, seed, standardisation = noStandardisation(widths[0])) {
  const random = new RandomNumbers(seed);
  const layers = widths.slice(1).map((outputs, i) => {
    const inputs = widths[i];
    const bound = Math.sqrt(6 / inputs);
    return {
      inputs,
      outputs,
      weight: Float32Array.from({ length: inputs * outputs }, () => bound * (2 * random.uniform() - 1)),
      bias: Float32Array.from({ length: outputs }, () => 0.2 * random.uniform() - 0.1),
    };
  });
  return { activation: 'relu', slope: 0.01, ...standardisation, layers };
}

/** @param input what the networks read: a matrix or a feature set of showers. */
export function ensembleOf(networks, input) {
  const hidden = networks[0].layers.slice(0, -1).map(({ outputs }) => outputs);
  const classifier = classifierSchema.parse({ hidden, activation: 'relu' });
  const record = { trainingRows: 1, validationRows: 1, bestEpoch: 0, stoppedEarly: false, epochs: [] };
  return ClassifierEnsemble.adopt(native().createEnsemble(networks.map(memberOf)), {
    input,
    training: { folds: 1, members: networks.length, seed: 1, classifier },
    records: networks.map(() => record),
    ranges: null,
    warnings: [],
  });
}

/** A member of the core, whose matrices are outputs × inputs. */
function memberOf({ activation, slope, centre, scale, clip, layers }) {
  const tensor = (name, shape, values) => ({ name, shape: Uint32Array.from(shape), values });
  return native().createMember({
    activation,
    slope,
    tensors: [
      ...layers.flatMap(({ inputs, outputs, weight, bias }, i) => [
        tensor(`layers.${i}.weight`, [outputs, inputs], transposed(weight, inputs, outputs)),
        tensor(`layers.${i}.bias`, [outputs], bias),
      ]),
      ...Object.entries({ centre, scale, clip }).map(([name, values]) =>
        tensor(`standardisation.${name}`, [values.length], values),
      ),
    ],
  });
}

/** The networks of an ensemble, as records like those of {@link randomNetwork}. */
export function networksOf(ensemble) {
  return Array.from({ length: ensemble.members }, (_, number) => {
    const { activation, slope, tensors } = native().ensembleMember(ensemble.handle, number);
    const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const column = (name) => found.get(`standardisation.${name}`).values;
    const layers = [];
    for (let i = 0; found.has(`layers.${i}.weight`); i++) {
      const { shape, values } = found.get(`layers.${i}.weight`);
      const [outputs, inputs] = shape;
      const weight = transposed(values, outputs, inputs);
      layers.push({ inputs, outputs, weight, bias: found.get(`layers.${i}.bias`).values });
    }
    return {
      activation,
      slope,
      centre: column('centre'),
      scale: column('scale'),
      clip: column('clip'),
      layers,
    };
  });
}

/** rows × columns → columns × rows. */
function transposed(values, rows, columns) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column];
  }
  return result;
}

/** One ONNX file a network. */
export function writeOnnx(networks, context) {
  return networks.map((network, i) => {
    const path = context.path(`network-${i}.onnx`);
    writeFileSync(path, onnxModel(network));
    return path;
  });
}

/** Products and sums of a dense forward pass of one row. */
export function operationsPerRow({ layers }) {
  return layers.reduce((sum, { inputs, outputs }) => sum + 2 * inputs * outputs, 0);
}
