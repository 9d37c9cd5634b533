import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { Command } from 'commander';
import { ArgumentError, CaloscopeError } from '../errors.js';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { listFile } from '../formats/hdf5/reader/list-file.js';
import { tableFormatAt } from '../formats/tables/read-table.js';
import { chosenLayout } from '../layouts/chosen-layout.js';
import { proposedLayout } from '../layouts/proposed-layout.js';
import { usableCores } from '../machine/usable-cores.js';
import { native } from '../native/binding.js';
import { callNative } from '../native/run-job.js';
import { emptyText } from '../samples/files-of-sample.js';
import { describeFile, requireFileOptions } from '../samples/kinds.js';
import { otherKindCodes } from '../samples/sample.js';
import { type FileInspection, inspectShowerFile } from '../samples/showers/inspection.js';
import { packageVersion } from '../versions.js';
import { columns, count, energy, fileSize, percent } from './figures.js';
import { runInspectTable } from './inspect-table.js';
import * as options from './options.js';
import type { Session } from './session.js';

export interface InspectOptions extends options.RunOptions, options.SampleFileOptions {
  readonly layoutOut?: string;
}

/** Reasons to look at what else is in a file. */
const unknownLayout: ReadonlySet<string> = new Set([
  'ERR_LAYOUT',
  'ERR_DATASET_MISSING',
  'ERR_DATASET_SHAPE',
  'ERR_DATASET_TYPE',
]);

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('say what is in a shower file; without a file: what caloscope found of this machine')
    .argument('[file]', 'file of a sample, of any kind')
    .option('--layout-out <file>', 'write the proposed layout of a file that none fits, to be edited');
  options.addGeometryOptions(command);
  return options.addSpeechOptions(command);
}

/** Exit code 1 if the file has errors that would stop an evaluation. */
export async function runInspect(
  session: Session,
  path: string | undefined,
  chosen: InspectOptions,
): Promise<number> {
  if (path === undefined) {
    concludeMachine(session);
    return 0;
  }
  const { layoutOut } = chosen;
  const opening = options.openingOptions(chosen);
  const asTable = async () => {
    requireFileOptions('matrix', opening);
    return await runInspectTable(session, path);
  };
  if (layoutOut !== undefined) await requireOutputFile(layoutOut, { force: false, inputs: [path] });
  const format = await tableFormatAt(path);
  const maybeShowers = (format === 'npy' || format === 'npz') && (await isLayoutOfShowers(chosen.layout));
  if (format !== null && !maybeShowers) return await asTable();
  const show = session.progress.stage('reading');
  const inspection = await inspectShowerFile(path, {
    ...opening,
    signal: session.signal,
    onProgress: ({ rows, totalRows }) => show({ done: rows, total: totalRows, message: 'reading' }),
  }).catch(async (error) => {
    if (error instanceof CaloscopeError && unknownLayout.has(error.code)) {
      if (maybeShowers && chosen.layout === undefined && otherKindCodes.includes(error.code)) return null;
      const other = await describeFile(path, { ...opening, signal: session.signal }).catch((refused) => {
        if (refused instanceof ArgumentError) throw refused; // an option that is not for the kind of the file
        return null;
      });
      if (other) return other;
      if (await concludeUnknown(session, path, error, layoutOut)) return undefined;
    }
    throw error;
  });
  if (inspection === undefined) return 0;
  if (inspection === null) return await asTable();
  if ('content' in inspection) {
    const { layout, rows, content } = inspection;
    session.conclude({ path, layout, rows, content: content.words }, [
      path,
      ...columns([
        ['layout', layout],
        ['rows', rows === null ? 'not known' : count(rows)],
        ['content', content.words],
      ]),
      ...(rows === 0 ? [`Problems: ${emptyText('rows')}`] : []),
    ]);
    return rows === 0 ? 1 : 0;
  }
  session.conclude(inspection, linesOf(inspection));
  return inspection.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** Whether a file may be held against it as one of showers: none was chosen, or one of showers. */
async function isLayoutOfShowers(layout: string | undefined): Promise<boolean> {
  const chosen = await chosenLayout(layout);
  return chosen === null || chosen.kind === 'showers';
}

/**
 * Lists what is in a file that no layout fits, and a description to begin with.
 *
 * @returns whether the description was asked for and written: that is a success.
 */
async function concludeUnknown(
  session: Session,
  path: string,
  { code, message }: CaloscopeError,
  layoutOut: string | undefined,
): Promise<boolean> {
  // What stops the listing matters less than why it was made.
  const listing = await listFile(path, session.signal).catch(() => null);
  if (listing === null) return false;
  const { datasets, complete } = listing;
  const plain = datasets.flatMap(({ path: name, contents, attributes, refused }) =>
    contents && refused === null && !contents.type.startsWith('sequences')
      ? [{ path: name, shape: contents.shape, attributes }]
      : [],
  );
  const proposal = proposedLayout(plain);
  const written = proposal !== null && layoutOut !== undefined;
  if (written) {
    await writeFile(layoutOut, `${JSON.stringify(proposal, null, 2)}\n`, { flag: 'wx' });
  }
  const listed = datasets.map(({ path: name, contents, attributes, refused }) => [
    name,
    contents?.shape.join('×') ?? '',
    contents?.type ?? '',
    Object.entries(attributes)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    refused?.message ?? '',
  ]);
  const described =
    proposal === null
      ? [
          'Nothing in it looks like voxels and incident energies. Points need a description of your own: docs/layouts.md.',
        ]
      : written
        ? [`Wrote the proposed layout ${layoutOut}; check its axes and units, then --layout ${layoutOut}`]
        : [
            'Proposed layout (axes and units are guesses; --layout-out FILE writes it):',
            JSON.stringify(proposal),
          ];
  session.conclude({ path, error: { code, message }, datasets, complete, proposal, written }, [
    path,
    'Datasets:',
    ...columns(listed),
    ...(complete ? [] : ['  and more']),
    ...described,
  ]);
  return written;
}

function concludeMachine(session: Session): void {
  const { kernelSet, kernelSetReason, inflate, logicalCores } = callNative(() => native().machine());
  const cuda = callNative(() => native().cudaDevices());
  const memory = totalmem();
  const usable = usableCores();
  const platform = `${process.platform}-${process.arch}`;
  const machine = {
    caloscope: packageVersion,
    node: process.versions.node,
    platform,
    logicalCores,
    usableCores: usable.count,
    usableCoresReason: usable.reason,
    memoryBytes: memory,
    kernelSet,
    kernelSetReason,
    inflate,
    cuda,
  };
  const rows = [
    ['caloscope', packageVersion],
    ['Node', process.versions.node],
    ['platform', platform],
    ['cores', `${logicalCores}, usable ${usable.count} (${usable.reason})`],
    ['memory', fileSize(memory)],
    ['kernel set', `${kernelSet} (${kernelSetReason})`],
    ['gzip', inflate],
    ...cuda.devices.map(({ number, name, computeCapability, memoryBytes }) => [
      `CUDA device ${number}`,
      `${name}, compute capability ${computeCapability}, ${fileSize(memoryBytes)}`,
    ]),
    ...(cuda.reason === null ? [] : [['CUDA', `none: ${cuda.reason}`]]),
  ];
  session.conclude(machine, columns(rows));
}

function linesOf(inspection: FileInspection): string[] {
  const { datasets, layers, problems } = inspection;
  const stored = datasets.map(({ path, shape, type, chunks, filters }) => {
    const packing = `${chunks ? `chunks ${chunks.join('×')}` : 'one piece'} ${filters.join('+')}`;
    return [path, shape.join('×'), type, packing.trim()];
  });
  const byLayer = (layers ?? []).map(({ id, voxels, occupancy }) => {
    return [`layer ${id}`, `${count(voxels)} voxels`, `occupancy ${percent(occupancy)}`];
  });
  return [
    inspection.path,
    ...columns(overviewOf(inspection)),
    'Datasets:',
    ...columns(stored),
    ...(byLayer.length > 0 ? ['Layers:', ...columns(byLayer)] : []),
    ...(problems.length > 0 ? ['Problems:'] : ['No problems.']),
    ...problems.map(({ severity, code, message }) => `  ${severity}: ${code}: ${message}`),
  ];
}

function showerSize({ points, voxels, geometry }: FileInspection): string {
  if (voxels === null) return 'as points';
  return points ? `as points, in ${count(voxels)} voxels of ${geometry}` : `of ${count(voxels)} voxels`;
}

function overviewOf(inspection: FileInspection): string[][] {
  const { incidentEnergy, voxelEnergy, depositedOverIncident, occupancy, storedUnits } = inspection;
  const range = (found: { min: number; max: number } | null) =>
    found ? `${energy(found.min)} to ${energy(found.max)}` : 'none';
  return [
    ['size', fileSize(inspection.bytes)],
    ['layout', `${inspection.layout}${inspection.toy ? ', toy showers of caloscope' : ''}`],
    ['geometry', inspection.geometry ? `${inspection.geometry}, ${inspection.geometryReason}` : 'not known'],
    ['showers', `${count(inspection.rows)} ${showerSize(inspection)}`],
    [
      'stored units',
      `incident ${storedUnits.incidentEnergies}, ${inspection.points ? 'points' : 'voxels'} ${storedUnits.voxels}`,
    ],
    ['incident energy', range(incidentEnergy)],
    ['voxel energy', range(voxelEnergy)],
    [
      'deposited / incident',
      depositedOverIncident === null ? 'none' : `median ${depositedOverIncident.toFixed(4)}`,
    ],
    ['occupancy', occupancy === null ? 'none' : percent(occupancy)],
  ];
}
