import { FileError } from '../../errors.js';
import type { DatasetListing, ListedDataset } from '../hdf5/reader/dataset-listing.js';
import { readDatasets, type WantedDataset } from '../hdf5/reader/read-datasets.js';
import { plainPickleItems } from './plain-pickle.js';

/** Columns of a frame that lie side by side in one dataset. */
interface FrameBlock {
  readonly dataset: ListedDataset;
  /** The member that holds them; null where the dataset is no compound. */
  readonly member: string | null;
  readonly width: number;
}

/** A frame as pandas writes it with to_hdf, known by the headers of its datasets. */
export interface StoredFrame {
  /** Its key, as `/df`. */
  readonly path: string;
  readonly rows: number;
  readonly blocks: readonly FrameBlock[];
  /** Where the names of columns stand. */
  readonly names: FixedNames | TableNames;
}

type Names = readonly (string | number)[];

/** Datasets: names of the columns in their order, and of those of each block. */
interface FixedNames {
  readonly form: 'fixed';
  readonly all: ListedDataset;
  readonly ofBlocks: readonly ListedDataset[];
}

/** Attributes that PyTables pickled. */
interface TableNames {
  readonly form: 'table';
  readonly ofBlocks: readonly Names[];
}

/** A column of a frame. */
export interface FrameColumn {
  /** As pandas has it: a text, or a number where columns have none. */
  readonly name: string;
  /** Of the blocks of the frame. */
  readonly block: number;
  /** In the block. */
  readonly column: number;
}

/**
 * The frames in a file. `format="fixed"` keeps blocks of equal type as datasets with their column names beside them,
 * `format="table"` a compound dataset whose members are such blocks (pandas.io.pytables, BlockManagerFixed and AppendableFrameTable).
 */
export function framesOf({ datasets }: DatasetListing): StoredFrame[] {
  const byPath = new Map(datasets.map((dataset) => [dataset.path, dataset]));
  return datasets.flatMap((dataset) => {
    const { path } = dataset;
    const group = path.slice(0, path.lastIndexOf('/'));
    if (path === `${group}/axis0`) return fixedFrame(group, byPath);
    return path === `${group}/table` ? tableFrame(group, dataset) : [];
  });
}

function fixedFrame(group: string, byPath: ReadonlyMap<string, ListedDataset>): StoredFrame[] {
  const all = byPath.get(`${group}/axis0`);
  const blocks: FrameBlock[] = [];
  const ofBlocks: ListedDataset[] = [];
  let rows: number | undefined;
  for (let i = 0; ; i++) {
    const dataset = byPath.get(`${group}/block${i}_values`);
    const names = byPath.get(`${group}/block${i}_items`);
    const shape = dataset && shapeOfBlock(dataset);
    if (!dataset || !names || !shape) break;
    rows ??= shape.rows;
    blocks.push({ dataset, member: null, width: shape.width });
    ofBlocks.push(names);
  }
  if (!all || rows === undefined) return [];
  return [{ path: group, rows, blocks, names: { form: 'fixed', all, ofBlocks } }];
}

/** Of an empty block, pandas stores a single number, and the shape it should have, columns first, as a pickled attribute. */
function shapeOfBlock({ contents, attributes }: ListedDataset): { rows: number; width: number } | null {
  const [rows, width, ...others] = contents?.shape ?? [];
  if (rows === undefined || width === undefined || others.length > 0) return null;
  const [columns, none] = plainPickleItems(String(attributes['shape'] ?? '')) ?? [];
  return typeof columns === 'number' && none === 0 ? { rows: none, width: columns } : { rows, width };
}

function tableFrame(group: string, dataset: ListedDataset): StoredFrame[] {
  const { contents, attributes } = dataset;
  const members = [...(contents?.members ?? [])].filter(({ name }) => name !== 'index');
  if (contents?.shape.length !== 1 || members.length === 0) return [];
  const ofBlocks = members.map(
    ({ name }) => plainPickleItems(String(attributes[`${name}_kind`] ?? '')) ?? [],
  );
  return [
    {
      path: group,
      rows: contents.shape[0] as number,
      blocks: members.map(({ name, length }) => ({ dataset, member: name, width: length })),
      names: { form: 'table', ofBlocks },
    },
  ];
}

/** Whether {@link frameColumns} are in the order of the frame: `format="table"` keeps that of several blocks in a pickle, which is never run. */
export function knowsItsOrder({ names, blocks }: StoredFrame): boolean {
  return names.form === 'fixed' || blocks.length === 1;
}

/**
 * Columns of a frame, in its order where it is known ({@link knowsItsOrder}), else block after block.
 *
 * @throws FileError ERR_FILE_CORRUPT where names and blocks contradict each other, and the codes for files.
 */
export async function frameColumns(
  path: string,
  frame: StoredFrame,
  signal: AbortSignal | undefined,
): Promise<FrameColumn[]> {
  const { names, blocks } = frame;
  const [order, ofBlocks] =
    names.form === 'fixed' ? await namesRead(path, { ...frame, names }, signal) : [null, names.ofBlocks];
  const columns = blocks.flatMap(({ width }, block) => {
    const found = ofBlocks[block] ?? [];
    if (found.length !== width) {
      const message = `frame ${frame.path} has ${width} columns in block ${block} and ${found.length} names for them; write it anew with pandas`;
      throw new FileError('ERR_FILE_CORRUPT', path, message);
    }
    return found.map((name, column) => ({ name: String(name), block, column }));
  });
  if (order === null) return columns;
  const places = new Map(order.map((name, place) => [String(name), place]));
  if (places.size !== columns.length || columns.some(({ name }) => !places.has(name))) {
    const message = `the columns of frame ${frame.path} are not those of its blocks, or share names; give each a name of its own`;
    throw new FileError('ERR_FILE_CORRUPT', path, message);
  }
  return columns.sort((a, b) => (places.get(a.name) as number) - (places.get(b.name) as number));
}

/** Names of mixed types are a pickle, which is never run: of a single block the columns have their numbers as names. */
async function namesRead(
  path: string,
  { path: key, names: { all, ofBlocks }, blocks }: StoredFrame & { readonly names: FixedNames },
  signal: AbortSignal | undefined,
): Promise<[Names, Names[]]> {
  if ([all, ...ofBlocks].some(({ contents }) => contents?.type.startsWith('sequences'))) {
    const [only, ...others] = blocks;
    if (!only || others.length > 0) {
      const message = `the column names of frame ${key} are a Python pickle, which would run code; write it with names that are all texts`;
      throw new FileError('ERR_DATASET_TYPE', path, message);
    }
    const numbers = Array.from({ length: only.width }, (_, column) => column);
    return [numbers, [numbers]];
  }
  const wanted = [all, ...ofBlocks].map(({ path: name, address, contents }): WantedDataset => {
    return { path: name, address, members: [], as: contents?.type === 'strings' ? 'text' : 'float64' };
  });
  const { datasets } = await readDatasets(path, wanted, { signal });
  const [order, ...found] = datasets.map(({ values }): Names => [...values]);
  return [order as Names, found];
}

/** Numbers of a frame, one column after the other. */
export interface FrameNumbers {
  /** One array a column wanted. */
  readonly columns: readonly Float64Array[];
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** @throws FileError with the codes for files; the reason of the signal when aborted. */
export async function readFrame(
  path: string,
  { blocks, rows }: StoredFrame,
  wanted: readonly FrameColumn[],
  signal: AbortSignal | undefined,
): Promise<FrameNumbers> {
  const needed = [...new Set(wanted.map(({ block }) => block))];
  const requests = needed.map((block): WantedDataset => {
    const { dataset, member } = blocks[block] as FrameBlock;
    return {
      path: dataset.path,
      address: dataset.address,
      members: member === null ? [] : [member],
      as: 'float64',
    };
  });
  const { datasets, sha256 } = await readDatasets(path, requests, { signal, checksum: true });
  const columns = wanted.map(({ block, column }) => {
    const values = datasets[needed.indexOf(block)]?.values as Float64Array;
    const { width } = blocks[block] as FrameBlock;
    return Float64Array.from({ length: rows }, (_, row) => values[row * width + column] as number);
  });
  return { columns, sha256: sha256 as string };
}
