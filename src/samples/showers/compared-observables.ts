import type { Observable } from '../sample.js';

/** Layers that get all their observables; of deeper calorimeters some layers are chosen, equally spaced. */
const layersInFull = 4;
const layerEnergies = 12;

/** All of a shallow calorimeter; of a deep one the global ones and some layers. Indices into `all`. */
export function chooseObservables(all: readonly Observable[], layers: readonly number[]): readonly number[] {
  const inFull = new Set(equallySpaced(layers, layersInFull).map(String));
  const energies = new Set(equallySpaced(layers, layerEnergies).map(String));
  return all.flatMap(({ name }, index) => {
    const layer = /_(\d+)$/.exec(name)?.[1];
    if (layer === undefined || inFull.has(layer)) return [index];
    return name.startsWith('layer_energy_') && energies.has(layer) ? [index] : [];
  });
}

function equallySpaced<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as T);
}
