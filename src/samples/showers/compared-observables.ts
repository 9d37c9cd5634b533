import type { ObservableRecord } from '../../native/contract/showers.js';
import type { ComparedLayers, Observable } from '../sample.js';

/** Layers that get all their observables; of deeper calorimeters some layers are chosen, equally spaced. */
const layersInFull = 4;
const layerEnergies = 12;

export function comparedLayers(layers: readonly number[]): ComparedLayers {
  return {
    all: layers,
    inFull: equallySpaced(layers, layersInFull),
    energies: equallySpaced(layers, layerEnergies),
  };
}

/**
 * All of a shallow calorimeter; of a deep one the global ones and some layers. Where all showers have one incident energy, E_dep
 * is E_dep/E_inc on another scale and left out; where no voxel has a place, so are all lengths.
 */
export function chooseObservables(
  all: readonly ObservableRecord[],
  { inFull, energies }: ComparedLayers,
  { oneIncidentEnergy, lengths }: { readonly oneIncidentEnergy: boolean; readonly lengths: boolean },
): readonly Observable[] {
  return all
    .filter(({ name, layer, compared, unit }) => {
      if (!lengths && unit !== '' && unit !== 'MeV') return false;
      if (!compared || (oneIncidentEnergy && name === 'deposited_energy')) return false;
      if (layer === null || inFull.includes(layer)) return true;
      return name === `layer_energy_${layer}` && energies.includes(layer);
    })
    .map(({ name, label, unit }) => ({ name, label, unit }));
}

function equallySpaced<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as T);
}
