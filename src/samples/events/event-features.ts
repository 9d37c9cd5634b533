import type { EventLayout } from '../../layouts/event-layouts.js';
import { type EventObservable, eventObservables, eventValues } from './event-observables.js';
import type { EventSample } from './event-sample.js';
import { azimuth, azimuthDifference } from './kinematics.js';

/** What classifiers read of events. */
export interface EventInput {
  readonly kind: 'events';
  readonly layout: EventLayout;
  /** Objects that each event has, the first of the layout; null: any number. */
  readonly multiplicity: number | null;
}

/** A column: absent objects give 0, which is told from a true one by the columns that say which objects there are. */
interface EventFeature {
  readonly name: string;
  values(sample: EventSample): Float64Array;
}

/** Largest 1/ΔR: beyond it, objects lie on each other. */
const largestInverse = 20;
/** Objects along the beam have this η, with its sign. */
const largestEta = 10;

/**
 * The input of the published code (discriminator-metric, `compute_preprocessing` of loaders/prec_inn.py): p_T and η of each object, Δφ
 * to the one before, masses, and min(1/ΔR, 20) of pairs of optional objects. The azimuth of the first object is not among them: nothing
 * singles out a direction around the beam. Where the number of objects is free, columns say which of the optional ones there are.
 */
export function eventFeatures({ layout, multiplicity }: Omit<EventInput, 'kind'>): EventFeature[] {
  const present = multiplicity === null ? layout.objects.length : multiplicity;
  const all = new Map(eventObservables(layout).map((one) => [one.name, one]));
  const observable = (name: string): EventObservable[] => {
    const found = all.get(name);
    return found?.objects.every((object) => object < present) ? [found] : [];
  };
  const filled = (one: EventObservable, change = (value: number) => value): EventFeature => ({
    name: one.label,
    values: (sample) => eventValues(sample, one).map((value) => (Number.isNaN(value) ? 0 : change(value))),
  });
  const objects = layout.objects.slice(0, present);
  const single = objects.flatMap(({ name, mass }, i) => [
    ...observable(`pt_${name}`).map((one) => filled(one)),
    ...observable(`eta_${name}`).map((one) => filled(bounded(one))),
    ...(i > 0 ? [filled(turn(layout, i))] : []),
    ...(mass ? observable(`mass_${name}`).map((one) => filled(one)) : []),
  ]);
  const masses = layout.masses
    .flatMap((set) => observable(`mass_${set.join('_')}`))
    .map((one) => filled(one));
  const pairs = objects.flatMap(({ name, optional }, i) =>
    objects
      .slice(i + 1)
      .flatMap((other) => (optional && other.optional ? observable(`delta_r_${name}_${other.name}`) : [])),
  );
  const inverse = pairs.map((one) =>
    filled({ ...one, label: `1/${one.label}` }, (distance) => Math.min(1 / distance, largestInverse)),
  );
  const presence =
    multiplicity === null
      ? layout.objects.flatMap(({ optional }, i) => (optional ? [has(layout, i)] : []))
      : [];
  return [...single, ...masses, ...inverse, ...presence];
}

/** An η that has a value wherever the object is. */
function bounded(one: EventObservable): EventObservable {
  return {
    ...one,
    of: (momenta) => {
      const eta = one.of(momenta);
      if (Number.isNaN(eta)) return largestEta * Math.sign(momenta[0]?.[3] ?? 0);
      return Math.max(-largestEta, Math.min(largestEta, eta));
    },
  };
}

/** Δφ of an object and the one before. */
function turn({ objects }: EventLayout, object: number): EventObservable {
  const label = (i: number) => objects[i]?.label ?? objects[i]?.name;
  return {
    name: 'turn',
    label: `Δφ(${label(object - 1)}, ${label(object)})`,
    unit: '',
    objects: [object - 1, object],
    of: ([before, one]) => azimuthDifference(azimuth(before ?? [0, 0, 0, 0]), azimuth(one ?? [0, 0, 0, 0])),
  };
}

function has({ objects }: EventLayout, object: number): EventFeature {
  const { label, name } = objects[object] as EventLayout['objects'][number];
  return { name: `has ${label ?? name}`, values: (sample) => Float64Array.from(sample.has(object)) };
}
