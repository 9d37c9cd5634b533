import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { coresOfMask, usableCoresBeside } from '../machine/usable-cores.js';
import { native } from '../native/binding.js';
import { callNative } from '../native/run-job.js';
import type { Launch } from '../ranks/launch.js';
import { RankError, type Ranks } from '../ranks/ranks.js';
import { packageVersion } from '../versions.js';
import { reportFailure } from './failure.js';
import { type EndingSignal, Interruption } from './interruption.js';
import type { Io } from './io.js';

/** Milliseconds that a rank waits for the others, where nothing is left to be done: until they leave, after a failure less long. */
const patience = { tellingFirst: 2000, leaving: 120_000, leavingFailed: 10_000, failed: 60_000 };

/**
 * Runs a command on one rank of an MPI job. The first rank speaks; the others are silent, and end with its exit code.
 *
 * @param run gives the exit code of this rank, and tells the others of its failure.
 */
export async function onRanks(
  launch: Launch,
  words: readonly string[],
  io: Io,
  run: (io: Io, ranks: Ranks) => Promise<number>,
): Promise<number> {
  const speech = { debug: words.includes('--debug'), json: words.includes('--json') };
  const { joinRanks } = await import('../ranks/join.js');
  const joined = await joinRanks(launch, process.env).catch((error: unknown) => ({ error }));
  if ('error' in joined) {
    if (launch.rank === 0) return reportFailure(joined.error, io, speech);
    // The launcher ends all with the first that ends: the one that speaks must be faster.
    await wait(patience.tellingFirst);
    return 1;
  }
  const { ranks, close } = joined;
  const signal = endOfWork(io.signal, ranks);
  const exitCode = ranks.first
    ? await runFirst({ ...io, signal }, ranks, run)
    : await runOther({ ...silent(), signal }, ranks, run);
  const longest = exitCode === 0 ? patience.leaving : patience.leavingFailed;
  const left = await Promise.race([close().then(() => true), wait(longest, false, { ref: false })]);
  // One of them hangs. A process that ends without leaving has the launcher end all.
  if (!left) process.exit(exitCode);
  return exitCode;
}

/**
 * What ranks say to each other first: that they were started alike, and where.
 *
 * @returns the threads of this one, unless the user says how many.
 * @throws CaloscopeError ERR_RANKS.
 */
export async function meetRanks(ranks: Ranks, words: readonly string[]): Promise<number> {
  const { kernelSet } = callNative(() => native().machine());
  await ranks.agree([
    { what: 'the version', value: packageVersion },
    { what: 'the command line', value: words.join(' ') },
    { what: 'the kernel set (CALOSCOPE_KERNELS names one)', value: kernelSet },
  ]);
  const { host } = ranks;
  const cores = coresOfMask();
  const met = await ranks.toFirst(Buffer.from(JSON.stringify({ host, cores })));
  const places = met?.map(
    (bytes) => JSON.parse(Buffer.from(bytes).toString()) as { host: string; cores: string | null },
  );
  const onNode = (await ranks.fromFirst(() => places ?? [])).filter((one) => one.host === host);
  ranks.onNode = onNode.length;
  return usableCoresBeside(onNode.filter((one) => one.cores === cores).length).count;
}

type Run = Parameters<typeof onRanks>[3];

async function runFirst(io: Io, ranks: Ranks, run: Run): Promise<number> {
  const exitCode = await run(io, ranks);
  ranks.end(exitCode);
  return exitCode;
}

async function runOther(io: Io, ranks: Ranks, run: Run): Promise<number> {
  const exitCode = await run(io, ranks);
  const ended = ranks.ended();
  if (exitCode === 0) return await ended;
  // It was told, or asks all to end: it does so within moments, if it can.
  return (await Promise.race([ended, wait(patience.failed, exitCode, { ref: false })])) || exitCode;
}

/** Aborted where the user or another rank ends the work. */
function endOfWork(own: AbortSignal, ranks: Ranks): AbortSignal {
  const stop = new AbortController();
  const pass = (signal: AbortSignal) => {
    const abort = () => stop.abort(reasonOf(signal.reason));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  };
  pass(own);
  pass(ranks.signal);
  return stop.signal;
}

function reasonOf(reason: unknown): unknown {
  if (!(reason instanceof RankError) || reason.signal === undefined) return reason;
  return new Interruption(reason.signal as EndingSignal);
}

function silent(): Pick<Io, 'stdout' | 'stderr'> {
  const nothing = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  return { stdout: nothing(), stderr: nothing() };
}

/** What the first rank finds, or this process where it is the only one. */
export function onFirst<Found>(
  ranks: Ranks | null,
  find: () => Found | Promise<Found>,
): Found | Promise<Found> {
  return ranks === null ? find() : ranks.fromFirst(find);
}

/** What the first rank alone does. */
export function ifFirst<Found>(ranks: Ranks | null, make: () => Promise<Found>): Promise<Found> | null {
  return ranks === null || ranks.first ? make() : null;
}
