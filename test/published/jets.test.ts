import { expect, it } from 'vitest';
import { publishedJetLayouts } from '#caloscope/layouts/jet-layouts';
import { jetValues } from '#caloscope/samples/jets/jet-observables';
import { JetSample } from '#caloscope/samples/jets/jet-sample';
import { expectAllClose, publishedNumbers } from './numbers.js';

interface Jet {
  /** p_T, η, φ of each. */
  readonly particles: readonly (readonly [number, number, number])[];
  readonly mass: number;
  readonly d2: number;
  readonly tau: readonly [number, number, number];
}

/** Made by jets.py: EnergyFlow and FastJet. */
const { jets } = publishedNumbers<{ readonly jets: readonly Jet[] }>('jets');

it('mass and D₂ are those of EnergyFlow, τ₂₁ and τ₃₂ those about the axes of FastJet', async () => {
  const capacity = Math.max(...jets.map(({ particles }) => particles.length));
  const particles = new Float32Array(jets.length * capacity * 3);
  for (const [row, jet] of jets.entries()) {
    for (const [i, [pt, eta, phi]] of jet.particles.entries()) {
      particles.set([eta, phi, pt], (row * capacity + i) * 3);
    }
  }
  const [layout] = publishedJetLayouts.slice(1);
  const origin = { source: 'jets', files: [], sha256: null };
  const sample = new JetSample(
    layout as JetSample['layout'],
    { particles, capacity, jetPt: null },
    origin,
    null,
    [],
  );
  const values = await jetValues(sample, { threads: 1 });
  const column = (name: string) => values.get(name) as Float64Array;
  expect(jets.length).toBeGreaterThan(8);
  const of = (wanted: (jet: Jet) => number) => jets.map(wanted);
  expectAllClose(
    column('mass'),
    of(({ mass }) => mass),
    1e-7,
    0,
    'masses',
  );
  // EnergyFlow sums over all ordered pairs and triples: 6 e₃/(2 e₂)³.
  expectAllClose(
    column('d2'),
    of(({ d2 }) => (4 / 3) * d2),
    1e-9,
    0,
    'D₂',
  );
  expectAllClose(
    column('tau21'),
    of(({ tau: [one, two] }) => two / one),
    1e-9,
    0,
    'τ₂₁',
  );
  expectAllClose(
    column('tau32'),
    of(({ tau: [, two, three] }) => three / two),
    1e-9,
    0,
    'τ₃₂',
  );
  expectAllClose(
    column('particles'),
    of((jet) => jet.particles.length),
    0,
    0,
    'numbers of particles',
  );
});
