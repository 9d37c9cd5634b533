import type { Layout, ShowerNumber } from '../../../layouts/schema.js';
import { energyUnits } from '../../../layouts/units.js';
import type { ShowerGroups } from './shower-groups.js';
import type { NumbersOfShowers } from './shower-numbers.js';

/** The numbers of showers that are attributes of their groups, or stand in the name of the file. */
export class GroupNumbers implements NumbersOfShowers {
  readonly logDensityRatioDataset = null;
  readonly datasets = [];
  readonly #layout: Layout;
  readonly #groups: ShowerGroups;

  constructor(layout: Layout, groups: ShowerGroups) {
    this.#layout = layout;
    this.#groups = groups;
  }

  get rows(): number {
    return this.#groups.rows;
  }

  incidentEnergies(firstRow: number, rows: number, asStored: boolean): Float64Array {
    const { incidentEnergies } = this.#layout;
    const unit = asStored ? 1 : energyUnits[incidentEnergies.unit];
    return this.#numbers(incidentEnergies, firstRow, rows).map((energy) => energy * unit);
  }

  conditions(firstRow: number, rows: number): Float64Array[] {
    return this.#layout.conditions.map((condition) => this.#numbers(condition, firstRow, rows));
  }

  logDensityRatio(): null {
    return null;
  }

  #numbers(number: ShowerNumber, firstRow: number, rows: number): Float64Array {
    if ('attribute' in number) {
      const { attribute } = number;
      return Float64Array.from(this.#groups.of(firstRow, rows), (group) => group.number(attribute));
    }
    const ofFile = 'placeholder' in number ? this.#groups.places.ofFile.get(number.placeholder) : undefined;
    return new Float64Array(rows).fill(ofFile as number); // the schema lets nothing else through
  }
}
