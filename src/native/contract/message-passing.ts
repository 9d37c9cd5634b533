/** native/mpi/module.cc as TypeScript sees it. */

export const messagePassingVersion = 1;

/** Where in an MPI job this process is. */
export interface RankPlace {
  readonly rank: number;
  readonly ranks: number;
  readonly host: string;
  /** First line of the version of MPI. */
  readonly library: string;
}

/** 'opened' once, any number of 'message', and 'closed' or 'failed' at the end. */
export interface NotifyOfRanks {
  (event: 'opened', place: RankPlace): void;
  (event: 'message', rank: number, kind: number, bytes: Uint8Array): void;
  (event: 'closed'): void;
  (event: 'failed', message: string): void;
}

/** The addon for several ranks. It does what MPI has to say on a thread of its own. */
export interface MessagePassing {
  readonly abiVersion: number;
  /** Once a process. */
  open(notify: NotifyOfRanks): void;
  /** The bytes are copied. What is sent to one rank arrives in its order. */
  send(rank: number, kind: number, bytes: Uint8Array): void;
  /** What was sent goes first. All ranks must come to it. */
  close(): void;
}
