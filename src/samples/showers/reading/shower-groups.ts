import { CaloscopeError } from '../../../errors.js';
import { readAttributes } from '../../../formats/hdf5/reader/attributes.js';
import type { FileBytes } from '../../../formats/hdf5/reader/file-bytes.js';
import { readObjectHeader } from '../../../formats/hdf5/reader/object-header.js';
import { readPlainGroup } from '../../../formats/hdf5/reader/plain-group.js';
import type { ShowerGroupPlaces } from './reading-protocol.js';

/** The group of a shower. */
export interface ShowerGroup {
  readonly path: string;
  /** Where the header of a dataset lies. @throws CaloscopeError ERR_DATASET_MISSING. */
  address(dataset: string): number;
  /** @throws CaloscopeError ERR_DATASET_MISSING for an attribute that is not there, or is no number. */
  number(attribute: string): number;
}

/** The groups of a file with one a shower. Synchronous, meant for a worker thread. */
export class ShowerGroups {
  readonly places: ShowerGroupPlaces;
  readonly #file: FileBytes;
  /** Those of the rows that were asked for last: their points, energies and conditions are read one after the other. */
  #open: { readonly firstRow: number; readonly groups: readonly ShowerGroup[] } | null = null;

  constructor(file: FileBytes, places: ShowerGroupPlaces) {
    this.#file = file;
    this.places = places;
  }

  get rows(): number {
    return this.places.paths.length;
  }

  /** @throws CaloscopeError ERR_LAYOUT for groups of a form that is not read, ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED. */
  of(firstRow: number, rows: number): readonly ShowerGroup[] {
    const open = this.#open;
    if (open?.firstRow === firstRow && open.groups.length === rows) return open.groups;
    const groups = Array.from({ length: rows }, (_, i) => this.#read(firstRow + i));
    this.#open = { firstRow, groups };
    return groups;
  }

  #read(row: number): ShowerGroup {
    const path = this.places.paths[row] as string;
    const address = this.places.addresses[row] as number;
    const group = readPlainGroup(this.#file, address);
    const attributes = readAttributes(this.#file, readObjectHeader(this.#file, address));
    if (group === null || !attributes.complete) {
      const message = `group ${path} is stored in a form that is not read; write the file again with h5py and the settings it has by itself`;
      throw new CaloscopeError('ERR_LAYOUT', message);
    }
    return {
      path,
      address: (dataset) => {
        const found = group.links.get(dataset);
        if (typeof found === 'number') return found;
        const message = `group ${path} has no dataset ${dataset}; every shower needs one`;
        throw new CaloscopeError('ERR_DATASET_MISSING', message);
      },
      number: (attribute) => {
        const value = attributes.values[attribute];
        if (typeof value === 'number') return value;
        const message = `group ${path} has no number as attribute ${attribute}; every shower needs one`;
        throw new CaloscopeError('ERR_DATASET_MISSING', message);
      },
    };
  }
}
