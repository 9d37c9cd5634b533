import { type ErrorCode, FileError } from '../../errors.js';
import { listFile } from '../../formats/hdf5/reader/list-file.js';
import {
  type FrameColumn,
  frameColumns,
  framesOf,
  knowsItsOrder,
  readFrame,
  type StoredFrame,
} from '../../formats/pandas/frame.js';
import { type ChosenLayout, chosenLayouts } from '../../layouts/chosen-layout.js';
import type { EventLayout } from '../../layouts/event-layouts.js';
import { fewestDraws } from '../../layouts/own-density.js';
import { requireKnownOptions, requirePaths } from '../../names.js';
import { type JobOptions, jobOptions } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { filesTogether, requireDifferentFiles, requireRows } from '../files-of-sample.js';
import { densitiesFromDraws, densitiesFromSpread, type OwnDensities } from '../own-densities.js';
import { requireRowWeights } from '../row-weights.js';
import type { FileOfSample } from '../sample-file.js';
import { type NumberedRows, rowText } from '../source-rows.js';
import { EventSample } from './event-sample.js';

export interface OpenEventsOptions extends JobOptions {
  /** The name of a layout of events, the path of a description of one (JSON), or a description; recognized where left out. */
  readonly layout?: ChosenLayout;
  /** Only events with that many objects; all where left out. */
  readonly multiplicity?: number | undefined;
}

/** Their names, for functions that refuse others. */
export const openEventsOptions: Readonly<Record<keyof OpenEventsOptions, true>> = {
  ...jobOptions,
  layout: true,
  multiplicity: true,
};

const inGeV = { MeV: 1e-3, GeV: 1, TeV: 1e3 } as const;

/** A file whose frame has a layout. */
export interface EventFile {
  readonly path: string;
  readonly layout: EventLayout;
  readonly frame: StoredFrame;
  /** For each object the columns of E, px, py, pz. */
  readonly columns: readonly (readonly FrameColumn[])[];
  /** With the weights of the events; null: each counts 1. */
  readonly weights: FrameColumn | null;
  /** With draws of ln p, or its spread; null: the frame has none. */
  readonly densities: readonly FrameColumn[] | null;
}

/**
 * Finds the frame of a file and the layout that its columns have.
 *
 * @throws FileError ERR_LAYOUT where it has none, ERR_DATASET_TYPE where a layout needs the order of columns and the frame does not tell
 * it, and the codes for files.
 */
export async function findEvents(path: string, options: OpenEventsOptions): Promise<EventFile> {
  const { signal } = options;
  const layouts = await chosenLayouts(options.layout, 'events');
  const frames = framesOf(await listFile(path, signal));
  const chosen = options.layout !== undefined;
  let code: ErrorCode = 'ERR_LAYOUT';
  let refused = 'it holds no frame of pandas';
  for (const layout of layouts) {
    if (!chosen && layout.ownDensity !== null) continue;
    const [frame, ...others] = frames.filter(
      ({ path: key }) => layout.key === null || key === `/${layout.key}`,
    );
    if (!frame || others.length > 0) {
      if (frames.length > 0) {
        const keys = frames.map(({ path: key }) => key.slice(1)).join(', ');
        refused = `it holds the frames ${keys}; name one as key of the layout`;
      }
      continue;
    }
    const numbered = [...columnsNamed(layout), ...densityColumnsNamed(layout, 0)];
    if (!knowsItsOrder(frame) && numbered.some((column) => typeof column === 'number')) {
      code = 'ERR_DATASET_TYPE';
      refused = `frame ${frame.path} is a table of several blocks (mixed types, data_columns), whose columns have no safe number, which the layout ${layout.name} needs; give it names of columns, or write the frame with format="fixed"`;
      continue;
    }
    const names = await frameColumns(path, frame, signal);
    const columns = layout.objects.map((object) => object.columns.map((column) => columnOf(names, column)));
    const weights = layout.weights === null ? null : columnOf(names, layout.weights);
    if (columns.flat().every((column) => column !== undefined) && weights !== undefined) {
      const densities = densityColumns(path, layout, names);
      return { path, layout, frame, columns: columns as FrameColumn[][], weights, densities };
    }
    const wanted = columnsNamed(layout);
    const missing = wanted.filter((column) => columnOf(names, column) === undefined);
    refused = `its frame has the columns ${shortList(names.map(({ name }) => name))}; the layout ${layout.name} also needs ${shortList(missing.map(String))}`;
  }
  const advice = chosen ? '' : '; describe its columns with --layout FILE.json';
  throw new FileError(code, path, `not events: ${refused}${advice}`);
}

function columnsNamed({ objects, weights }: EventLayout): (string | number)[] {
  return [...objects.flatMap(({ columns }) => columns), ...(weights === null ? [] : [weights])];
}

/** @param columns of the frame. */
function densityColumnsNamed({ ownDensity }: EventLayout, columns: number): (string | number)[] {
  if (ownDensity === null) return [];
  if ('spread' in ownDensity) return [ownDensity.spread];
  const { draws } = ownDensity;
  if (Array.isArray(draws)) return draws;
  return Array.from({ length: Math.max(1, columns - draws.from) }, (_, i) => draws.from + i);
}

/** All of them or none, as in the file of a reference. @throws FileError ERR_DATASET_MISSING. */
function densityColumns(
  path: string,
  layout: EventLayout,
  names: readonly FrameColumn[],
): readonly FrameColumn[] | null {
  const wanted = densityColumnsNamed(layout, names.length);
  const found = wanted.flatMap((column) => columnOf(names, column) ?? []);
  if (found.length === 0) return null;
  const needed = layout.ownDensity && 'draws' in layout.ownDensity ? fewestDraws : 1;
  if (found.length === wanted.length && found.length >= needed) return found;
  const message = `it has ${found.length} columns with ln p of its generator, ${Math.max(needed, wanted.length)} are needed by the layout ${layout.name}`;
  throw new FileError('ERR_DATASET_MISSING', path, message);
}

/** By name, or by number in the order of the frame. */
function columnOf(columns: readonly FrameColumn[], wanted: string | number): FrameColumn | undefined {
  return typeof wanted === 'number' ? columns[wanted] : columns.find(({ name }) => name === wanted);
}

function shortList(names: readonly string[]): string {
  return names.length <= 24 ? names.join(', ') : `${names.slice(0, 24).join(', ')}, …`;
}

/**
 * Reads events from files of pandas (HDF5, `format="fixed"` or `"table"`). Events with numbers that are not finite are left out, and
 * counted in a warning, as arXiv:2305.16774 does.
 *
 * @param paths rows are counted through them.
 * @throws FileError ERR_LAYOUT, ERR_TOO_FEW_ROWS where no event is left, and the codes for files; ArgumentError ERR_ARGUMENT for a
 * file that is named twice; `signal.reason` when aborted.
 */
export async function openEvents(
  paths: string | readonly string[],
  options: OpenEventsOptions = {},
): Promise<EventSample> {
  requirePaths(paths);
  requireKnownOptions(options, openEventsOptions);
  return await readEvents(paths, options);
}

/** The same, for who has options of other kinds of samples among them. */
export async function readEvents(
  paths: string | readonly string[],
  options: OpenEventsOptions = {},
): Promise<EventSample> {
  const { signal, onProgress, multiplicity } = options;
  const all = typeof paths === 'string' ? [paths] : paths;
  await requireDifferentFiles(all);
  const found: EventFile[] = [];
  for (const path of all) found.push(await findEvents(path, options));
  requireOneLayout(found);
  const total = found.reduce((sum, { frame }) => sum + frame.rows, 0);
  const { layout } = found[0] as EventFile;
  const momenta = layout.objects.map(() => [0, 1, 2, 3].map(() => new Float64Array(total)));
  const weights = layout.weights === null ? null : new Float64Array(total);
  const draws = drawsOf(found);
  const densities = new Float64Array(total * (draws ?? 0));
  const files: FileOfSample[] = [];
  let done = 0;
  for (const { path, frame, columns, weights: column, densities: ofDensity } of found) {
    const wanted = [...columns.flat(), ...(column ? [column] : []), ...(ofDensity ?? [])];
    const read = await readFrame(path, frame, wanted, signal);
    const others = wanted.length - (ofDensity?.length ?? 0);
    for (const [i, values] of read.columns.slice(0, others).entries())
      (momenta[i >> 2]?.[i & 3] ?? weights)?.set(values, done);
    for (const [draw, values] of read.columns.slice(others).entries())
      for (const [i, value] of values.entries()) densities[(done + i) * (draws ?? 0) + draw] = value;
    files.push({ source: path, rows: frame.rows, sha256: read.sha256 });
    done += frame.rows;
    onProgress?.({ done, total, message: 'reading' });
  }
  const factor = inGeV[layout.unit];
  if (factor !== 1)
    for (const values of momenta.flat()) for (let i = 0; i < total; i++) (values[i] as number) *= factor;
  const origin = filesTogether(all[0] as string, all.length, files);
  const selection = { multiplicity: null, sourceRows: null };
  const whole = new EventSample(
    layout,
    { momenta, weights, densities: ownDensities(layout, densities, draws) },
    origin,
    selection,
    [],
  );
  const chosen = selected(withoutOddRows(whole), multiplicity);
  if (chosen.weights) requireRowWeights(chosen.weights, placesOf(chosen), origin.source);
  return chosen;
}

/** @throws FileError ERR_LAYOUT. */
function requireOneLayout([first, ...others]: readonly EventFile[]): void {
  const other = others.find(({ layout }) => layout.name !== first?.layout.name);
  if (!first || !other) return;
  const message = `its layout is ${other.layout.name}, that of ${first.path} is ${first.layout.name}; files of one sample need one layout`;
  throw new FileError('ERR_LAYOUT', other.path, message);
}

/** Columns of ln p; null: no file has them. @throws FileError ERR_LAYOUT where files have not equally many. */
function drawsOf([first, ...others]: readonly EventFile[]): number | null {
  const known = first?.densities?.length ?? null;
  const other = others.find(({ densities }) => (densities?.length ?? null) !== known);
  if (other === undefined) return known;
  const words = (columns: number | null) => `${columns ?? 'no'} columns with ln p of its generator`;
  const message = `it has ${words(other.densities?.length ?? null)}, ${first?.path} has ${words(known)}; files of one sample need the same`;
  throw new FileError('ERR_LAYOUT', other.path, message);
}

function ownDensities(
  { ownDensity }: EventLayout,
  values: Float64Array,
  columns: number | null,
): OwnDensities | null {
  if (columns === null || ownDensity === null) return null;
  return 'spread' in ownDensity ? densitiesFromSpread(values) : densitiesFromDraws(values, columns);
}

/** @throws FileError ERR_TOO_FEW_ROWS. */
function withoutOddRows(sample: EventSample): EventSample {
  const columns = [...sample.momenta.flat(), ...(sample.weights ? [sample.weights] : [])];
  const kept = rowsWhere(sample.rows, (row) => columns.every((values) => Number.isFinite(values[row])));
  requireRows(sample.origin.source, 'events', { left: kept.length, read: sample.rows });
  const dropped = sample.rows - kept.length;
  if (dropped === 0) return sample;
  const first = kept.findIndex((row, i) => row !== i);
  const message = `${dropped} of ${sample.rows} events hold numbers that are not finite, the first is ${rowText(placesOf(sample), first < 0 ? kept.length : first)}; they are left out`;
  const left = sample.only(kept);
  const warnings: Warning[] = [...sample.warnings, { code: 'non-finite', message }];
  return new EventSample(left.layout, left, left.origin, left.selection, warnings);
}

/** @throws FileError ERR_TOO_FEW_ROWS, ERR_LAYOUT where events lack other objects than the last. */
function selected(sample: EventSample, multiplicity: number | undefined): EventSample {
  if (multiplicity === undefined) return sample;
  const counts = sample.multiplicities();
  const chosen = sample.only(
    rowsWhere(sample.rows, (row) => counts[row] === multiplicity),
    multiplicity,
  );
  const path = sample.origin.source;
  if (chosen.rows === 0) {
    const found = [...new Set(counts)].sort((a, b) => a - b).join(', ');
    throw new FileError(
      'ERR_TOO_FEW_ROWS',
      path,
      `no event has ${multiplicity} objects; found are ${found || 'none'}`,
    );
  }
  const gap = rowsWhere(chosen.rows, (row) =>
    chosen.momenta.slice(0, multiplicity).some(([energies]) => energies?.[row] === 0),
  )[0];
  if (gap !== undefined) {
    const message = `the event in ${rowText(placesOf(chosen), gap)} lacks another object than the last: absent objects are padded at the end; order the columns so`;
    throw new FileError('ERR_LAYOUT', path, message);
  }
  return chosen;
}

function placesOf({ rows, selection, origin }: EventSample): NumberedRows {
  return { rows, sourceRows: selection.sourceRows, files: origin.files };
}

function rowsWhere(rows: number, holds: (row: number) => boolean): Float64Array {
  const kept = new Float64Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (holds(row)) kept[count++] = row;
  return kept.slice(0, count);
}
