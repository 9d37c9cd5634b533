import { hasPlaces, type PlacedLayer } from '../../geometry/geometry.js';
import type { ProfileRecord } from '../../native/contract/showers.js';
import type { CellMeans, LayerMeans, MeanPicture, PictureOptions, Pictures, VoxelGrid } from '../pictures.js';
import { cellCount, cellsOf, picturedLayer, voxelGrid } from './pictured-layers.js';
import { profileCells } from './profile-sums.js';
import type { ShowerSample } from './shower-sample.js';

/** Mean energies and hit rates of the voxels, and single showers, layer by layer. */
export class ShowerPictures implements Pictures {
  readonly layers: Pictures['layers'];
  readonly grids: readonly VoxelGrid[];
  readonly #showers: ShowerSample;
  /** The cell of every voxel, numbered through all layers, and of every layer the first. */
  readonly #cells: Uint32Array;
  readonly #firstCells: readonly number[];

  private constructor(showers: ShowerSample, layers: readonly PlacedLayer[]) {
    const { geometry } = showers;
    this.#showers = showers;
    this.grids = layers.map(voxelGrid);
    this.layers = layers.map((layer) => picturedLayer(geometry, layer));
    this.#cells = new Uint32Array(geometry.voxels);
    const firstCells = [0];
    for (const [l, layer] of this.layers.entries()) {
      const first = firstCells[l] as number;
      const cells = cellsOf(this.grids[l] as VoxelGrid, layer).map((cell) => first + cell);
      this.#cells.set(cells, geometry.layers[l]?.firstVoxel);
      firstCells.push(first + cellCount(layer));
    }
    this.#firstCells = firstCells;
  }

  /** null where it is not known where all voxels lie. */
  static of(showers: ShowerSample): ShowerPictures | null {
    const { layers } = showers.geometry;
    return layers.every(hasPlaces) ? new ShowerPictures(showers, layers) : null;
  }

  async means(
    weights: readonly (Float64Array | null)[],
    options: PictureOptions,
  ): Promise<readonly MeanPicture[]> {
    const places = this.#firstCells.at(-1) as number;
    const records = [true, false].map((energies) => record(this.#cells, places, energies));
    const voxels = new Float64Array(places);
    for (const cell of this.#cells) voxels[cell] = (voxels[cell] as number) + 1;
    const columns = await profileCells(this.#showers, records, weights, options);
    return columns.map((column) => ({
      effectiveRows: column.effectiveRows,
      layers: this.layers.map((layer, l): LayerMeans => {
        const [first, cells] = [this.#firstCells[l] as number, cellCount(layer)];
        const share = ({ means, errors }: CellMeans): CellMeans => {
          const ofVoxels = (value: number, cell: number) => value / (voxels[first + cell] as number);
          return { means: means.map(ofVoxels), errors: errors.map(ofVoxels) };
        };
        return { energies: column.means(first, cells), hitRates: share(column.means(places + first, cells)) };
      }),
    }));
  }

  async hitCounts(options: PictureOptions): Promise<Float64Array> {
    const { voxels } = this.#showers.geometry;
    const all = record(
      Uint32Array.from({ length: voxels }, (_, voxel) => voxel),
      voxels,
      false,
    );
    const [counted] = await profileCells(this.#showers, [all], [null], options);
    return counted?.contents ?? new Float64Array(voxels);
  }

  ofRow(row: number, threshold: number | null): readonly (readonly number[])[] {
    const energies = new Array<number>(this.#firstCells.at(-1) as number).fill(0);
    for (const [voxel, energy] of this.#showers.read(row, 1).entries()) {
      if (threshold !== null && energy < threshold) continue;
      const cell = this.#cells[voxel] as number;
      energies[cell] = (energies[cell] as number) + energy;
    }
    return this.layers.map((_, l) => energies.slice(this.#firstCells[l], this.#firstCells[l + 1]));
  }
}

function record(place: Uint32Array, places: number, energies: boolean): ProfileRecord {
  return { place, places, energyEdges: new Float64Array(0), energies, products: false };
}
