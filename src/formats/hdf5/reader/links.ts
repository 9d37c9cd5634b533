import { CaloscopeError } from '../../../errors.js';
import type { Library } from '../library.js';
import { corrupt } from './byte-cursor.js';

/** Object kinds as the library counts them. */
const groupKind = 0;
const datasetKind = 1;
const longestLinkChain = 16;
/** Bounds of the search for groups that could have been meant. */
const searchLimit = { groups: 64, depth: 4, names: 256 };

/**
 * Names and links of one HDF5 file, read by the HDF5 library. External links are never followed: every step of a path
 * is looked at before the library is let on it.
 */
export class Hdf5Links {
  readonly #library: Library;
  readonly #file: bigint;

  /** @throws CaloscopeError ERR_FILE_CORRUPT when the library cannot open the file. */
  constructor(library: Library, path: string) {
    this.#library = library;
    this.#file = asCorrupt('it cannot be opened', () => library.open(path, 0, false, -1, -1));
    if (this.#file < 0n) throw corrupt('it cannot be opened');
  }

  /** Names of the links in a group, given by a path that {@link resolve} returned. */
  names(group: string): string[] {
    return asCorrupt(`the group ${group} cannot be read`, () =>
      this.#library.get_names(this.#file, group, false),
    );
  }

  /**
   * The path of an object without any link in it.
   *
   * @throws CaloscopeError ERR_DATASET_MISSING, ERR_EXTERNAL_DATA, ERR_FILE_CORRUPT.
   */
  resolve(path: string): string {
    let waiting = pathSteps(path);
    let current = '';
    let links = 0;
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      if (!this.#isGroup(current) || !this.names(current || '/').includes(step)) {
        throw missing(`${current}/${step} does not exist`, path);
      }
      const next = `${current}/${step}`;
      const target = this.#softTarget(next, path);
      if (target === null) {
        current = next;
        continue;
      }
      links += 1;
      if (links > longestLinkChain) throw missing('its links run in a circle', path);
      if (target.startsWith('/')) current = '';
      waiting = [...pathSteps(target), ...waiting];
    }
    return current || '/';
  }

  /** The path of a group without any link in it; null where there is no group of that path. */
  resolveGroup(path: string): string | null {
    const found = path === '/' ? path : this.#resolved(path);
    return found !== null && this.#isGroup(found) ? found : null;
  }

  #resolved(path: string): string | null {
    try {
      return this.resolve(path);
    } catch (error) {
      if (error instanceof CaloscopeError && error.code === 'ERR_DATASET_MISSING') return null;
      throw error;
    }
  }

  /** Target of a soft link, null for anything that is in place. */
  #softTarget(link: string, path: string): string | null {
    const external = asCorrupt(`the link ${link} cannot be read`, () =>
      this.#library.get_external_link(this.#file, link),
    );
    if (external.filename !== undefined) {
      throw new CaloscopeError(
        'ERR_EXTERNAL_DATA',
        `${path} is said to be in another file, which is never opened; write one self-contained file`,
      );
    }
    return asCorrupt(`the link ${link} cannot be read`, () =>
      this.#library.get_symbolic_link(this.#file, link),
    );
  }

  #isGroup(path: string): boolean {
    return path === '' || path === '/' || this.#kind(path) === groupKind;
  }

  #kind(path: string): number {
    return asCorrupt(`the object ${path} cannot be read`, () => this.#library.get_type(this.#file, path));
  }

  /**
   * Address of the object header of a dataset, given by a path that {@link resolve} returned.
   *
   * @throws CaloscopeError ERR_DATASET_MISSING for another kind of object, ERR_FILE_CORRUPT.
   */
  headerAddress(path: string): number {
    if (this.#kind(path) !== datasetKind) throw missing('it is not a dataset', path);
    return this.#addressOf(path);
  }

  /**
   * Address of the object header of a group, one of {@link names} of another.
   *
   * @throws CaloscopeError ERR_DATASET_MISSING for a link to elsewhere, or another kind of object; ERR_FILE_CORRUPT.
   */
  groupAddress(path: string): number {
    if (!this.#isPlainGroup(path)) throw missing('it is not a group in this place', path);
    return this.#addressOf(path);
  }

  #addressOf(path: string): number {
    const reference = asCorrupt(`the object ${path} cannot be found`, () =>
      this.#library.create_object_reference(this.#file, path),
    );
    return Number(Buffer.from(reference).readBigUInt64LE(0));
  }

  /** Lets the library check the header of a dataset, and gives the shape it reads there. */
  libraryShape(path: string): readonly number[] | null {
    return asCorrupt(`the header of ${path} cannot be read`, () =>
      this.#library.get_dataset_metadata(this.#file, path),
    ).shape;
  }

  hasRootAttribute(name: string): boolean {
    return asCorrupt('the attributes of the file cannot be read', () =>
      this.#library.get_attribute_names(this.#file, '/').includes(name),
    );
  }

  /** Groups below the root for which `fits` holds, by their names; the search is bounded and follows no links. */
  findGroups(fits: (names: ReadonlySet<string>) => boolean): string[] {
    const found: string[] = [];
    let level = ['/'];
    let visited = 0;
    for (let depth = 0; depth < searchLimit.depth; depth++) {
      const next: string[] = [];
      for (const group of level) {
        visited += 1;
        if (visited > searchLimit.groups) return found;
        const names = this.names(group);
        if (fits(new Set(names))) found.push(group);
        const paths = names
          .slice(0, searchLimit.names)
          .map((name) => `${group === '/' ? '' : group}/${name}`);
        next.push(...paths.filter((path) => this.#isPlainGroup(path)));
      }
      level = next;
    }
    return found;
  }

  /** Paths of all datasets, in the order of the links, but no more than `most`; links to other paths are not followed. */
  findDatasets(most: number): { paths: string[]; complete: boolean } {
    const paths: string[] = [];
    const waiting = ['/'];
    let visited = 0;
    for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
      const below: string[] = [];
      for (const name of this.names(group)) {
        visited += 1;
        if (visited > most) return { paths, complete: false };
        const path = `${group === '/' ? '' : group}/${name}`;
        if (!this.#isInPlace(path)) continue;
        const kind = this.#kind(path);
        if (kind === datasetKind) paths.push(path);
        else if (kind === groupKind) below.push(path);
      }
      waiting.push(...below.reverse());
    }
    return { paths, complete: true };
  }

  #isPlainGroup(path: string): boolean {
    return this.#isInPlace(path) && this.#kind(path) === groupKind;
  }

  /** False for links to other paths and files. */
  #isInPlace(path: string): boolean {
    const external = this.#library.get_external_link(this.#file, path).filename !== undefined;
    return !external && this.#library.get_symbolic_link(this.#file, path) === null;
  }

  close(): void {
    this.#library.close_file(this.#file);
  }
}

/** The names in a path. */
export function pathSteps(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function missing(what: string, path: string): CaloscopeError {
  return new CaloscopeError('ERR_DATASET_MISSING', `dataset or group ${path} cannot be reached: ${what}`);
}

/** Runs a call of the library; whatever it throws means that the file is damaged. */
function asCorrupt<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof CaloscopeError ? error : corrupt(what);
  }
}
