/** Energies of each unit in MeV, the largest first. */
const energyUnits = [
  ['TeV', 1e6],
  ['GeV', 1e3],
  ['MeV', 1],
  ['keV', 1e-3],
] as const;

/** A bound as it was set, energies in the unit that makes them short: `2.5 GeV`, `0.95`, `12 mm`. */
export function quantityText(value: number, unit: string): string {
  if (unit !== 'MeV' || value === 0) return unit === '' ? decimal(value) : `${decimal(value)} ${unit}`;
  const size = Math.abs(value);
  const [name, scale] = energyUnits.find(([, least]) => size >= least) ?? (['keV', 1e-3] as const);
  return `${decimal(value / scale)} ${name}`;
}

/** Nine digits hold every bound; more would show how doubles end. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(9))).replace('-', '−');
}

/** `3.10 ± 0.20`: the error with two digits, the value to the same place; three digits and no error that is as good as none. */
export function measuredText(value: number, error: number): string {
  if (!(error > 1e-6 * Math.abs(value))) return String(Number(value.toPrecision(3)));
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(error)));
  return `${value.toFixed(Math.min(decimals, 10))} ± ${error.toFixed(Math.min(decimals, 10))}`;
}
