/**
 * The worker thread that reads one shower file. It ends when its file is closed; nothing of one file can reach the next.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ready } from 'h5wasm/node';
import { CaloscopeError, type ErrorCode } from '../errors.js';
import { ContentCheck } from './content-checks.js';
import type { OpenRequest, ReadingReply, ReadingRequest, ShowerBlock } from './reading-protocol.js';
import { ShowerSource } from './shower-source.js';

/** Blocks sent before the first is asked for again. */
const blocksInFlight = 2;

interface Pass {
  readonly number: number;
  /** Sends the next block, or the end. */
  readonly step: () => void;
}

const request = workerData as OpenRequest;
let source: ShowerSource | null = null;
let pass: Pass | null = null;

function reply(message: ReadingReply, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** Runs `work`; an error is sent instead of thrown. */
function reporting(number: number | null, work: () => void): void {
  try {
    work();
  } catch (error) {
    pass = null;
    reply({ kind: 'failed', pass: number, ...describeFailure(error) });
  }
}

function describeFailure(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CaloscopeError) return { code: error.code, message: error.message };
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== undefined)
    return { code: 'ERR_FILE_ACCESS', message: `cannot be read (${code ?? syscall})` };
  return { code: 'ERR_INTERNAL', message: `unexpected error while reading: ${String(error)}` };
}

function startReading(from: ShowerSource, order: Extract<ReadingRequest, { kind: 'read' }>): void {
  const check = order.policy && new ContentCheck(order.policy);
  const blocks = from.blocks(order.policy === null);
  const step = () => {
    const next = blocks.next();
    if (next.done) {
      pass = null;
      const problems = check ? [...from.metadata.problems, ...check.problems(order.usualEnergies)] : [];
      reply({ kind: 'end', pass: order.pass, problems });
      return;
    }
    check?.check(next.value);
    reply({ kind: 'block', pass: order.pass, block: next.value }, buffersOf(next.value));
  };
  pass = { number: order.pass, step };
  for (let i = 0; i < blocksInFlight && pass !== null; i++) step();
}

function buffersOf(block: ShowerBlock): ArrayBuffer[] {
  const arrays = [
    block.incidentEnergies,
    block.voxels,
    ...(block.logDensityRatio ? [block.logDensityRatio] : []),
  ];
  return arrays.map((array) => array.buffer as ArrayBuffer);
}

function inspect(from: ShowerSource, order: Extract<ReadingRequest, { kind: 'inspect' }>): void {
  const check = new ContentCheck(null, order.layerStarts);
  for (const block of from.blocks(false)) {
    check.check(block);
    reply({ kind: 'progress', pass: order.pass, rows: block.firstRow + block.rows });
  }
  const problems = [...from.metadata.problems, ...check.problems(order.usualEnergies)];
  reply({ kind: 'inspected', pass: order.pass, summary: check.summary(), problems });
}

parentPort?.on('message', (order: ReadingRequest) => {
  const open = source;
  if (!open) return;
  reporting(order.pass, () => {
    if (order.kind === 'read') startReading(open, order);
    else if (order.kind === 'inspect') inspect(open, order);
    else if (pass?.number === order.pass) {
      if (order.kind === 'more') pass.step();
      else pass = null;
    }
  });
});

const library = await ready;
// Without it the library prints its errors. What it leaks for each error goes away with this thread.
library.activate_throwing_error_handler();
reporting(null, () => {
  source = new ShowerSource(library, request);
  reply({ kind: 'opened', metadata: source.metadata });
});
