import { basename } from 'node:path';
import { type Geometry, geometryWithVoxels, resolveGeometry } from './geometry.js';

/** A geometry, and how it is known. */
export interface KnownGeometry {
  readonly geometry: Geometry;
  /** In words: `guessed from 6480 voxels`. */
  readonly reason: string;
}

/** How a geometry is known that the user chose. */
export const asGiven = 'as given';

/**
 * The geometry that the user chose: itself, its name, or a binning file; null where nothing was chosen.
 *
 * @throws CaloscopeError, see resolveGeometry.
 */
export async function chosenGeometry(
  given: Geometry | string | undefined,
  particle: string | undefined,
): Promise<KnownGeometry | null> {
  if (given === undefined) return null;
  if (typeof given !== 'string') return { geometry: given, reason: asGiven };
  const geometry = await resolveGeometry(given, particle === undefined ? {} : { particle });
  const named = geometry.name === given || geometry.name === basename(given);
  return { geometry, reason: named ? asGiven : `the binning of ${basename(given)}` };
}

/**
 * The geometry that a layout names, the published one with so many voxels (null: showers are points) where axes do not say more, or the one that the axes
 * describe; null where there is none.
 */
export async function layoutGeometry(
  layout: { readonly name: string; readonly geometry: string | null },
  voxels: number | null,
  shape: { readonly name: string; readonly named: boolean } | null,
): Promise<KnownGeometry | null> {
  if (layout.geometry !== null) {
    return { geometry: await resolveGeometry(layout.geometry), reason: `that of the layout ${layout.name}` };
  }
  const name = shape?.named || voxels === null ? null : geometryWithVoxels(voxels);
  if (name === null) {
    return shape && { geometry: await resolveGeometry(shape.name), reason: 'from the axes of the showers' };
  }
  return { geometry: await resolveGeometry(name), reason: `guessed from ${voxels} voxels` };
}
