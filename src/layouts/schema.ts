import * as z from 'zod';
import { featureDefinitions } from '../native/contract/showers.js';

/** MeV of one unit of a stored energy. */
export const energyUnits = { MeV: 1, GeV: 1000 } as const;
export type EnergyUnit = keyof typeof energyUnits;

const length = z.int().positive();
const energyUnit = z.enum(Object.keys(energyUnits) as [EnergyUnit, ...EnergyUnit[]]);

/** Where a shower file keeps what, and in which units: plain JSON, which crosses threads as it is. */
export const layoutSchema = z.strictObject({
  name: z.string().min(1),
  /** One number a shower: (N) or (N,1). */
  incidentEnergies: z.strictObject({ dataset: z.string().min(1), unit: energyUnit }),
  /** In MeV, in voxel order, side by side. `rowShape` is null where the number of voxels is free: (N,voxels). */
  voxels: z
    .array(z.strictObject({ dataset: z.string().min(1), rowShape: z.array(length).nullable() }))
    .min(1),
  /** Name of the geometry that all files of the layout have; null where the number of voxels tells. */
  geometry: z.string().min(1).nullable(),
  /** Whose definitions of the feature sets apply: geometries with others do not fit. */
  definitions: z.enum(featureDefinitions),
});

export type Layout = z.output<typeof layoutSchema>;
export type VoxelDataset = Layout['voxels'][number];
