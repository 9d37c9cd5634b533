import { CaloscopeError, type ErrorCode, errorCodes } from '../errors.js';
import type { NativeFitShare } from '../native/contract/training.js';

/** How a rank sends to another, and what it is told: MPI, or a stand-in of tests. */
export interface RankPost {
  readonly rank: number;
  readonly ranks: number;
  readonly host: string;
  send(rank: number, kind: number, bytes: Uint8Array): void;
  /** Gives what comes, in the order of each sender; what came before, too. */
  onMessage(receive: (rank: number, kind: number, bytes: Uint8Array) => void): void;
}

/** Why a rank cannot go on; to the first one. */
export interface RankFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where a signal ended it. */
  readonly signal?: string;
}

/** Another rank failed: its code and message. */
export class RankError extends CaloscopeError {
  readonly signal: string | undefined;

  constructor(where: string, { code, message, signal }: RankFailure) {
    super(code in errorCodes ? code : 'ERR_INTERNAL', `${where}: ${message}`);
    this.signal = signal;
  }
}

/** The first rank has ended: nothing that another does is of use. */
export class Ended extends Error {}

/** Something that must be the same on all ranks, in words that a user knows. */
export interface RankFact {
  readonly what: string;
  readonly value: string;
}

enum Kind {
  Data,
  Failure,
  End,
}

/**
 * The processes of an MPI job that do one work: all run the same program on the same input, each fits its share, and the first, which
 * alone speaks and writes, gets what came of it. A rank that fails tells the first, whose `signal` is aborted; the first tells all others
 * when it ends.
 */
export class Ranks {
  readonly rank: number;
  readonly ranks: number;
  readonly host: string;
  /** Those on the node of this one, this one included; once they have met. */
  onNode = 1;
  readonly #post: RankPost;
  readonly #stop = new AbortController();
  readonly #arrived = new Map<number, Uint8Array[]>();
  readonly #awaited = new Map<number, (bytes: Uint8Array) => void>();
  readonly #ended: Promise<number>;
  #tellEnded: (exitCode: number) => void = () => undefined;
  #dealt = 0;

  constructor(post: RankPost) {
    this.#post = post;
    this.#ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    ({ rank: this.rank, ranks: this.ranks, host: this.host } = post);
    post.onMessage((rank, kind, bytes) => this.#receive(rank, kind, bytes));
  }

  get first(): boolean {
    return this.rank === 0;
  }

  /** Aborted where another rank ends the work; the reason is a {@link RankError}, or {@link Ended}. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * What this rank does of what is counted next: dealt like cards, on from where the last deal ended.
   *
   * @param firstPasses the first rank takes fewer, as it has more to do alone later.
   */
  share(firstPasses = false): NativeFitShare {
    const owners = firstPasses
      ? passingCycle(this.ranks)
      : Array.from({ length: this.ranks }, (_, rank) => rank);
    return {
      taken: Uint8Array.from(owners, (owner) => Number(owner === this.rank)),
      before: this.#dealt % owners.length,
    };
  }

  /** So many were dealt, on all ranks. */
  deal(count: number): void {
    this.#dealt += count;
  }

  /**
   * What the first rank finds, on all of them.
   *
   * @param find gives what JSON holds.
   * @throws what `find` throws, on the first rank; the reason of `signal`.
   */
  async fromFirst<Found>(find: () => Found | Promise<Found>): Promise<Found> {
    if (!this.first) return decoded<{ found: Found }>(await this.#next(0)).found;
    const found = await find();
    const bytes = encoded({ found });
    for (let rank = 1; rank < this.ranks; rank++) this.#post.send(rank, Kind.Data, bytes);
    return found;
  }

  /**
   * Sends bytes to the first rank, which gets those of all, in the order of the ranks; null on the others, which do not wait.
   *
   * @throws the reason of `signal`.
   */
  async toFirst(bytes: Uint8Array): Promise<Uint8Array[] | null> {
    this.signal.throwIfAborted();
    if (!this.first) {
      this.#post.send(0, Kind.Data, bytes);
      return null;
    }
    const all = [bytes];
    for (let rank = 1; rank < this.ranks; rank++) all.push(await this.#next(rank));
    return all;
  }

  /**
   * Compares facts, on the first rank; the others do not wait.
   *
   * @throws CaloscopeError ERR_RANKS, which names the first difference; the reason of `signal`.
   */
  async agree(facts: readonly RankFact[]): Promise<void> {
    const all = await this.toFirst(encoded({ host: this.host, facts }));
    if (!all) return;
    for (const [rank, bytes] of all.entries()) {
      const other = decoded<{ host: string; facts: readonly RankFact[] }>(bytes);
      const differs = facts.find(({ value }, i) => other.facts[i]?.value !== value);
      if (!differs && other.facts.length === facts.length) continue;
      const { what = 'the input', value = '' } = differs ?? {};
      const theirs = other.facts.find((fact) => fact.what === what)?.value ?? 'nothing';
      const message = `${what} is not the same on all ranks: ${value} on rank 0 (${this.host}), ${theirs} on rank ${rank} (${other.host}); start all ranks alike, with files that all nodes see`;
      throw new CaloscopeError('ERR_RANKS', message);
    }
  }

  /** Tells the first rank that this one cannot go on. */
  fail(failure: RankFailure): void {
    if (!this.first) this.#post.send(0, Kind.Failure, encoded({ ...failure, host: this.host }));
  }

  /** Tells all others that the first rank has ended. */
  end(exitCode: number): void {
    for (let rank = 1; rank < this.ranks; rank++) this.#post.send(rank, Kind.End, encoded({ exitCode }));
  }

  /** Nothing comes any more. */
  lose(reason: Error): void {
    this.#stop.abort(reason);
  }

  /** The exit code of the first rank, once it has ended. */
  ended(): Promise<number> {
    return this.#ended;
  }

  #receive(rank: number, kind: number, bytes: Uint8Array): void {
    if (kind === Kind.End) {
      const { exitCode } = decoded<{ exitCode: number }>(bytes);
      this.#stop.abort(new Ended());
      this.#tellEnded(exitCode);
    } else if (kind === Kind.Failure) {
      const { host, ...failure } = decoded<RankFailure & { host: string }>(bytes);
      this.#stop.abort(new RankError(`rank ${rank} (${host})`, failure));
    } else {
      const waiting = this.#awaited.get(rank);
      this.#awaited.delete(rank);
      if (waiting) waiting(bytes);
      else this.#arrived.set(rank, [...(this.#arrived.get(rank) ?? []), bytes]);
    }
  }

  /** The next bytes of a rank. */
  #next(rank: number): Promise<Uint8Array> {
    const here = this.#arrived.get(rank)?.shift();
    return new Promise((resolve, reject) => {
      const stop = () => reject(this.signal.reason);
      if (this.signal.aborted) return stop();
      if (here) return resolve(here);
      this.signal.addEventListener('abort', stop, { once: true });
      this.#awaited.set(rank, (bytes) => {
        this.signal.removeEventListener('abort', stop);
        resolve(bytes);
      });
    });
  }
}

/** Fits of the result to what the first rank does alone, in the time that it takes: about 6 of 20,000 showers. */
const roundsOfCycle = 7;

/**
 * Who gets which card of a cycle of rounds. Where all fits take F and what the first rank does alone F/6, n ranks end together when it
 * takes 1 − n/7 of what another does: it passes in n of 7 rounds, and takes nothing from 7 ranks on.
 */
function passingCycle(ranks: number): number[] {
  const taken = Math.max(0, roundsOfCycle - ranks);
  return Array.from({ length: roundsOfCycle }, (_, round) => {
    const others = Array.from({ length: ranks - 1 }, (_, i) => i + 1);
    const takes =
      Math.floor(((round + 1) * taken) / roundsOfCycle) > Math.floor((round * taken) / roundsOfCycle);
    return takes ? [...others, 0] : others;
  }).flat();
}

function encoded(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function decoded<Value>(bytes: Uint8Array): Value {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as Value;
}
