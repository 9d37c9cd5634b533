/** A unit with a prefix, and how many of the inner unit it is. */
export interface ShownUnit {
  readonly name: string;
  readonly size: number;
}

const energyUnits: readonly ShownUnit[] = [
  { name: 'keV', size: 1e-3 },
  { name: 'MeV', size: 1 },
  { name: 'GeV', size: 1e3 },
  { name: 'TeV', size: 1e6 },
];

/** The unit for numbers up to `largest`: energies of many MeV in GeV or TeV, small ones in keV; all else as it is. */
export function shownUnit(unit: string, largest: number): ShownUnit {
  if (unit !== 'MeV') return { name: unit, size: 1 };
  const fitting = energyUnits.filter(({ size }) => largest >= (size > 1 ? 5 : 0.1) * size).at(-1);
  return fitting ?? (energyUnits[0] as ShownUnit);
}
