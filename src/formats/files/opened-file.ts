import { close, fstatSync, open } from 'node:fs';
import { promisify } from 'node:util';
import { FileError } from '../../errors.js';
import { accessError, requirePlainFile } from './plain-file.js';

/**
 * A plain file that was opened once. Threads read it by its descriptor: whatever takes its name meanwhile, all of them
 * see the same file. Whoever closes it ends those threads first.
 */
export class OpenedFile {
  readonly path: string;
  readonly descriptor: number;
  readonly #stamp: string;
  #closed = false;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.descriptor = descriptor;
    this.#stamp = stampOf(descriptor);
  }

  /** @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS. */
  static async open(path: string): Promise<OpenedFile> {
    await requirePlainFile(path);
    const descriptor = await promisify(open)(path, 'r').catch((cause) => {
      throw accessError(path, cause);
    });
    return new OpenedFile(path, descriptor);
  }

  /**
   * What was read belongs together only if the file was not written to since it was opened.
   *
   * @throws FileError ERR_FILE_CHANGED.
   */
  requireUnchanged(): void {
    if (this.#closed || stampOf(this.descriptor) === this.#stamp) return;
    const message = 'it was written to while it was read; read it again when it is complete';
    throw new FileError('ERR_FILE_CHANGED', this.path, message);
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await promisify(close)(this.descriptor);
  }
}

/** Which file it is and when it was last written to. */
function stampOf(descriptor: number): string {
  const { dev, ino, size, mtimeNs } = fstatSync(descriptor, { bigint: true });
  return [dev, ino, size, mtimeNs].join(' ');
}
