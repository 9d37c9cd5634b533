import { publishedEventLayouts } from '#caloscope/layouts/event-layouts';
import { EventSample } from '#caloscope/samples/events/event-sample';
import type { FourMomentum } from '#caloscope/samples/events/kinematics';
import { seededNumbers } from '#caloscope/simulation/seeded-numbers';

export const zJets = publishedEventLayouts.find(({ name }) => name === 'z-jets') as EventSample['layout'];

function momentum(pt: number, eta: number, phi: number, mass: number): FourMomentum {
  const [px, py, pz] = [pt * Math.cos(phi), pt * Math.sin(phi), pt * Math.sinh(eta)];
  return [Math.hypot(px, py, pz, mass), px, py, pz];
}

/**
 * Toy events: a peak at 91.2 GeV of width 2.5 that decays into two muons, isotropic and at rest but for a push along the beam, and
 * one to three jets that keep apart.
 */
export function toyEvents(
  rows: number,
  seed: number,
  { massShift = 0, closestJets = 1 }: { massShift?: number; closestJets?: number } = {},
): EventSample {
  const { uniform: random, normal } = seededNumbers(seed);
  const momenta = zJets.objects.map(() => [0, 1, 2, 3].map(() => new Float64Array(rows)));
  for (let row = 0; row < rows; row++) {
    const objects = [
      ...muons(91.2 + massShift + 2.5 * normal(), random, normal()),
      ...jets(closestJets, random, normal),
    ];
    for (const [object, components] of objects.entries()) {
      for (const [i, value] of components.entries()) (momenta[object]?.[i] as Float64Array)[row] = value;
    }
  }
  const origin = { source: `toy events ${seed}`, files: [], sha256: null };
  return new EventSample(
    zJets,
    { momenta, weights: null },
    origin,
    { multiplicity: null, sourceRows: null },
    [],
  );
}

function muons(mass: number, random: () => number, rapidity: number): FourMomentum[] {
  const [cosine, phi] = [2 * random() - 1, 2 * Math.PI * random()];
  const sine = Math.sqrt(1 - cosine ** 2);
  const [x, y, z] = [sine * Math.cos(phi), sine * Math.sin(phi), cosine].map((one) => (one * mass) / 2);
  const pushed = (sign: number): FourMomentum => {
    const [energy, pz] = [mass / 2, sign * (z as number)];
    const along = energy * Math.sinh(rapidity) + pz * Math.cosh(rapidity);
    return [
      energy * Math.cosh(rapidity) + pz * Math.sinh(rapidity),
      sign * (x as number),
      sign * (y as number),
      along,
    ];
  };
  return [pushed(1), pushed(-1)];
}

function jets(closest: number, random: () => number, normal: () => number): FourMomentum[] {
  const count = 1 + Math.floor(3 * random());
  const places: [eta: number, phi: number][] = [];
  while (places.length < count) {
    const [eta, phi] = [1.5 * normal(), Math.PI * (2 * random() - 1)];
    const apart = places.every(([other, angle]) => {
      const turn = Math.abs(phi - angle);
      return Math.hypot(eta - other, Math.min(turn, 2 * Math.PI - turn)) >= closest;
    });
    if (apart) places.push([eta, phi]);
  }
  const scales = places.map(() => 20 - 30 * Math.log(random())).sort((a, b) => b - a);
  return places.map(([eta, phi], i) => momentum(scales[i] as number, eta, phi, 0.1 * (scales[i] as number)));
}
