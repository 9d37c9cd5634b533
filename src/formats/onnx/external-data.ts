import { open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { FileError } from '../../errors.js';
import { accessError, requirePlainFile } from '../files/plain-file.js';
import type { ExternalPlace } from './onnx-tensor.js';

/** Bytes of all tensors of a model that lie in other files. */
const mostBytes = 2 ** 31 - 1;

/**
 * Reads numbers that lie beside a model. A model names the file itself, and may come from anywhere: nothing outside of its folder is
 * opened, whatever leads there.
 */
export class ExternalData {
  readonly #model: string;
  #bytes = 0;

  /** @param model path of the model. */
  constructor(model: string) {
    this.#model = model;
  }

  /** @throws FileError ERR_EXTERNAL_DATA, ERR_TOO_LARGE, and the codes for files. */
  async read(tensor: string, { location, offset, length }: ExternalPlace): Promise<Buffer> {
    this.#bytes += length;
    if (this.#bytes > mostBytes) {
      const message = `its weights in other files are more than ${mostBytes} bytes`;
      throw new FileError('ERR_TOO_LARGE', this.#model, message);
    }
    const path = await this.#pathOf(tensor, location);
    const size = await requirePlainFile(path);
    if (offset + length > size) {
      const message = `tensor ${JSON.stringify(tensor)} has ${length} bytes from byte ${offset} on of ${location}, which has ${size}`;
      throw new FileError('ERR_EXTERNAL_DATA', this.#model, message);
    }
    const file = await open(path).catch((cause) => {
      throw accessError(path, cause);
    });
    try {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead === length) return bytes;
      throw new FileError('ERR_FILE_CHANGED', path, 'it became shorter while it was read');
    } finally {
      await file.close();
    }
  }

  async #pathOf(tensor: string, location: string): Promise<string> {
    const refuse = (what: string) => {
      const message = `tensor ${JSON.stringify(tensor)} is in ${JSON.stringify(location)}, ${what}`;
      return new FileError('ERR_EXTERNAL_DATA', this.#model, message);
    };
    const outside = 'outside of the folder of the model, which is never opened; put both into one folder';
    const steps = location.split(/[/\\]/);
    if (
      isAbsolute(location) ||
      /^[a-z]:/i.test(location) ||
      steps.includes('..') ||
      location.includes('\0')
    ) {
      throw refuse(outside);
    }
    const folder = dirname(this.#model);
    const named = join(folder, location);
    const path = await realpath(named).catch(() => null);
    if (path === null) throw refuse('which is not there; copy it beside the model');
    // A link in the folder may lead out of it.
    const way = relative(await realpath(folder), path);
    if (way === '' || way.startsWith(`..${sep}`) || way === '..' || isAbsolute(way)) throw refuse(outside);
    return path;
  }
}
