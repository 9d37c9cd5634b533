import type { ComparedLayers } from '../../samples/sample.js';
import type { Analysis } from '../analysis.js';

/** Which layers are compared, so that none is taken for seen that is not. */
export const comparedLayers: Analysis<ComparedLayers | null> = {
  async run({ reference }) {
    return { part: reference.comparedLayers };
  },
  summary(layers) {
    if (layers === null || layers.inFull.length === layers.all.length) return null;
    const { all, inFull, energies } = layers;
    return {
      heading: `Layers compared, of ${all.length}`,
      rows: [
        ['all observables', inFull.join(', ')],
        ['energy alone', energies.filter((layer) => !inFull.includes(layer)).join(', ')],
      ],
    };
  },
};
