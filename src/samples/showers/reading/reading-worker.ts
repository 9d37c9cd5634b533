/**
 * A worker thread that reads one shower file, alone or with others. It ends when the file is closed: nothing of one file
 * can reach the next.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../../../formats/files/worker-failure.js';
import { loadLibrary } from '../../../formats/hdf5/library.js';
import { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { isNumpyFile } from '../../../formats/numpy/stored-arrays.js';
import { BlockService } from './block-service.js';
import { CoreReading } from './core-reading.js';
import type { OpenRequest, ReadingReply, ReadingRequest, ReadingWorkerData } from './reading-protocol.js';
import {
  type FileShowers,
  openNumpySource,
  openPlaces,
  openPlainSource,
  openShowerSource,
  type ShowerSource,
} from './shower-source.js';

import { UnpackingGate } from './unpacking-gate.js';

const { descriptor, start, gate, threads } = workerData as ReadingWorkerData;

interface OpenShowers {
  readonly showers: FileShowers;
  readonly core: CoreReading | null;
}

function reply(message: ReadingReply): void {
  parentPort?.postMessage(message);
}

async function openFile(request: OpenRequest): Promise<OpenShowers> {
  const { metadata, places, file, showers } = await openSource(request);
  const core = showers.form === 'voxels' ? CoreReading.of(file, showers, threads) : null;
  reply({ kind: 'opened', metadata, places, plan: showers.plan, corePlan: core?.plan ?? null });
  return { showers, core };
}

async function openSource(request: OpenRequest): Promise<ShowerSource> {
  const file = new FileBytes(descriptor, request.path);
  if (isNumpyFile(file)) return await openNumpySource(file, request);
  return openPlainSource(file, request) ?? (await openWithLibrary(request));
}

async function openWithLibrary(request: OpenRequest): Promise<ShowerSource> {
  return openShowerSource(await loadLibrary(), descriptor, request);
}

let service: BlockService | null = null;
// The thread lives until it is ended, also when the file could not be opened.
parentPort?.on('message', (request: ReadingRequest) => service?.answer(request));
try {
  const { showers, core }: OpenShowers =
    start.kind === 'open'
      ? await openFile(start.request)
      : { showers: openPlaces(new FileBytes(descriptor, start.path), start.places), core: null };
  service = parentPort && new BlockService(showers, core, parentPort, new UnpackingGate(gate));
} catch (error) {
  reply({ kind: 'failed', pass: null, ...failureOf(error) });
}
