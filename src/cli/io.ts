import type { Writable } from 'node:stream';

/** What a command has of the outside; tests pass their own. */
export interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborted with an {@link Interruption} when the user wants the program to end. */
  readonly signal: AbortSignal;
}

const signalNumbers = { SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

/** The program was asked to end, or what it says is not read any more. */
export class Interruption extends Error {
  /** As a shell reports it: 128 + the number of the signal. */
  readonly exitCode: number;

  readonly signal: keyof typeof signalNumbers;

  /** @param advice how to resume. */
  constructor(signal: keyof typeof signalNumbers, advice?: string) {
    const what = signal === 'SIGPIPE' ? 'the output is not read any more' : `interrupted by ${signal}`;
    super(advice === undefined ? what : `${what}; ${advice}`);
    this.signal = signal;
    this.exitCode = 128 + signalNumbers[signal];
  }
}

/** One line that cannot steer a terminal: names in files and paths are not trusted. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
