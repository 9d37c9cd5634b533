import { constants } from 'node:os';

/** Signals with which users, terminals and batch systems ask a program to end; the exit codes are those of shells. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGXCPU'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** The program was asked to end, or what it says is not read any more. */
export class Interruption extends Error {
  /** As a shell reports it: 128 + the number of the signal. */
  readonly exitCode: number;

  readonly signal: EndingSignal | 'SIGPIPE';

  /** @param advice how to resume. */
  constructor(signal: EndingSignal | 'SIGPIPE', advice?: string) {
    const what = signal === 'SIGPIPE' ? 'the output is not read any more' : `interrupted by ${signal}`;
    super(advice === undefined ? what : `${what}; ${advice}`);
    this.signal = signal;
    this.exitCode = 128 + constants.signals[signal];
  }
}
