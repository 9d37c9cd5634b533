import { availableParallelism, totalmem } from 'node:os';
import { Command } from 'commander';
import { native } from '../native/binding.js';
import { callNative } from '../native/run-job.js';
import { type FileInspection, inspectShowerFile } from '../samples/showers/inspection.js';
import { packageVersion } from '../versions.js';
import { columns, count, energy, fileSize, percent } from './figures.js';
import * as options from './options.js';
import type { Session } from './session.js';

export interface InspectOptions extends options.RunOptions, options.ShowerFileOptions {}

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('say what is in a shower file; without a file: what caloscope found of this machine')
    .argument('[file]', 'HDF5 file of showers');
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
  const show = session.progress.stage('reading');
  const inspection = await inspectShowerFile(path, {
    geometry: chosen.geometry,
    particle: chosen.particle,
    group: chosen.group,
    layout: chosen.layout,
    signal: session.signal,
    onProgress: ({ rows, totalRows }) => show({ done: rows, total: totalRows, message: 'reading' }),
  });
  session.conclude(inspection, linesOf(inspection));
  return inspection.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function concludeMachine(session: Session): void {
  const { kernelSet, kernelSetReason, logicalCores } = callNative(() => native().machine());
  const cuda = callNative(() => native().cudaDevices());
  const memory = totalmem();
  const platform = `${process.platform}-${process.arch}`;
  const machine = {
    caloscope: packageVersion,
    node: process.versions.node,
    platform,
    logicalCores,
    usableCores: availableParallelism(),
    memoryBytes: memory,
    kernelSet,
    kernelSetReason,
    cuda,
  };
  const rows = [
    ['caloscope', packageVersion],
    ['Node', process.versions.node],
    ['platform', platform],
    ['cores', `${logicalCores}, usable ${machine.usableCores}`],
    ['memory', fileSize(memory)],
    ['kernel set', `${kernelSet} (${kernelSetReason})`],
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

function overviewOf(inspection: FileInspection): string[][] {
  const { incidentEnergy, voxelEnergy, depositedOverIncident, occupancy, storedUnits } = inspection;
  const range = (found: { min: number; max: number } | null) =>
    found ? `${energy(found.min)} to ${energy(found.max)}` : 'none';
  return [
    ['size', fileSize(inspection.bytes)],
    ['layout', `${inspection.layout}${inspection.toy ? ', toy showers of caloscope' : ''}`],
    ['geometry', inspection.geometry ? `${inspection.geometry}, ${inspection.geometryReason}` : 'not known'],
    ['showers', `${count(inspection.rows)} of ${count(inspection.voxels)} voxels`],
    ['stored units', `incident ${storedUnits.incidentEnergies}, voxels ${storedUnits.voxels}`],
    ['incident energy', range(incidentEnergy)],
    ['voxel energy', range(voxelEnergy)],
    [
      'deposited / incident',
      depositedOverIncident === null ? 'none' : `median ${depositedOverIncident.toFixed(4)}`,
    ],
    ['occupancy', occupancy === null ? 'none' : percent(occupancy)],
  ];
}
