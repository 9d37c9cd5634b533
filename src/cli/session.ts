import type { Ranks } from '../ranks/ranks.js';
import { documentText, type Io, oneLine } from './io.js';
import { type ProgressDisplay, progressDisplay } from './progress.js';

/** How much a command says, and in which form. */
export interface SpeechOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** One run of a command: what it may use of the outside and how it speaks. */
export interface Session {
  readonly signal: AbortSignal;
  readonly progress: ProgressDisplay;
  /** Processes that share the work, of which this is one. */
  readonly ranks: Ranks | null;
  /** Whether the outcome was told. */
  readonly concluded: boolean;
  /** A word on the way, on stderr; nothing with --json or --quiet. */
  note(line: string): void;
  /** The outcome: the document on stdout with --json, otherwise the lines unless --quiet. */
  conclude(document: object, lines: readonly string[]): void;
}

export async function openSession(
  io: Io,
  { json = false, quiet = false }: SpeechOptions,
  ranks: Ranks | null,
): Promise<Session> {
  const progress = await progressDisplay(io, json || quiet);
  let concluded = false;
  return {
    signal: io.signal,
    progress,
    ranks,
    get concluded() {
      return concluded;
    },
    note(line) {
      if (!json && !quiet) io.stderr.write(`${oneLine(line)}\n`);
    },
    conclude(document, lines) {
      progress.end();
      concluded = true;
      if (json) io.stdout.write(documentText(document));
      else if (!quiet) io.stdout.write(lines.map((line) => `${oneLine(line)}\n`).join(''));
    },
  };
}
