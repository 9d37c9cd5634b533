import { writeFileSync } from 'node:fs';
import { ClassifierEnsemble } from 'caloscope';
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

/**
 * The mean of networks of whose training nothing is known.
 *
 * @param input what the networks read: a matrix or a feature set of showers.
 */
export function ensembleOf(networks, input) {
  const members = networks.map((network) => ({
    member: memberOf(network),
    learner: 'network',
    leftOut: null,
  }));
  const sum = { weights: Float64Array.of(1), constant: 0, covariance: new Float64Array(4) };
  const handle = native().createEnsemble({ members, blocks: 0, whitening: null, ...sum });
  return ClassifierEnsemble.adopt(handle, {
    input,
    records: networks.map(() => null),
    ranges: null,
    inputs: [],
    warnings: [],
  });
}

/** What a training of networks alone is told, which peers can do, too: three of them for each of `members`. */
export const networksAlone = { folds: 3, members: 1, learners: ['network'], whitening: false };

/** A member of the core, whose matrices are outputs × inputs. */
function memberOf({ activation, slope, centre, scale, clip, layers }) {
  const tensor = (name, shape, values) => ({ name, shape: Uint32Array.from(shape), values });
  return native().createMember({
    learner: 'network',
    columns: centre.length,
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
