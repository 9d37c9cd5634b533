import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import { publishedJetLayouts } from '#caloscope/layouts/jet-layouts';
import { JetSample } from '#caloscope/samples/jets/jet-sample';
import { seededNumbers } from '#caloscope/simulation/seeded-numbers';

const capacity = 30;

/** Toy jets of a few dozen particles about one or two axes, p_T falling; stored as JetNet has them, mask last. */
export function toyJetFeatures(rows: number, seed: number): { particles: Float32Array; jets: Float32Array } {
  const random = seededNumbers(seed);
  const particles = new Float32Array(rows * capacity * 4);
  const jets = new Float32Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    const count = 12 + Math.floor(16 * random.uniform());
    const opening = 0.05 + 0.2 * random.uniform();
    const turn = 2 * Math.PI * random.uniform();
    const momenta = Array.from({ length: count }, () => random.uniform() ** 3).sort((a, b) => b - a);
    const sum = momenta.reduce((all, pt) => all + pt, 0);
    for (const [i, pt] of momenta.entries()) {
      const side = random.uniform() < 0.4 ? opening : -opening / 2;
      const at = (row * capacity + i) * 4;
      particles[at] = side * Math.cos(turn) + 0.04 * random.normal();
      particles[at + 1] = side * Math.sin(turn) + 0.04 * random.normal();
      particles[at + 2] = pt / sum;
      particles[at + 3] = 1;
    }
    jets.set([1000 + 100 * random.normal(), random.normal(), 100, count], row * 4);
  }
  return { particles, jets };
}

export function toyJets(rows: number, seed: number): JetSample {
  const { particles: stored } = toyJetFeatures(rows, seed);
  const particles = stored.filter((_, i) => i % 4 < 3);
  const layout = publishedJetLayouts.find(({ name }) => name === 'jetnet-particles') as JetSample['layout'];
  const origin = { source: `toy jets ${seed}`, files: [], sha256: null };
  return new JetSample(layout, { particles, capacity, jetPt: null }, origin, null, []);
}

/** A file in the form of JetNet; `change` alters what is stored. */
export async function writeToyJets(
  path: string,
  rows: number,
  seed: number,
  change: (particles: Float32Array) => void = () => undefined,
): Promise<string> {
  const { particles, jets } = toyJetFeatures(rows, seed);
  change(particles);
  const writer = await createHdf5(path, {
    attributes: {},
    datasets: [
      { path: '/particle_features', type: 'f4', rowShape: [capacity, 4] },
      { path: '/jet_features', type: 'f4', rowShape: [4] },
    ],
  });
  await writer.append({ '/particle_features': particles, '/jet_features': jets }, rows);
  await writer.close();
  return path;
}
