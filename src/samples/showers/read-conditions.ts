import { ArgumentError } from '../../errors.js';
import type { InputChoices } from '../sample.js';
import { rowText } from '../source-rows.js';
import type { ShowerCondition, ShowerSample } from './shower-sample.js';

/**
 * Names of the conditions that classifiers read beside the incident energy. One that has a single value in both samples
 * tells nothing and is left out unless it is named.
 *
 * @throws ArgumentError ERR_ARGUMENT for a name that the showers do not have.
 */
export function chosenConditions(
  chosen: InputChoices['conditions'],
  reference: ShowerSample,
  generated: ShowerSample,
): readonly string[] {
  const known = reference.conditions.map(({ name }) => name);
  if (chosen === 'none') return [];
  if (chosen !== 'varying') {
    const unknown = chosen.find((name) => !known.includes(name));
    if (unknown === undefined) return chosen;
    const message = `there is no condition ${unknown}; the showers have ${known.join(', ') || 'none but the incident energy, which classifiers always read'}`;
    throw new ArgumentError('ERR_ARGUMENT', message);
  }
  return reference.conditions
    .filter(({ values: [first], values }, i) =>
      [values, generated.conditions[i]?.values ?? []].some((all) => all.some((value) => value !== first)),
    )
    .map(({ name }) => name);
}

/**
 * Values of some conditions, showers × conditions.
 *
 * @throws ArgumentError ERR_SHAPE for a sample without one of them, ERR_NON_FINITE with the row.
 */
export function conditionRows(sample: ShowerSample, names: readonly string[]): Float32Array<ArrayBuffer> {
  const { conditions, origin, rows } = sample;
  const made = new Float32Array(rows * names.length);
  for (const [column, name] of names.entries()) {
    const found = conditions.find((condition) => condition.name === name);
    if (!found) {
      const message = `${origin.source}: the classifier reads the condition ${name}, which its showers do not have; describe it in a layout`;
      throw new ArgumentError('ERR_SHAPE', message);
    }
    requireFinite(sample, found);
    for (const [row, value] of found.values.entries()) made[row * names.length + column] = value;
  }
  return made;
}

/** @throws ArgumentError ERR_NON_FINITE with the row. */
export function requireFiniteConditions(sample: ShowerSample): void {
  for (const condition of sample.conditions) requireFinite(sample, condition);
}

/** Every feature set takes their logarithm. @throws ArgumentError ERR_INCIDENT_ENERGY with the row. */
export function requireIncidentEnergies(showers: ShowerSample): void {
  const energies = showers.incidentEnergies();
  const odd = energies.findIndex((energy) => !(energy > 0));
  if (odd < 0) return;
  const message = `${showers.origin.source}: the incident energy of ${rowIn(showers, odd)} is ${energies[odd]} MeV; the features need one above zero`;
  throw new ArgumentError('ERR_INCIDENT_ENERGY', message);
}

function requireFinite(sample: ShowerSample, { name, values }: ShowerCondition): void {
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return;
  const message = `${sample.origin.source}: ${name} of ${rowIn(sample, odd)} is ${values[odd]}; remove the shower or leave it out (--drop-rows), or take the condition out of the description of the layout`;
  throw new ArgumentError('ERR_NON_FINITE', message);
}

function rowIn({ sourceRows, origin }: ShowerSample, row: number): string {
  return rowText({ sourceRows, files: origin.countedThrough }, row);
}
