import cliProgress from 'cli-progress';
import type { Progress } from '../native/run-job.js';
import { count, duration } from './figures.js';
import type { Io } from './io.js';

/** Shows how far the stages of a command are. */
export interface ProgressDisplay {
  /** Callback for the progress of showers in a stage; a new stage ends the one before. */
  stage(name: string): (progress: Progress) => void;
  /** Leaves the terminal as it was. */
  end(): void;
}

const secondsBetweenLines = 3;

/** A bar on a terminal, a line every few seconds elsewhere, nothing when `silent`. */
export function progressDisplay(io: Io, silent: boolean): ProgressDisplay {
  if (silent) return { stage: () => () => undefined, end: () => undefined };
  return io.stderr.isTTY ? barDisplay(io) : lineDisplay(io);
}

/** Showers a second, and seconds left at that rate; null before anything is done. */
function pace(started: number, { done, total }: Progress): { rate: number; left: number } | null {
  const seconds = (performance.now() - started) / 1000;
  if (!(done > 0 && seconds > 0)) return null;
  return { rate: done / seconds, left: ((total - done) * seconds) / done };
}

function paceText(started: number, progress: Progress): string {
  const known = pace(started, progress);
  return known ? `${count(known.rate)} showers/s, ${duration(known.left)} left` : 'starting';
}

function share({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

function barDisplay(io: Io): ProgressDisplay {
  let bar: cliProgress.SingleBar | null = null;
  const end = () => {
    bar?.stop();
    bar = null;
  };
  const stage = (name: string) => {
    end();
    const started = performance.now();
    const begin = () => {
      const options: cliProgress.Options = {
        format: `${name.padEnd(22)} [{bar}] {percentage}% | {pace}`,
        barsize: 24,
        stream: io.stderr,
        hideCursor: true,
        // Signals are the program's own: it ends by itself, and tidily.
        gracefulExit: false,
      };
      const begun = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      begun.start(100, 0, { pace: 'starting' });
      return begun;
    };
    const own = begin();
    bar = own;
    return (progress: Progress) => {
      if (bar !== own) return;
      own.update(Math.floor(100 * share(progress)), { pace: paceText(started, progress) });
    };
  };
  return { stage, end };
}

function lineDisplay(io: Io): ProgressDisplay {
  let current = '';
  const stage = (name: string) => {
    current = name;
    const started = performance.now();
    let last = started;
    io.stderr.write(`${name} …\n`);
    return (progress: Progress) => {
      const now = performance.now();
      if (current !== name || now - last < secondsBetweenLines * 1000) return;
      last = now;
      io.stderr.write(`${name}: ${Math.floor(100 * share(progress))} %, ${paceText(started, progress)}\n`);
    };
  };
  return { stage, end: () => undefined };
}
