import { FileError } from '../../errors.js';
import type { ListedDataset } from '../../formats/hdf5/reader/dataset-listing.js';
import { listFile } from '../../formats/hdf5/reader/list-file.js';
import { readDatasets } from '../../formats/hdf5/reader/read-datasets.js';
import { columnOf } from '../../layouts/column-shape.js';
import { fewestDraws } from '../../layouts/own-density.js';
import type { Layout } from '../../layouts/schema.js';
import type { JobOptions } from '../../native/run-job.js';
import { densitiesFromDraws, densitiesFromSpread, type OwnDensities } from '../own-densities.js';
import type { SampleFile } from '../sample-file.js';

/**
 * What the generator of showers says of its own density, in all files of a sample; null: its layout does not look for it, or no
 * file has it.
 *
 * @param group that the user named; null: those of the layout.
 * @throws FileError ERR_DATASET_MISSING where some files have it, ERR_DATASET_SHAPE, ERR_ROW_MISMATCH.
 */
export async function showerDensities(
  files: readonly SampleFile[],
  { ownDensity, groups }: Layout,
  group: string | null,
  { signal }: JobOptions,
): Promise<OwnDensities | null> {
  if (ownDensity === null) return null;
  const place = 'draws' in ownDensity ? ownDensity.draws : ownDensity.spread.dataset;
  const within = group !== null ? [group] : groups.length > 0 ? groups : [''];
  const paths = within.map((one) => [...one.split('/'), ...place.split('/')].filter(Boolean).join('/'));
  const found: (ListedDataset | undefined)[] = [];
  for (const { source } of files) {
    const { datasets } = await listFile(source, signal);
    found.push(datasets.find(({ path }) => paths.includes(path.replace(/^\//, ''))));
  }
  if (found.every((dataset) => dataset === undefined)) return null;
  const parts: Float64Array[] = [];
  let draws: number | null = null;
  for (const [i, { source, rows }] of files.entries()) {
    const dataset = found[i];
    if (dataset === undefined) {
      const message = `it has no dataset ${place} with ln p of its generator, others of the sample have; give all or none`;
      throw new FileError('ERR_DATASET_MISSING', source, message);
    }
    const { path, address } = dataset;
    const { datasets } = await readDatasets(source, [{ path, address, members: [], as: 'float64' }], {
      signal,
    });
    const shape = datasets[0]?.shape ?? [];
    const values = datasets[0]?.values as Float64Array;
    if (shape[0] !== rows) {
      throw new FileError('ERR_ROW_MISMATCH', source, `${path} has ${shape[0]} rows for ${rows} showers`);
    }
    if ('spread' in ownDensity) {
      const column = columnOf(ownDensity.spread, shape);
      const width = values.length / rows;
      parts.push(Float64Array.from({ length: rows }, (_, row) => values[row * width + column] as number));
      continue;
    }
    const [, width = 1] = shape;
    if (shape.length !== 2 || width < fewestDraws || (draws !== null && width !== draws)) {
      const needed = draws === null ? `draws), at least ${fewestDraws} of them` : `${draws})`;
      const message = `dataset ${path} has shape (${shape.join(',')}), needed is (${rows},${needed}`;
      throw new FileError('ERR_DATASET_SHAPE', source, message);
    }
    draws = width;
    parts.push(values);
  }
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return draws === null ? densitiesFromSpread(all) : densitiesFromDraws(all, draws);
}
