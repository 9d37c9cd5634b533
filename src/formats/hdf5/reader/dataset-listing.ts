import { CaloscopeError, type ErrorCode } from '../../../errors.js';
import { readAttributes } from './attributes.js';
import { corrupt } from './byte-cursor.js';
import { filterName } from './chunk-filters.js';
import { elementWords } from './element-type.js';
import type { FileBytes } from './file-bytes.js';
import type { Hdf5Links } from './links.js';
import { findMessage, messageType, readObjectHeader } from './object-header.js';
import { readPlainGroup } from './plain-group.js';
import { RowReader } from './row-reader.js';
import { SequenceReader } from './sequence-reader.js';
import { numbersOf, type StoredElements, sequencesOf, storedElements } from './stored-dataset.js';
import { checkSuperblock } from './superblock.js';

/** A dataset of a file, as its header describes it. */
export interface ListedDataset {
  readonly path: string;
  /** Address of its header. */
  readonly address: number;
  readonly contents: ListedContents | null;
  /** Attributes that are one number or one string, such as units. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** False where there are attributes that only the library reads. */
  readonly attributesComplete: boolean;
  /** Why its numbers, or sequences of numbers, cannot be read; null where they can. */
  readonly refused: Refusal | null;
}

export interface ListedContents {
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** In words: `float32`, `compound (e: float32, t: float32)`, `sequences of float32`. */
  readonly type: string;
  readonly storage: StoredElements['storage']['kind'];
  readonly chunks: readonly number[] | null;
  readonly filters: readonly string[];
  /** Members of a compound that hold numbers, with how many of them an element has; null for other types. */
  readonly members: readonly { readonly name: string; readonly length: number }[] | null;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** More objects than this are not listed. */
const mostObjects = 20_000;

/** Datasets of a file. */
export interface DatasetListing {
  readonly datasets: ListedDataset[];
  /** False where objects were left out because there are too many. */
  complete: boolean;
}

/**
 * Every dataset of a file whose groups all have plain forms, by their paths in rising order; null for other files. Links to other
 * paths and files are not followed.
 *
 * @throws CaloscopeError ERR_NOT_HDF5, ERR_FILE_CORRUPT, ERR_FILE_TRUNCATED.
 */
export function listPlainDatasets(file: FileBytes): DatasetListing | null {
  const root = checkSuperblock(file);
  if (root === null) return null;
  const listing: DatasetListing = { datasets: [], complete: true };
  const waiting = [{ path: '', address: root }];
  const seen = new Set<number>();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (!isGroup(file, at.address)) {
      const dataset = listedDataset(file, at.path, at.address);
      if (dataset) listing.datasets.push(dataset);
      continue;
    }
    if (seen.has(at.address)) continue;
    seen.add(at.address);
    const group = readPlainGroup(file, at.address);
    if (!group) return null;
    const found = [...group.links].flatMap(([name, address]) =>
      address === null ? [] : [{ path: `${at.path}/${name}`, address }],
    );
    if (listing.datasets.length + waiting.length + found.length > mostObjects) {
      listing.complete = false;
      return listing;
    }
    waiting.push(...found.reverse());
  }
  listing.datasets.sort(byPath);
  return listing;
}

/** The same for any file, whose links the library finds. */
export function listDatasets(file: FileBytes, links: Hdf5Links): DatasetListing {
  checkSuperblock(file);
  const found = links.findDatasets(mostObjects);
  const datasets = found.paths.flatMap((path) => listedDataset(file, path, links.headerAddress(path)) ?? []);
  return { datasets: datasets.sort(byPath), complete: found.complete };
}

function byPath(a: ListedDataset, b: ListedDataset): number {
  return a.path < b.path ? -1 : 1;
}

function isGroup(file: FileBytes, address: number): boolean {
  const messages = readObjectHeader(file, address);
  return [messageType.symbolTable, messageType.linkInfo].some((type) => findMessage(messages, type));
}

/** Null for an object that is not a dataset: a type that was given a name. */
function listedDataset(file: FileBytes, path: string, address: number): ListedDataset | null {
  const messages = readObjectHeader(file, address);
  if (!findMessage(messages, messageType.layout)) {
    if (findMessage(messages, messageType.dataspace)) throw corrupt(`${path} is a dataset without storage`);
    return null;
  }
  let contents: ListedContents | null = null;
  let refused: Refusal | null = null;
  try {
    const stored = storedElements(file, messages);
    contents = describe(stored);
    if (stored.element.kind === 'sequence') new SequenceReader(file, sequencesOf(stored));
    else new RowReader(file, numbersOf(stored));
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    refused = { code: error.code, message: error.message };
  }
  const { values, complete } = readAttributes(file, messages);
  return { path, address, contents, attributes: values, attributesComplete: complete, refused };
}

function describe({ extent, element, storage, filters }: StoredElements): ListedContents {
  return {
    shape: extent,
    type: elementWords(element),
    storage: storage.kind,
    chunks: storage.kind === 'chunked' ? storage.chunkShape : null,
    filters: filters.map(filterName),
    members: element.kind === 'compound' ? membersWithNumbers(element) : null,
  };
}

function membersWithNumbers(element: Extract<StoredElements['element'], { kind: 'compound' }>) {
  return element.members.flatMap(({ name, type }) => {
    let [of, length] = [type, 1];
    while (of.kind === 'array') {
      length *= of.shape.reduce((product, axis) => product * axis, 1);
      of = of.of;
    }
    return of.kind === 'number' ? [{ name, length }] : [];
  });
}
