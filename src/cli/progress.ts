import type cliProgress from 'cli-progress';
import type { Progress } from '../native/run-job.js';
import { count, duration } from './figures.js';
import type { Io } from './io.js';

/** Shows how far the stages of a command are. */
export interface ProgressDisplay {
  /** Callback for the progress of rows in a stage; a new stage ends the one before. */
  stage(name: string): (progress: Progress) => void;
  /** Leaves the terminal as it was. */
  end(): void;
}

/** In a log: enough to see that it goes on, few enough to read. */
const secondsBetweenLines = 60;

/** A bar on a terminal, a line a minute elsewhere, nothing when `silent`. */
export async function progressDisplay(io: Io, silent: boolean): Promise<ProgressDisplay> {
  if (silent) return { stage: () => () => undefined, end: () => undefined };
  return io.stderr.isTTY ? barDisplay(io, (await import('cli-progress')).default) : lineDisplay(io);
}

/** Measures rows a second and the time left from the first progress on, once a second has passed. */
class Pace {
  readonly #started = performance.now();
  readonly #doneBefore: number;

  constructor(first: Progress) {
    this.#doneBefore = first.done;
  }

  text({ done, total }: Progress): string {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = (done - this.#doneBefore) / seconds;
    if (seconds < 1 || !(rate > 0)) return '';
    return `${count(rate)} rows/s, ${duration((total - done) / rate)} left`;
  }
}

function share({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** A bar a stage, from its first progress on: what fails at once leaves no bar behind. */
function barDisplay(io: Io, bars: typeof cliProgress): ProgressDisplay {
  let bar: cliProgress.SingleBar | null = null;
  let current = 0;
  const end = () => {
    bar?.stop();
    bar = null;
  };
  const stage = (name: string) => {
    end();
    current += 1;
    const own = current;
    let pace: Pace | null = null;
    return (progress: Progress) => {
      if (current !== own) return;
      bar ??= beginBar(io, bars, name);
      pace ??= new Pace(progress);
      bar.update(Math.floor(100 * share(progress)), { pace: pace.text(progress) });
    };
  };
  return { stage, end };
}

function beginBar(io: Io, bars: typeof cliProgress, name: string): cliProgress.SingleBar {
  const options: cliProgress.Options = {
    format: `${name.padEnd(22)} [{bar}] {percentage}% | {pace}`,
    barsize: 24,
    stream: io.stderr,
    hideCursor: true,
    // Signals are the program's own: it ends by itself, and tidily.
    gracefulExit: false,
  };
  const bar = new bars.SingleBar(options, bars.Presets.shades_classic);
  bar.start(100, 0, { pace: '' });
  return bar;
}

/** A line when a stage makes its first progress, one a minute, and one when it is done. */
function lineDisplay(io: Io): ProgressDisplay {
  let current = 0;
  const stage = (name: string) => {
    current += 1;
    const own = current;
    let pace: Pace | null = null;
    let last = Number.NEGATIVE_INFINITY;
    let finished = false;
    return (progress: Progress) => {
      const now = performance.now();
      const percent = Math.floor(100 * share(progress));
      const due = percent === 100 || now - last >= secondsBetweenLines * 1000;
      if (current !== own || finished || !due) return;
      last = now;
      finished = percent === 100;
      pace ??= new Pace(progress);
      const figures = [`${percent} %`, finished ? '' : pace.text(progress)];
      io.stderr.write(`${name}: ${figures.filter((figure) => figure !== '').join(', ')}\n`);
    };
  };
  return { stage, end: () => undefined };
}
