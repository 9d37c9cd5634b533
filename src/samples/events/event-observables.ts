import type { EventLayout } from '../../layouts/event-layouts.js';
import type { Observable } from '../sample.js';
import type { EventSample } from './event-sample.js';
import {
  angularDistance,
  azimuth,
  azimuthDifference,
  type FourMomentum,
  invariantMass,
  pseudorapidity,
  sumOf,
  transverseMomentum,
} from './kinematics.js';

/** A number of an event, from some of its objects; it has none where one of them is absent. */
export interface EventObservable extends Observable {
  /** Numbers of the objects in the layout. */
  readonly objects: readonly number[];
  readonly of: (momenta: readonly FourMomentum[]) => number;
}

type Pair = readonly [FourMomentum, FourMomentum];

const ofPairs = [
  { name: 'delta_eta', label: 'Δη', of: ([a, b]: Pair) => pseudorapidity(a) - pseudorapidity(b) },
  { name: 'delta_phi', label: 'Δφ', of: ([a, b]: Pair) => azimuthDifference(azimuth(a), azimuth(b)) },
] as const;

/**
 * What section 5 of arXiv:2305.16774 draws, for any layout: p_T, η, φ and mass of each object, the masses that the layout names, ΔR of
 * all pairs, and Δη and Δφ of pairs that events may lack.
 */
export function eventObservables({ objects, masses }: EventLayout): EventObservable[] {
  const labels = objects.map(({ name, label }) => label ?? name);
  const one = (
    i: number,
    name: string,
    label: string,
    unit: string,
    of: (momentum: FourMomentum) => number,
  ) => {
    const whole = `${name}_${objects[i]?.name}`;
    return {
      name: whole,
      label: `${label}(${labels[i]})`,
      unit,
      objects: [i],
      of: ([only]: readonly FourMomentum[]) => of(only as FourMomentum),
    };
  };
  const single = objects.flatMap(({ mass }, i): EventObservable[] => [
    one(i, 'pt', 'p_T', 'GeV', transverseMomentum),
    one(i, 'eta', 'η', '', pseudorapidity),
    one(i, 'phi', 'φ', '', azimuth),
    ...(mass ? [one(i, 'mass', 'm', 'GeV', invariantMass)] : []),
  ]);
  const named = masses.map((set): EventObservable => {
    const places = set.map((name) => objects.findIndex((object) => object.name === name));
    const label = `m(${places.map((place) => labels[place]).join(' ')})`;
    return {
      name: `mass_${set.join('_')}`,
      label,
      unit: 'GeV',
      objects: places,
      of: (momenta) => invariantMass(sumOf(momenta)),
    };
  });
  const pairs = objects.flatMap((_, i) => objects.slice(i + 1).map((__, k) => [i, i + 1 + k] as const));
  const distances = pairs.flatMap(([i, j]): EventObservable[] => {
    const pair = (name: string, label: string, of: (momenta: Pair) => number): EventObservable => ({
      name: `${name}_${objects[i]?.name}_${objects[j]?.name}`,
      label: `${label}(${labels[i]}, ${labels[j]})`,
      unit: '',
      objects: [i, j],
      of: (momenta) => of(momenta as Pair),
    });
    const optional = objects[i]?.optional && objects[j]?.optional;
    return [
      pair('delta_r', 'ΔR', ([a, b]) => angularDistance(a, b)),
      ...(optional ? ofPairs.map(({ name, label, of }) => pair(name, label, of)) : []),
    ];
  });
  return [...single, ...named, ...distances];
}

/** Objects of an event. */
export const multiplicity: Observable = { name: 'multiplicity', label: 'number of objects', unit: '' };

/** One number an event; NaN where an object is absent. */
export function eventValues({ momenta, rows }: EventSample, { objects, of }: EventObservable): Float64Array {
  const columns = objects.map((object) => momenta[object] as readonly Float64Array[]);
  const values = new Float64Array(rows).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    if (columns.some(([energies]) => energies?.[row] === 0)) continue;
    values[row] = of(
      columns.map(
        (components) => components.map((component) => component[row] as number) as unknown as FourMomentum,
      ),
    );
  }
  return values;
}
