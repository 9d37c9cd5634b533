import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { progressDisplay } from '#caloscope/cli/progress';

class FakeTerminal extends Writable {
  readonly isTTY: boolean;
  readonly columns = 120;
  text = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(piece: Buffer, _: string, done: () => void): void {
    this.text += piece.toString();
    done();
  }
}

async function display(isTTY: boolean, silent = false) {
  const stderr = new FakeTerminal(isTTY);
  const io = { stdout: new FakeTerminal(false), stderr, signal: new AbortController().signal };
  return { stderr, progress: await progressDisplay(io, silent) };
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

describe('progress', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('on a terminal is a bar with name, percentage, rate and time left; the cursor comes back', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
    const { stderr, progress } = await display(true);
    const show = progress.stage('training');
    expect(stderr.text).toBe('');
    show({ done: 0, total: 1000, message: '' });
    vi.advanceTimersByTime(2000);
    show({ done: 420, total: 1000, message: '' });
    progress.end();
    expect(stderr.text).toContain(hideCursor);
    expect(stderr.text).toMatch(/training +\[.*\] 42% \| 210 rows\/s, 3 s left/);
    expect(stderr.text.lastIndexOf(showCursor)).toBeGreaterThan(stderr.text.lastIndexOf(hideCursor));
  });

  it('on a terminal a new stage ends the bar of the one before, which may not speak any more', async () => {
    const { stderr, progress } = await display(true);
    const reading = progress.stage('reading');
    reading({ done: 10, total: 10, message: '' });
    const training = progress.stage('training');
    const length = stderr.text.length;
    reading({ done: 5, total: 10, message: '' });
    expect(stderr.text).toHaveLength(length);
    training({ done: 1, total: 10, message: '' });
    progress.end();
    expect(stderr.text).toContain('training');
  });

  it('elsewhere is a line at the first progress, every minute and at the end', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { stderr, progress } = await display(false);
    const show = progress.stage('reading');
    vi.advanceTimersByTime(5000); // what comes before the first progress says nothing about the rate
    for (let done = 0; done <= 100; done++) {
      show({ done: 100 * done, total: 10_000, message: '' });
      vi.advanceTimersByTime(2000);
    }
    show({ done: 100, total: 100, message: '' });
    progress.end();
    expect(stderr.text).toBe(
      'reading: 0 %\n' +
        'reading: 30 %, 50 rows/s, 2 min 20 s left\n' +
        'reading: 60 %, 50 rows/s, 1 min 20 s left\n' +
        'reading: 90 %, 50 rows/s, 20 s left\n' +
        'reading: 100 %\n',
    );
  });

  it('is silent when told so', async () => {
    const { stderr, progress } = await display(true, true);
    progress.stage('reading')({ done: 1, total: 2, message: '' });
    progress.end();
    expect(stderr.text).toBe('');
  });
});
