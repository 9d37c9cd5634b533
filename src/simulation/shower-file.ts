import {
  type ColumnNumbers,
  createHdf5,
  type FilePlan,
  type Hdf5Writer,
} from '../formats/hdf5/writer/writing.js';
import { requireText } from '../names.js';
import type { ToyShowerBlock } from '../native/contract/simulation.js';
import type { SampleRole } from '../native/contract/statistics.js';
import type { Progress } from '../native/run-job.js';
import { packageVersion } from '../versions.js';
import type { DistortionName } from './distortions.js';
import {
  exactAuc,
  makeToyBlock,
  planToySample,
  type ToyGeometryName,
  type ToySampleOptions,
  type ToySamplePlan,
  toyVoxels,
} from './toy-showers.js';

export interface SimulateShowersOptions extends ToySampleOptions {
  /** Replace a file that exists. Default false. */
  readonly force?: boolean | undefined;
}

/** What was simulated. */
export interface SimulationRecord {
  readonly path: string;
  readonly geometry: ToyGeometryName;
  readonly showers: number;
  readonly seed: number;
  readonly sample: SampleRole;
  /** null: undistorted. */
  readonly distortion: DistortionName | null;
  readonly strength: number | null;
  /** AUC of the best possible classifier between this sample and its counterpart, where it is known exactly. */
  readonly exactAuc: number | null;
}

/** A dataset of the file and where its numbers are in a block. */
interface Column {
  readonly path: string;
  readonly type: 'f4' | 'f8';
  readonly rowShape: readonly number[];
  readonly numbers: (block: ToyShowerBlock, rows: number) => ColumnNumbers;
}

const MeVPerGeV = 1000;

/** Columns [from, to) of all rows of a matrix. */
function slab(matrix: Float32Array, rows: number, from: number, to: number): Float32Array {
  const columns = matrix.length / rows;
  const width = to - from;
  const part = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    part.set(matrix.subarray(row * columns + from, row * columns + to), row * width);
  }
  return part;
}

const columns: Readonly<Record<ToyGeometryName, readonly Column[]>> = {
  calogan: [
    {
      path: 'energy',
      type: 'f4',
      rowShape: [1],
      numbers: (block) => Float32Array.from(block.incidentEnergies, (energy) => energy / MeVPerGeV),
    },
    {
      path: 'layer_0',
      type: 'f4',
      rowShape: [3, 96],
      numbers: (block, rows) => slab(block.voxels, rows, 0, 288),
    },
    {
      path: 'layer_1',
      type: 'f4',
      rowShape: [12, 12],
      numbers: (block, rows) => slab(block.voxels, rows, 288, 432),
    },
    {
      path: 'layer_2',
      type: 'f4',
      rowShape: [12, 6],
      numbers: (block, rows) => slab(block.voxels, rows, 432, 504),
    },
    { path: 'overflow', type: 'f4', rowShape: [3], numbers: (block) => block.overflow },
  ],
  ds2: [
    {
      path: 'incident_energies',
      type: 'f4',
      rowShape: [1],
      numbers: (block) => Float32Array.from(block.incidentEnergies),
    },
    { path: 'showers', type: 'f4', rowShape: [6480], numbers: (block) => block.voxels },
  ],
};

const logDensityRatio: Column = {
  path: 'log_density_ratio',
  type: 'f8',
  rowShape: [],
  numbers: (block) => block.logDensityRatio ?? new Float64Array(),
};

function columnsOf(plan: ToySamplePlan): readonly Column[] {
  const layout = columns[plan.geometry];
  return plan.distortion?.description.exactRatio ? [...layout, logDensityRatio] : layout;
}

function filePlan(plan: ToySamplePlan): FilePlan {
  return {
    attributes: {
      caloscope_toy:
        'toy showers from a parametrisation after Grindhammer and Peters (hep-ex/0001020), not from a detector simulation; ' +
        `caloscope ${packageVersion}`,
      geometry: plan.geometry,
      seed: String(plan.seed),
      sample: plan.sample,
      distortion: plan.distortion?.description.name ?? 'none',
      strength: String(plan.distortion?.strength ?? 0),
    },
    datasets: columnsOf(plan).map(({ path, type, rowShape }) => ({ path, type, rowShape })),
  };
}

/** Makes block after block, one ahead of the one that is being written. */
async function writeBlocks(
  writer: Hdf5Writer,
  plan: ToySamplePlan,
  options: ToySampleOptions,
): Promise<void> {
  const blockRows = Math.ceil(2 ** 22 / toyVoxels[plan.geometry]); // 16 MiB of voxels
  const { signal, onProgress } = options;
  const stop = new AbortController();
  const make = (first: number): Promise<ToyShowerBlock> => {
    const report = ({ done, message }: Progress) =>
      onProgress?.({ done: first + done, total: plan.showers, message });
    const making = makeToyBlock(plan, first, Math.min(blockRows, plan.showers - first), {
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      onProgress: report,
    });
    making.catch(() => undefined); // seen when it is awaited below; until then writing may be under way
    return making;
  };
  let making = make(0);
  try {
    for (let first = 0; first < plan.showers; first += blockRows) {
      const block = await making;
      if (first + blockRows < plan.showers) making = make(first + blockRows);
      const rows = block.incidentEnergies.length;
      const numbers = columnsOf(plan).map((column) => [column.path, column.numbers(block, rows)] as const);
      await writer.append(Object.fromEntries(numbers), rows);
    }
  } finally {
    stop.abort();
    await making.catch(() => undefined);
  }
}

/**
 * Writes a file of TOY showers (see {@link toyShowers} for what they are and what they leave out) in the published layout
 * of their geometry, float32 and gzip: calogan, `energy` (N,1) in GeV, `layer_0` (N,3,96), `layer_1` (N,12,12), `layer_2`
 * (N,12,6), `overflow` (N,3) in MeV; ds2, `incident_energies` (N,1), `showers` (N,6480) in MeV. Where the distortion has an
 * exactly known density ratio, `log_density_ratio` (N), float64, is ln(p_reference/p_generated) of every shower.
 * Attributes of the root, all strings: `caloscope_toy`, `geometry`, `seed`, `sample`, `distortion`, `strength`.
 *
 * The file takes its place when it is complete; after an error or an abort nothing is left behind.
 *
 * @throws ArgumentError ERR_ARGUMENT; FileError ERR_OUTPUT; the reason of the signal when aborted.
 */
export async function simulateShowers(
  path: string,
  options: SimulateShowersOptions,
): Promise<SimulationRecord> {
  requireText(path, 'path');
  const plan = planToySample(options, { force: true });
  const { force = false, ...rest } = options;
  const { signal } = rest;
  const writer = await createHdf5(path, filePlan(plan), { signal, force });
  try {
    await writeBlocks(writer, plan, rest);
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  const { geometry, showers, seed, sample, distortion } = plan;
  return {
    path,
    geometry,
    showers,
    seed,
    sample,
    distortion: distortion?.description.name ?? null,
    strength: distortion?.strength ?? null,
    exactAuc: exactAuc(distortion),
  };
}
