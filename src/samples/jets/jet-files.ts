import { FileError } from '../../errors.js';
import type { ListedDataset } from '../../formats/hdf5/reader/dataset-listing.js';
import { listFile } from '../../formats/hdf5/reader/list-file.js';
import { readDatasets, type WantedDataset } from '../../formats/hdf5/reader/read-datasets.js';
import { type ChosenLayout, chosenLayouts } from '../../layouts/chosen-layout.js';
import type { JetLayout } from '../../layouts/jet-layouts.js';
import { requireKnownOptions, requirePaths } from '../../names.js';
import { type JobOptions, jobOptions } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { filesTogether, requireDifferentFiles, requireRows } from '../files-of-sample.js';
import type { FileOfSample } from '../sample-file.js';
import { sourceRowText } from '../source-rows.js';
import { JetSample, particleColumns } from './jet-sample.js';

export interface OpenJetsOptions extends JobOptions {
  /** The name of a layout of jets, the path of a description of one (JSON), or a description; recognized where left out. */
  readonly layout?: ChosenLayout;
  /** Group that holds the datasets; the root where left out. */
  readonly group?: string | undefined;
}

/** Their names, for functions that refuse others. */
export const openJetsOptions: Readonly<Record<keyof OpenJetsOptions, true>> = {
  ...jobOptions,
  layout: true,
  group: true,
};

/** A file whose datasets have a layout. */
export interface JetFile {
  readonly path: string;
  readonly layout: JetLayout;
  readonly rows: number;
  /** Particles a jet may have. */
  readonly capacity: number;
  readonly particles: ListedDataset;
  readonly jets: ListedDataset | null;
}

/**
 * Finds the datasets of a file and the layout that they have.
 *
 * @throws FileError ERR_LAYOUT where it has none, ERR_DATASET_SHAPE, ERR_ROW_MISMATCH, and the codes for files.
 */
export async function findJets(path: string, options: OpenJetsOptions): Promise<JetFile> {
  const layouts = await chosenLayouts(options.layout, 'jets');
  const { datasets } = await listFile(path, options.signal);
  const group = (options.group ?? '').replace(/^\/+|\/+$/g, '');
  const named = (name: string) =>
    datasets.find(
      (dataset) => dataset.path === [group, name].reduce((all, step) => (step ? `${all}/${step}` : all), ''),
    );
  for (const layout of layouts) {
    const [particles, jets] = [named(layout.particles.dataset), layout.jets && named(layout.jets.dataset)];
    if (!particles || jets === undefined) continue;
    return { path, layout, particles, jets, ...shapeOf(path, layout, particles, jets) };
  }
  const wanted = layouts.map(
    ({ name, particles, jets }) =>
      `${name}: ${[particles, jets].flatMap((one) => one?.dataset ?? []).join(', ')}`,
  );
  const found = datasets.map((dataset) => dataset.path).slice(0, 8);
  const message = `not jets: it needs the datasets of a layout (${wanted.join('; ')}); found are ${found.join(', ') || 'none'}`;
  throw new FileError('ERR_LAYOUT', path, message);
}

/** @throws FileError ERR_DATASET_SHAPE, ERR_ROW_MISMATCH. */
function shapeOf(path: string, layout: JetLayout, particles: ListedDataset, jets: ListedDataset | null) {
  const shape = particles.contents?.shape ?? [];
  const { eta, phi, pt, mask } = layout.particles;
  const columns = 1 + Math.max(eta, phi, pt, mask ?? 0);
  const [rows, capacity, width] = shape;
  if (shape.length !== 3 || rows === undefined || !capacity || (width as number) < columns) {
    const message = `dataset ${particles.path} has shape (${shape.join(',')}), needed is (N,particles,${columns} or more)`;
    throw new FileError('ERR_DATASET_SHAPE', path, message);
  }
  const ofJets = jets?.contents?.shape;
  if (jets && layout.jets && (ofJets?.length !== 2 || (ofJets[1] as number) <= layout.jets.pt)) {
    const message = `dataset ${jets.path} has shape (${ofJets?.join(',')}), needed is (N,${layout.jets.pt + 1} or more)`;
    throw new FileError('ERR_DATASET_SHAPE', path, message);
  }
  if (ofJets && ofJets[0] !== rows) {
    const message = `${particles.path} has ${rows} jets, ${jets?.path} has ${ofJets[0]}; write both of the same jets`;
    throw new FileError('ERR_ROW_MISMATCH', path, message);
  }
  return { rows, capacity };
}

/**
 * Reads jets. Those with numbers that are not finite are left out, and counted in a warning; particles without a p_T above 0 are
 * none.
 *
 * @param paths rows are counted through them.
 * @throws what {@link findJets} throws; FileError ERR_LAYOUT and ERR_DATASET_SHAPE for files that differ, ERR_TOO_FEW_ROWS where no
 * jet is left; ArgumentError ERR_ARGUMENT for a file that is named twice; `signal.reason` when aborted.
 */
export async function openJets(
  paths: string | readonly string[],
  options: OpenJetsOptions = {},
): Promise<JetSample> {
  requirePaths(paths);
  requireKnownOptions(options, openJetsOptions);
  return await readJets(paths, options);
}

/** The same, for who has options of other kinds of samples among them. */
export async function readJets(
  paths: string | readonly string[],
  options: OpenJetsOptions = {},
): Promise<JetSample> {
  const { signal, onProgress } = options;
  const all = typeof paths === 'string' ? [paths] : paths;
  await requireDifferentFiles(all);
  const found: JetFile[] = [];
  for (const path of all) found.push(await findJets(path, options));
  requireAlike(found);
  const { layout, capacity } = found[0] as JetFile;
  const total = found.reduce((sum, { rows }) => sum + rows, 0);
  const particles = new Float32Array(total * capacity * particleColumns);
  const jetPt = layout.jets && new Float64Array(total);
  const files: FileOfSample[] = [];
  let done = 0;
  let negative = 0;
  for (const file of found) {
    const read = await readFile(file, signal);
    negative += placeParticles(file, read.particles, particles.subarray(done * capacity * particleColumns));
    if (jetPt && read.jets && layout.jets) {
      const width = read.jets.length / file.rows;
      for (let row = 0; row < file.rows; row++)
        jetPt[done + row] = read.jets[row * width + layout.jets.pt] as number;
    }
    files.push({ source: file.path, rows: file.rows, sha256: read.sha256 });
    done += file.rows;
    onProgress?.({ done, total, message: 'reading' });
  }
  const warnings: Warning[] = [];
  if (negative > 0) {
    const message = `${negative} particles have a p_T below 0; they are read as none`;
    warnings.push({ code: 'negative', message });
  }
  const origin = filesTogether(all[0] as string, all.length, files);
  return withoutOddRows(new JetSample(layout, { particles, capacity, jetPt }, origin, null, warnings));
}

/** @throws FileError ERR_LAYOUT, ERR_DATASET_SHAPE. */
function requireAlike([first, ...others]: readonly JetFile[]): void {
  for (const { path, layout, capacity } of others) {
    if (first && layout.name !== first.layout.name) {
      const message = `its layout is ${layout.name}, that of ${first.path} is ${first.layout.name}; files of one sample need one layout`;
      throw new FileError('ERR_LAYOUT', path, message);
    }
    if (first && capacity !== first.capacity) {
      const message = `its jets have up to ${capacity} particles, those of ${first.path} ${first.capacity}; files of one sample need one number`;
      throw new FileError('ERR_DATASET_SHAPE', path, message);
    }
  }
}

async function readFile({ path, particles, jets }: JetFile, signal: AbortSignal | undefined) {
  const wanted = [particles, ...(jets ? [jets] : [])].map(({ path: name, address }, i): WantedDataset => {
    return { path: name, address, members: [], as: i === 0 ? 'float32' : 'float64' };
  });
  const { datasets, sha256 } = await readDatasets(path, wanted, { signal, checksum: true });
  return {
    particles: datasets[0]?.values as Float32Array,
    jets: (datasets[1]?.values ?? null) as Float64Array | null,
    sha256: sha256 as string,
  };
}

/** Puts the particles that are there in place. Returns how many have a p_T below 0. */
function placeParticles(
  { layout, rows, capacity }: JetFile,
  stored: Float32Array,
  target: Float32Array,
): number {
  const { eta, phi, pt, mask } = layout.particles;
  const width = stored.length / (rows * capacity);
  let negative = 0;
  for (let i = 0; i < rows * capacity; i++) {
    const at = i * width;
    if (mask !== null && (stored[at + mask] as number) < 0.5) continue;
    const momentum = stored[at + pt] as number;
    if (momentum < 0) negative += 1;
    if (momentum <= 0) continue;
    target[i * particleColumns] = stored[at + eta] as number;
    target[i * particleColumns + 1] = stored[at + phi] as number;
    target[i * particleColumns + 2] = momentum;
  }
  return negative;
}

/** @throws FileError ERR_TOO_FEW_ROWS. */
function withoutOddRows(sample: JetSample): JetSample {
  const width = sample.capacity * particleColumns;
  const { jetPt } = sample;
  const odd = (row: number) => {
    if (jetPt && !Number.isFinite(jetPt[row])) return true;
    for (let i = row * width; i < (row + 1) * width; i++)
      if (!Number.isFinite(sample.particles[i])) return true;
    return false;
  };
  const rows = Array.from({ length: sample.rows }, (_, row) => row);
  const kept = Float64Array.from(rows.filter((row) => !odd(row)));
  requireRows(sample.origin.source, 'jets', { left: kept.length, read: sample.rows });
  const dropped = sample.rows - kept.length;
  if (dropped === 0) return sample;
  const message = `${dropped} of ${sample.rows} jets hold numbers that are not finite, the first is ${sourceRowText(sample.origin.files, rows.find(odd) as number)}; they are left out`;
  const left = sample.only(kept);
  const { layout, particles, capacity, jetPt: momenta, origin, sourceRows } = left;
  const warnings: Warning[] = [...sample.warnings, { code: 'non-finite', message }];
  return new JetSample(layout, { particles, capacity, jetPt: momenta }, origin, sourceRows, warnings);
}
