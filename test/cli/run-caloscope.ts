import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '#caloscope/cli/command-line';

/** The compiled command line. */
export const program = resolve(import.meta.dirname, '../../dist/cli/main.js');

/** Reports the largest memory of the process on a fourth stream when it ends. */
const memoryReporter = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
   process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));`,
)}`;

export interface Outcome {
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process of its own needed. */
export interface MeasuredOutcome extends Outcome {
  readonly seconds: number;
  readonly megabytes: number;
}

export interface RunningCaloscope {
  readonly process: ChildProcess;
  readonly ended: Promise<MeasuredOutcome>;
  /** Waits until stderr holds the text. */
  said(text: string): Promise<void>;
}

/** Starts the compiled command line as a process of its own; nothing is on a terminal. */
export function startCaloscope(
  words: readonly string[],
  folder?: string,
  environment: Readonly<Record<string, string>> = {},
): RunningCaloscope {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', memoryReporter, program, ...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const heard = ['', '', '', ''];
  for (const stream of [1, 2, 3]) {
    child.stdio[stream]?.on('data', (piece: Buffer) => {
      heard[stream] += piece.toString();
    });
  }
  const ended = new Promise<MeasuredOutcome>((accept, refuse) => {
    child.once('error', refuse);
    child.once('close', (exitCode) => {
      const [, stdout, stderr, memory] = heard as [string, string, string, string];
      const seconds = (performance.now() - started) / 1000;
      accept({ exitCode, stdout, stderr, seconds, megabytes: Number(memory) / 1024 });
    });
  });
  const said = async (text: string) => {
    while (!heard[2]?.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without saying "${text}": ${heard[2]}`);
      await new Promise((resume) => setTimeout(resume, 5));
    }
  };
  return { process: child, ended, said };
}

/** Runs the command line within this process, as nearly all tests do: Node and the program are not started again. */
export async function caloscope(words: readonly string[], folder?: string): Promise<Outcome> {
  const heard = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof heard) =>
    new Writable({
      decodeStrings: false,
      write(piece: string, _encoding, done) {
        heard[name] += piece;
        done();
      },
    });
  const io = { stdout: stream('stdout'), stderr: stream('stderr'), signal: new AbortController().signal };
  const before = process.cwd();
  if (folder !== undefined) process.chdir(folder);
  try {
    return { exitCode: await runCommandLine(words, io), ...heard };
  } finally {
    process.chdir(before);
  }
}

/** An empty folder that goes when the test is over. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything in a folder, with a hash of each file: equal before and after means that nothing was written. */
export function contentOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const hash = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
      return `${path} ${hash}`;
    })
    .sort();
}

/** The codes of error lines; a stack trace or a second line makes this fail. */
export const errorLine = /^caloscope: (ERR_[A-Z0-9_]+): [^\n]+\n$/;
