import type { Writable } from 'node:stream';

/** Watches whether what a command says on stdout gets there: a document that was cut off must not pass for a whole one. */
export class DocumentStream {
  readonly #stream: Writable;
  #failure: NodeJS.ErrnoException | null = null;

  /** @param onClosed called when nobody reads any more. */
  constructor(stream: Writable, onClosed: () => void) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure ??= error;
      if (error.code === 'EPIPE') onClosed();
    });
  }

  /** The exit code, once all was written or was not. */
  async exitCode(given: number): Promise<number> {
    await new Promise<void>((done) => this.#stream.write('', () => done()));
    // The event of an error comes after the callback of its write.
    await new Promise((done) => setImmediate(done));
    if (!this.#failure || given !== 0) return given;
    if (this.#failure.code === 'EPIPE') return 141;
    const reason = this.#failure.code === 'ENOSPC' ? 'no space is left' : this.#failure.message;
    process.stderr.write(
      `caloscope: ERR_OUTPUT: stdout: what was to be said could not be written (${reason})\n`,
    );
    return 1;
  }
}
