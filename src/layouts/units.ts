/** MeV of one unit of a stored energy. */
export const energyUnits = { eV: 1e-6, keV: 1e-3, MeV: 1, GeV: 1e3, TeV: 1e6 } as const;
export type EnergyUnit = keyof typeof energyUnits;

/** Millimeters of one unit of a stored length; `voxel`: places are numbers of cells. */
export const lengthUnits = { mm: 1, cm: 10, m: 1000, voxel: 1 } as const;
export type LengthUnit = keyof typeof lengthUnits;

interface WithUnit {
  readonly unit: EnergyUnit;
}

/** Unit of the stored energies of voxels or points. */
export function showerUnit(layout: {
  readonly voxels?: WithUnit | undefined;
  readonly points?: WithUnit | undefined;
}): EnergyUnit {
  return ((layout.voxels ?? layout.points) as WithUnit).unit;
}
