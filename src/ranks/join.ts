import { CaloscopeError } from '../errors.js';
import type { RankPlace } from '../native/contract/message-passing.js';
import { loadMessagePassing } from '../native/message-passing.js';
import { type Launch, leftOver } from './launch.js';
import { type RankPost, Ranks } from './ranks.js';

/** A process that is a rank of an MPI job. */
export interface JoinedRank {
  readonly ranks: Ranks;
  /** Leaves the job, once all that was sent has gone and all other ranks leave it too. */
  close(): Promise<void>;
}

const alone = 'where each process is to work by itself, set CALOSCOPE_MPI=off';

/**
 * Joins the MPI job that a launcher speaks of.
 *
 * @throws CaloscopeError ERR_RANKS where it is not there, or MPI sees another number of processes; NativeError ERR_RANKS where the
 * addon is missing.
 */
export async function joinRanks(
  launch: Launch,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<JoinedRank> {
  const { variable, ranks: expected } = launch;
  const variables = `${variable} says that ${expected} processes were started together`;
  const stale = leftOver(environment);
  if (stale !== null) {
    const message = `${variables}, but ${stale} is left over from a launcher that has ended: unset both, or start with mpirun or srun`;
    throw new CaloscopeError('ERR_RANKS', message);
  }
  let addon: ReturnType<typeof loadMessagePassing>;
  try {
    addon = loadMessagePassing(environment['CALOSCOPE_MPI'] || null);
  } catch (cause) {
    if (!(cause instanceof CaloscopeError)) throw cause;
    throw new CaloscopeError('ERR_RANKS', `${variables}; ${cause.message}; ${alone}`, { cause });
  }
  const arrived: [number, number, Uint8Array][] = [];
  let receive: Parameters<RankPost['onMessage']>[0] = (...message) => arrived.push(message);
  let joined: Ranks | null = null;
  let tellClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });
  const place = await new Promise<RankPlace>((resolve, reject) => {
    addon.open(((event: string, ...rest: unknown[]) => {
      if (event === 'opened') resolve(rest[0] as RankPlace);
      else if (event === 'message') receive(...(rest as [number, number, Uint8Array]));
      else {
        if (event === 'failed') {
          const failure = new CaloscopeError('ERR_RANKS', `MPI failed: ${String(rest[0])}`);
          reject(failure);
          joined?.lose(failure);
        }
        tellClosed();
      }
    }) as Parameters<typeof addon.open>[0]);
  });
  const close = () => {
    addon.close();
    return closed;
  };
  if (place.ranks !== expected) {
    await close();
    const library = place.library.replace(/\s+/g, ' ').replace(/,.*/, '');
    const message = `${variables}, and MPI (${library}) sees ${place.ranks}: start with the launcher of the MPI that the addon was built with (srun: --mpi=pmix or pmi2), build it with that of the launcher, or, ${alone}`;
    throw new CaloscopeError('ERR_RANKS', message);
  }
  joined = new Ranks({
    ...place,
    send: (rank, kind, bytes) => addon.send(rank, kind, bytes),
    onMessage(listener) {
      receive = listener;
      for (const message of arrived.splice(0)) listener(...message);
    },
  });
  return { ranks: joined, close };
}
