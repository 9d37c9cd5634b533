import { CaloscopeError } from '../../errors.js';
import { allocated } from '../../machine/allocation.js';
import { type NpyField, type NpyHeader, npyHeaderOf, npyNumbers } from '../numpy/npy-header.js';
import { columnNames, sideBySide, type TablePart } from './columns.js';
import type { NumberTable } from './number-table.js';

/**
 * A NumPy array (.npy): its first axis counts rows, the others columns; the fields of a structured array are columns.
 *
 * @param name of the columns of an array without fields.
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED, ERR_DATASET_TYPE, ERR_MEMORY.
 */
export async function readNpy(pieces: AsyncIterable<Buffer>, name: string): Promise<readonly TablePart[]> {
  let decoder: NpyDecoder | null = null;
  let begin = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (decoder) {
      decoder.add(piece);
      continue;
    }
    begin = Buffer.concat([begin, piece]);
    const header = npyHeaderOf(begin);
    if (header === null) continue;
    decoder = new NpyDecoder(header.header, name);
    decoder.add(begin.subarray(header.end));
  }
  if (!decoder)
    throw new CaloscopeError('ERR_FILE_TRUNCATED', 'it ends in the header of a NumPy array; copy it again');
  return decoder.finish();
}

/** The same as one table. */
export async function readNpyTable(pieces: AsyncIterable<Buffer>): Promise<NumberTable> {
  return sideBySide(await readNpy(pieces, 'column'));
}

/** Takes the bytes of an array as they come. */
class NpyDecoder {
  readonly #header: NpyHeader;
  readonly #parts: readonly {
    readonly field: NpyField;
    readonly array: string | null;
    readonly names: readonly string[];
    readonly values: Float32Array;
  }[];
  readonly #rows: number;
  /** Elements of a row. */
  readonly #width: number;
  readonly #elementBytes: number;
  #left = Buffer.alloc(0);
  #done = 0;

  constructor(header: NpyHeader, name: string) {
    const [rows = 1, ...axes] = header.shape;
    this.#header = header;
    this.#rows = rows;
    this.#width = axes.reduce((product, length) => product * length, 1);
    if (this.#width === 0 || header.fields.length === 0) {
      throw new CaloscopeError(
        'ERR_DATASET_SHAPE',
        `an array of shape (${header.shape.join(',')}) has no columns`,
      );
    }
    this.#elementBytes = header.fields.reduce(
      (sum, field) => sum + field.count * npyNumbers[field.number.type].bytes,
      0,
    );
    this.#parts = header.fields.map((field) => {
      const several = axes.length > 0 || field.several;
      const numbers = this.#width * field.count;
      return {
        field,
        array: several ? (field.name ?? name) : null,
        names: columnNames(field.name ?? name, several ? numbers : null),
        values: allocated(rows * numbers),
      };
    });
  }

  add(piece: Buffer): void {
    const bytes = this.#left.length === 0 ? piece : Buffer.concat([this.#left, piece]);
    const elements = Math.min(Math.floor(bytes.length / this.#elementBytes), this.#all - this.#done);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (let i = 0; i < elements; i++) {
      const place = this.#placeOf(this.#done + i);
      for (const { field, values } of this.#parts) {
        const { bytes: size, read } = npyNumbers[field.number.type];
        for (let k = 0; k < field.count; k++) {
          values[place * field.count + k] = read(view, at, field.number.littleEndian);
          at += size;
        }
      }
    }
    this.#done += elements;
    this.#left = Buffer.from(bytes.subarray(at, this.#done < this.#all ? undefined : at));
  }

  finish(): readonly TablePart[] {
    if (this.#done < this.#all) {
      const message = `${this.#all} elements are announced, ${this.#done} are there; copy the file again`;
      throw new CaloscopeError('ERR_FILE_TRUNCATED', message);
    }
    return this.#parts.map(({ names, array, values }) => ({ names, array, rows: this.#rows, values }));
  }

  get #all(): number {
    return this.#rows * this.#width;
  }

  /** Where a stored element lies in C order. */
  #placeOf(element: number): number {
    const { shape, fortranOrder } = this.#header;
    if (!fortranOrder) return element;
    let [place, stride, rest] = [0, this.#all, element];
    for (const length of shape) {
      stride /= length;
      place += (rest % length) * stride;
      rest = Math.floor(rest / length);
    }
    return place;
  }
}
