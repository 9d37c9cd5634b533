import { type VoxelRates, voxelRates } from '../../failures/voxel-blocks.js';
import { inputSettings } from '../../samples/kinds.js';
import type { CellMeans, LayerMeans, MeanPicture, PicturedLayer } from '../../samples/pictures.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { type BeforeAndAfter, bothOf } from '../before-and-after.js';
import { falseDiscoveryRate } from '../false-discovery-rate.js';
import { type CellPull, largestPull, pullsOf } from '../largest-pull.js';

/** Cells whose numbers a result holds, at most: the layers that differ most. */
const mostCells = 60_000;

/** A mean of every cell of a layer in both samples, and in the generated one with its weights. */
export interface CellComparison extends BeforeAndAfter<CellMeans> {
  readonly reference: CellMeans;
  /**
   * (mean − reference)/σ: σ of the energies is √(σ² + σ_ref²), that of hit rates binomial with the rate of both together, so that
   * a voxel that is hit in all showers of one sample and in none of the other has one. null: nothing is there in both, or no error is known.
   */
  readonly pulls: BeforeAndAfter<readonly (number | null)[]>;
  /** About 1 where nothing differs; cells of one shower hang together, so that it is no χ². null: there are no pulls. */
  readonly meanSquaredPull: BeforeAndAfter<number | null>;
  readonly largestPull: BeforeAndAfter<CellPull | null>;
}

/** The cells of a layer in both samples. */
export interface LayerComparison extends PicturedLayer {
  /** MeV a cell, mean of all showers. */
  readonly energies: CellComparison;
  /** Share of the showers in which a voxel is above the threshold, mean of the voxels of the cell. */
  readonly hitRates: CellComparison;
}

/** What both samples look like, voxel by voxel. */
export interface VoxelComparison {
  /** The mean energies that differ most first. */
  readonly layers: readonly LayerComparison[];
  /** Layers whose numbers are not kept, because there are too many cells. */
  readonly leftOut: readonly number[];
  readonly hitRates: VoxelRates;
}

/** Mean energy and hit rate of every voxel; null for rows that are no showers. */
export const voxels: Analysis<VoxelComparison | null> = {
  async run(context) {
    return { part: await compareVoxels(context) };
  },
};

async function compareVoxels({
  reference,
  generated,
  scores,
  input,
  run,
}: AnalysisContext): Promise<VoxelComparison | null> {
  const [first, second] = [reference.pictures, generated.pictures];
  if (first === null || second === null) return null;
  const options = { ...run, threshold: inputSettings(input).threshold };
  const [ofReference] = (await first.means([null], options)) as [MeanPicture];
  const pictures = await second.means([null, scores.finiteWeights()], options);
  const [before, after] = pictures as readonly [MeanPicture, MeanPicture];
  const rates = { generated: poolingOf(ofReference, before), reweighted: poolingOf(ofReference, after) };
  const layers = first.layers.map((layer, l): LayerComparison => {
    const compared = (quantity: keyof LayerMeans, pulls: BeforeAndAfter<Pulls>) => {
      const of = ({ layers: means }: MeanPicture) => (means[l] as LayerMeans)[quantity];
      return compareCells(of(ofReference), { generated: of(before), reweighted: of(after) }, pulls);
    };
    return {
      ...layer,
      energies: compared('energies', { generated: pullsOf, reweighted: pullsOf }),
      hitRates: compared('hitRates', rates),
    };
  });
  layers.sort((a, b) => differenceOf(b) - differenceOf(a));
  const kept = layersWithin(layers);
  const hits = {
    reference: await first.hitCounts(options),
    generated: await second.hitCounts(options),
  };
  const rows = { reference: reference.rows, generated: generated.rows };
  return {
    layers: layers.slice(0, kept),
    leftOut: layers.slice(kept).map(({ layer }) => layer),
    hitRates: await voxelRates(first.grids, hits, rows, falseDiscoveryRate),
  };
}

function differenceOf({ energies }: LayerComparison): number {
  return energies.meanSquaredPull.generated ?? 0;
}

/** How many layers hold as many cells as are kept; one at least. */
function layersWithin(layers: readonly LayerComparison[]): number {
  let cells = 0;
  const first = layers.findIndex(({ energies }) => {
    cells += energies.reference.means.length;
    return cells > mostCells;
  });
  return first < 0 ? layers.length : Math.max(1, first);
}

type Pulls = (reference: CellMeans, other: CellMeans) => (number | null)[];

/** Pulls of hit rates: √(p(1 − p)(1/n + 1/n_ref)), p the rate of both together and n Kish's effective number. */
function poolingOf({ effectiveRows: n }: MeanPicture, { effectiveRows: m }: MeanPicture): Pulls {
  return (reference, other) =>
    reference.means.map((mean, cell) => {
      const changed = other.means[cell] as number;
      const rate = Math.min(1, (n * mean + m * changed) / (n + m));
      const error = Math.sqrt(rate * (1 - rate) * (1 / n + 1 / m));
      if (error > 0) return (changed - mean) / error;
      return rate > 0 ? 0 : null;
    });
}

function compareCells(
  reference: CellMeans,
  both: BeforeAndAfter<CellMeans>,
  pulling: BeforeAndAfter<Pulls>,
): CellComparison {
  const pulls = {
    generated: pulling.generated(reference, both.generated),
    reweighted: pulling.reweighted(reference, both.reweighted),
  };
  return {
    reference: shortened(reference),
    ...bothOf(both, shortened),
    pulls: bothOf(pulls, (all) => all.map((pull) => pull && digits(pull, 3))),
    meanSquaredPull: bothOf(pulls, meanSquare),
    largestPull: {
      generated: largestPull(reference, both.generated, pulls.generated),
      reweighted: largestPull(reference, both.reweighted, pulls.reweighted),
    },
  };
}

function meanSquare(pulls: readonly (number | null)[]): number | null {
  const known = pulls.filter((pull) => pull !== null);
  return known.length === 0 ? null : known.reduce((sum, pull) => sum + pull * pull, 0) / known.length;
}

/** More digits than the errors justify would only fill the file. */
function shortened({ means, errors }: CellMeans): CellMeans {
  return { means: means.map((mean) => digits(mean, 6)), errors: errors.map((error) => digits(error, 3)) };
}

function digits(value: number, count: number): number {
  return Number(value.toPrecision(count));
}
