import { requireOutputFile } from '../formats/files/output-checks.js';
import { readDatasets } from '../formats/hdf5/reader/read-datasets.js';
import { createHdf5 } from '../formats/hdf5/writer/writing.js';
import type { ChosenLayout } from '../layouts/chosen-layout.js';
import type { ThreadedJobOptions } from '../native/threads.js';
import { findJets, openJets } from '../samples/jets/jet-files.js';
import { jetValues } from '../samples/jets/jet-observables.js';
import { sourceRowOf } from '../samples/source-rows.js';
import { type JetDistortionName, jetsKept } from './jet-distortions.js';

export interface DistortJetsOptions extends ThreadedJobOptions {
  readonly distortion: JetDistortionName;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** The name of a layout of jets, the path of a description of one (JSON), or a description; recognized where left out. */
  readonly layout?: ChosenLayout;
  /** Replace a file that exists. Default false. */
  readonly force?: boolean | undefined;
}

/** What was made. */
export interface DistortedJets {
  readonly path: string;
  readonly from: string;
  readonly distortion: JetDistortionName;
  readonly seed: number;
  /** Jets of the file, and those that were kept. */
  readonly jets: { readonly given: number; readonly kept: number };
}

/** Rows of chunks that are written at once. */
const rowsAtOnce = 8192;

/**
 * Writes the jets of a file that make a distorted sample of it, in its own layout, with all that is stored of them.
 *
 * @throws FileError ERR_OUTPUT and what openJets throws; ArgumentError; `signal.reason` when aborted.
 */
export async function distortJets(
  from: string,
  path: string,
  options: DistortJetsOptions,
): Promise<DistortedJets> {
  const { distortion, seed = 1, layout, force = false, signal } = options;
  await requireOutputFile(path, { force, inputs: [from] });
  const sample = await openJets(from, { layout, signal });
  const masses = (await jetValues(sample, options)).get('mass') as Float64Array;
  const kept = jetsKept(masses, distortion, seed);
  const rows = kept.map((row) => sourceRowOf(sample, row));
  const { particles, jets } = await findJets(from, { layout, signal });
  const wanted = [particles, ...(jets ? [jets] : [])];
  const { datasets } = await readDatasets(
    from,
    wanted.map(({ path: name, address }) => ({ path: name, address, members: [], as: 'float32' })),
    { signal },
  );
  const plans = wanted.map(({ path: name }, i) => {
    return { path: name, type: 'f4', rowShape: (datasets[i]?.shape ?? []).slice(1) } as const;
  });
  const attributes = { caloscope_distortion: `${distortion}, seed ${seed}: ${from}` };
  const writer = await createHdf5(path, { attributes, datasets: plans }, { signal, force });
  try {
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
      const block = rows.subarray(first, first + rowsAtOnce);
      const columns = plans.map(({ path: name, rowShape }, i) => {
        const width = rowShape.reduce((product, length) => product * length, 1);
        const stored = datasets[i]?.values as Float32Array;
        const numbers = new Float32Array(block.length * width);
        for (const [at, row] of block.entries()) {
          numbers.set(stored.subarray(row * width, (row + 1) * width), at * width);
        }
        return [name, numbers] as const;
      });
      await writer.append(Object.fromEntries(columns), block.length);
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { path, from, distortion, seed, jets: { given: sample.rows, kept: rows.length } };
}
