/** Kinematics of four-momenta (E, px, py, pz); GeV, angles in radians. */

export type FourMomentum = readonly [energy: number, px: number, py: number, pz: number];

export function transverseMomentum([, px, py]: FourMomentum): number {
  return Math.hypot(px, py);
}

/** asinh(pz/pT); NaN along the beam, where it has no bound. */
export function pseudorapidity(momentum: FourMomentum): number {
  const eta = Math.asinh(momentum[3] / transverseMomentum(momentum));
  return Number.isFinite(eta) ? eta : Number.NaN;
}

/** In (−π, π]. */
export function azimuth([, px, py]: FourMomentum): number {
  return Math.atan2(py, px);
}

/** √(E² − p²); 0 where rounding makes it spacelike. */
export function invariantMass([energy, px, py, pz]: FourMomentum): number {
  const momentum = Math.hypot(px, py, pz);
  return Math.sqrt(Math.max(0, (energy - momentum) * (energy + momentum)));
}

/** φ₁ − φ₂, turned into [−π, π). */
export function azimuthDifference(first: number, second: number): number {
  const difference = first - second + Math.PI;
  return difference - 2 * Math.PI * Math.floor(difference / (2 * Math.PI)) - Math.PI;
}

/** √(Δη² + Δφ²). */
export function angularDistance(first: FourMomentum, second: FourMomentum): number {
  return Math.hypot(
    pseudorapidity(first) - pseudorapidity(second),
    azimuthDifference(azimuth(first), azimuth(second)),
  );
}

export function sumOf(momenta: readonly FourMomentum[]): FourMomentum {
  const sum = [0, 0, 0, 0] as [number, number, number, number];
  for (const momentum of momenta)
    momentum.forEach((component, i) => {
      (sum[i] as number) += component;
    });
  return sum;
}
