import type { AxisName, LayoutDescription } from './schema.js';
import { type EnergyUnit, energyUnits } from './units.js';

/** What is known of a dataset without its numbers. */
export interface KnownDataset {
  readonly path: string;
  readonly shape: readonly number[];
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Names of incident energies, the likelier first. */
const energyNames = [
  /^inc.*energ/i,
  /energ/i,
  /^e_?(inc|gen|true|beam)/i,
  /^(gen|target|primary)/i,
  /momentum/i,
];

const fewestVoxels = 16;
/** Numbers of a point. */
const mostOfPoint = 6;

/** Axes by rank, to be put in order by who knows the file. */
const guessedAxes: Readonly<Record<number, readonly AxisName[]>> = {
  2: ['shower', 'voxel'],
  3: ['shower', 'layer', 'cell'],
  4: ['shower', 'layer', 'x', 'y'],
};

/**
 * A description to begin with, for a file that no layout fits: the largest dataset of plain numbers holds the voxels, and one number a
 * shower that is called like an energy the incident energies. Units are those of attributes; axes, and units that no attribute tells,
 * are guesses. null where nothing in the file looks like showers.
 */
export function proposedLayout(datasets: readonly KnownDataset[]): LayoutDescription | null {
  const size = ({ shape }: KnownDataset) => shape.reduce((product, length) => product * length, 1);
  const [voxels] = datasets
    .filter(({ shape }) => guessedAxes[withoutOnes(shape).length] !== undefined && mayBeVoxels(shape))
    .sort((a, b) => size(b) - size(a));
  if (voxels === undefined) return null;
  const group = voxels.path.slice(0, voxels.path.lastIndexOf('/'));
  const beside = datasets.filter(
    ({ path, shape }) =>
      path !== voxels.path &&
      path.startsWith(`${group}/`) &&
      shape[0] === voxels.shape[0] &&
      width(shape) !== null,
  );
  const energies = energyNames
    .flatMap((name) => beside.filter(({ path }) => name.test(nameIn(path))))
    .find(({ shape }) => (width(shape) as number) > 0);
  if (energies === undefined) return null;
  const inGroup = (path: string) => path.slice(group.length + 1);
  const columnOf = ({ path, shape }: KnownDataset) => ({
    dataset: inGroup(path),
    ...((width(shape) as number) > 1 && { column: 0 }),
  });
  return {
    name: 'mine',
    ...(group !== '' && { groups: [group.slice(1)] }),
    incidentEnergies: { ...columnOf(energies), unit: unitOf(energies) },
    voxels: {
      datasets: [{ dataset: inGroup(voxels.path), axes: axesOf(voxels.shape) }],
      unit: unitOf(voxels),
    },
    conditions: beside
      .filter((one) => one !== energies && width(one.shape) === 1)

      .map((one) => ({ name: inGroup(one.path), dataset: inGroup(one.path), unit: textOfUnit(one) ?? '' })),
  };
}

/** Not a few numbers a shower, and no points: of these an axis counts x, y, z, energy. */
function mayBeVoxels(shape: readonly number[]): boolean {
  const [, ...lengths] = withoutOnes(shape);
  const numbers = lengths.reduce((product, length) => product * length, 1);
  return numbers >= fewestVoxels && !(lengths.length === 2 && Math.min(...lengths) <= mostOfPoint);
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Numbers a row of (N), (N,1) or (N,k) with few; null for others. */
function width(shape: readonly number[]): number | null {
  const columns = shape[1] ?? 1;
  return shape.length === 0 || shape.length > 2 || columns > 16 ? null : columns;
}

function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.filter((length, axis) => axis === 0 || length !== 1);
}

function axesOf(shape: readonly number[]): AxisName[] {
  const left = [...(guessedAxes[withoutOnes(shape).length] ?? [])];
  return shape.map((length, axis) => (axis > 0 && length === 1 ? 'one' : (left.shift() as AxisName)));
}

function textOfUnit({ attributes }: KnownDataset): string | null {
  const named = Object.entries(attributes).find(([name]) => /^units?$/i.test(name));
  return named === undefined ? null : String(named[1]).trim();
}

function unitOf(dataset: KnownDataset): EnergyUnit {
  const text = textOfUnit(dataset);
  return text !== null && Object.hasOwn(energyUnits, text) ? (text as EnergyUnit) : 'MeV';
}
