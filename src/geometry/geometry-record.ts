import * as z from 'zod';
import { CaloscopeError } from '../errors.js';
import { cellGeometry, layersOfCells } from './cell-table.js';
import { type Geometry, namedGeometry, polarGeometry } from './geometry.js';

/**
 * A geometry as plain JSON, to be saved with what depends on it. Geometries that have a name of their own (`ds2`,
 * `cartesian:12x12x12`) need no more than that; those of a binning file keep their layers, those of a table its cells.
 */
export const geometryRecordSchema = z.strictObject({
  name: z.string().min(1),
  threshold: z.number().nullable(),
  layers: z
    .array(
      z.strictObject({
        id: z.int().nonnegative(),
        radialEdges: z.array(z.number()).min(2),
        alphaBins: z.int().positive(),
      }),
    )
    .min(1)
    .nullable(),
  cells: z
    .array(
      z.strictObject({
        id: z.int().nonnegative(),
        x: z.array(z.number()),
        y: z.array(z.number()),
        size: z.array(z.number()),
        weight: z.array(z.number()).optional(),
        ring: z.array(z.number()).optional(),
      }),
    )
    .min(1)
    .optional(),
});

export type GeometryRecord = z.output<typeof geometryRecordSchema>;

export function geometryRecord(geometry: Geometry): GeometryRecord {
  const { name, threshold, layers } = geometry;
  if (geometry.cellSizes) {
    const cells = layersOfCells(geometry).map(({ id, x, y, size, weight, ring }) => ({
      id,
      x: [...x],
      y: [...y],
      size: [...size],
      ...(weight && { weight: [...weight] }),
      ...(ring && { ring: [...ring] }),
    }));
    return { name, threshold, layers: null, cells };
  }
  const polar = layers.flatMap(({ id, shape }) =>
    shape.kind === 'polar' ? [{ id, radialEdges: [...shape.radialEdges], alphaBins: shape.alphaBins }] : [],
  );
  return { name, threshold, layers: namedOrNull(name) ? null : polar };
}

/** @throws CaloscopeError ERR_GEOMETRY for a record without layers whose name is not known. */
export function geometryFromRecord({ name, threshold, layers, cells }: GeometryRecord): Geometry {
  if (cells) return { ...cellGeometry(name, cells), threshold };
  if (layers) return polarGeometry(name, layers, threshold);
  const geometry = namedGeometry(name);
  if (geometry) return geometry;
  throw new CaloscopeError('ERR_GEOMETRY', `geometry "${name}" is not known to this version`);
}

function namedOrNull(name: string): Geometry | null {
  return name.endsWith('.xml') ? null : namedGeometry(name);
}
