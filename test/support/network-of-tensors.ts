import type { SafetensorsContent } from '#caloscope/formats/safetensors/safetensors';
import { native } from '#caloscope/native/binding';
import type { NativeScores } from '#caloscope/native/contract/training';
import { callNative, runJob } from '#caloscope/native/run-job';
import { meanOfNetworks } from './small-ensembles.js';

/** Scores of a plain network, weight and bias of each layer by name: no standardisation, nothing clipped. */
export async function scoresOfTensors(
  content: SafetensorsContent,
  layers: readonly (readonly [string, string])[],
  activation: 'relu' | 'leaky-relu' | 'tanh',
  input: Float32Array,
) {
  const tensor = (name: string, stored: string) => {
    const found = content.tensors.get(stored);
    if (!found) throw new Error(`no tensor ${stored}`);
    return { name, shape: Uint32Array.from(found.shape), values: Float32Array.from(found.values) };
  };
  const stored = layers.flatMap(([weight, bias], i) => [
    tensor(`layers.${i}.weight`, weight),
    tensor(`layers.${i}.bias`, bias),
  ]);
  const columns = stored[0]?.shape[1] ?? 0;
  const column = (name: string, value: number) => ({
    name: `standardisation.${name}`,
    shape: Uint32Array.of(columns),
    values: new Float32Array(columns).fill(value),
  });
  return callNative(() => {
    const tensors = [...stored, column('centre', 0), column('scale', 1), column('clip', 1e38)];
    const member = { learner: 'network', columns, activation, slope: 0.01, tensors } as const;
    const ensemble = meanOfNetworks([native().createMember(member)]);
    const features = native().makeMatrix(input, columns);
    return runJob<NativeScores>((notify) =>
      native().scoreRows(
        ensemble,
        features,
        { threads: 1, cudaDevices: new Uint32Array(0), precision: 'float32' },
        notify,
      ),
    );
  });
}
