/** Incident energies in MeV of the published samples of each geometry (arXiv:1712.10321, arXiv:2410.21611). */
const published: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  calogan: { min: 1e3, max: 1e5 },
  'ds1-photons': { min: 256, max: 4_194_304 },
  'ds1-pions': { min: 256, max: 4_194_304 },
  ds2: { min: 1e3, max: 1e6 },
  ds3: { min: 1e3, max: 1e6 },
};

/** The energies that samples of a geometry usually have; null where nothing is published. */
export function usualEnergies(geometryName: string): { readonly min: number; readonly max: number } | null {
  return published[geometryName] ?? null;
}
