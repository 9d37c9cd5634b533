// Toy showers with each distortion at half, once and twice its usual strength.
import { distortions, featureRows, resolveGeometry, showersFromArrays, toyShowers } from 'caloscope';
import { exactAucOfShift } from './gaussian-populations.mjs';

const geometryName = 'calogan';

/** The scalars of the feature set `full`: what the others read, in rows. */
function scalarsOf(sample) {
  const { columns, values } = featureRows(sample, 'full', { threshold: sample.geometry.threshold });
  const scalars = columns.filter((name) => !name.startsWith('voxel_')).length;
  const rows = new Float32Array(sample.rows * scalars);
  for (let row = 0; row < sample.rows; row++) {
    rows.set(values.subarray(row * columns.length, row * columns.length + scalars), row * scalars);
  }
  return { rows, columns: scalars };
}

async function sampleOf(options) {
  const toys = await toyShowers({ geometry: geometryName, ...options });
  return showersFromArrays(toys, await resolveGeometry(geometryName), 'toys');
}

function flawsOf(factors) {
  return distortions.flatMap(({ name, strength, exactRatio }) =>
    factors.map((factor) => {
      const chosen = strength.default * factor;
      return {
        name: `${name} ${chosen}`,
        options: { distortion: name, strength: chosen },
        // ln ratio of a depth shift is that of a shift of one normal number by as many standard deviations.
        exactAuc: async () => (exactRatio ? exactAucOfShift(chosen) : null),
      };
    }),
  );
}

/** @param factors of the usual strength. */
export function toyPopulation(factors) {
  return {
    name: `${geometryName} toys`,
    flaws: flawsOf(factors),
    async draw(flaw, showers, seed) {
      const reference = await sampleOf({ showers, seed: 2 * seed });
      const generated = await sampleOf({ showers, seed: 2 * seed + 1, ...flaw?.options });
      const [first, second] = [reference, generated].map(scalarsOf);
      const rows = new Float32Array(first.rows.length + second.rows.length);
      rows.set(first.rows);
      rows.set(second.rows, first.rows.length);
      return {
        reference,
        generated,
        rows,
        columns: first.columns,
        dispose() {
          reference.dispose();
          generated.dispose();
        },
      };
    },
  };
}
