import { createHash, type Hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { resolveGeometry } from '#caloscope/geometry/geometry';
import { type ContentProblem, openShowerFile } from '#caloscope/samples/showers/reading/reading';
import { hasSharedData, sharedPath } from '../../../support/shared-data.js';

interface StoredValues {
  readonly sha256_f64: string;
  readonly shape: readonly number[];
}

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly case: string;
  readonly geometry?: string;
  readonly layout?: string;
  readonly rows?: number;
  readonly expect: 'read' | 'reject' | 'warn';
  readonly classes?: readonly string[];
  readonly also_ok?: readonly string[];
  readonly needs?: { readonly group?: string; readonly particle?: string };
  readonly limits?: { readonly seconds: number; readonly memory_mb: number };
  readonly values?: Readonly<Record<string, StoredValues>>;
  readonly geometry_summary?: {
    readonly voxels: number;
    readonly layers: readonly { readonly id: number; readonly n_r: number; readonly n_alpha: number }[];
  };
}

interface Manifest {
  readonly entries: readonly Entry[];
  readonly sequences: readonly {
    readonly first: string;
    readonly then: string;
    readonly classes: readonly string[];
  }[];
}

/** Codes of errors and warnings that say what the corpus calls by these names. */
const codesOfClass: Readonly<Record<string, readonly string[]>> = {
  'ambiguous-geometry': ['ERR_GEOMETRY'],
  'bad-energy': ['ERR_INCIDENT_ENERGY'],
  'bad-geometry': ['ERR_GEOMETRY'],
  'bad-xml': ['ERR_XML'],
  'broken-link': ['ERR_DATASET_MISSING'],
  corrupt: ['ERR_FILE_CORRUPT'],
  'empty-file': ['ERR_NOT_HDF5'],
  'external-link': ['ERR_EXTERNAL_DATA'],
  'fill-only': ['ERR_FILL_ONLY', 'fill-only'],
  'missing-dataset': ['ERR_DATASET_MISSING'],
  negative: ['ERR_NEGATIVE_ENERGY', 'negative'],
  'non-finite': ['ERR_NON_FINITE'],
  'not-a-file': ['ERR_NOT_A_FILE'],
  'not-hdf5': ['ERR_NOT_HDF5'],
  'row-mismatch': ['ERR_ROW_MISMATCH'],
  'too-large': ['ERR_TOO_LARGE'],
  truncated: ['ERR_FILE_TRUNCATED'],
  units: ['units'],
  'unsupported-filter': ['ERR_FILTER_UNSUPPORTED'],
  'voxel-count': ['ERR_VOXEL_COUNT'],
  'wrong-shape': ['ERR_DATASET_SHAPE'],
  'wrong-type': ['ERR_DATASET_TYPE'],
  'zero-showers': ['zero-showers'],
};

/** Its chunks are said to be packed with Zstandard, which is read, but they are not. */
const saidToBeZstandard = 'hdf5/bad/filter_32015.hdf5';

const geometryNames: Readonly<Record<string, string>> = {
  dataset_1_photons: 'ds1-photons',
  dataset_1_pions: 'ds1-pions',
  dataset_2: 'ds2',
  dataset_3: 'ds3',
};

const corpus = (file: string) => sharedPath('corpus', file);
const manifest: Manifest = hasSharedData
  ? JSON.parse(readFileSync(corpus('manifest.json'), 'utf8'))
  : { entries: [], sequences: [] };
const fuzz: FuzzList = hasSharedData
  ? JSON.parse(readFileSync(corpus('fuzz/bit_flips.json'), 'utf8'))
  : { originals: [], variants: [] };

function geometryOf(entry: Entry): string {
  const name = entry.geometry ?? '';
  return name.endsWith('.xml') ? corpus(name) : (geometryNames[name] ?? name);
}

function codesFor(classes: readonly string[] = []): string[] {
  return classes.flatMap((name) => codesOfClass[name] ?? []);
}

/** First voxel of the datasets that make up a shower, by layout. */
const parts = {
  calogan: [
    { name: 'layer_0', start: 0, end: 288 },
    { name: 'layer_1', start: 288, end: 432 },
    { name: 'layer_2', start: 432, end: 504 },
  ],
  calochallenge: [{ name: 'showers', start: 0, end: Number.POSITIVE_INFINITY }],
} as const;

interface Outcome {
  /** Hashes of the stored numbers by dataset, or null where the file was refused before they were read. */
  readonly hashes: Readonly<Record<string, string>> | null;
  readonly rows: number;
  readonly code: string | null;
  readonly warnings: readonly ContentProblem[];
}

/** Reads a file twice: as stored for the hashes, and with the checks that a user gets. */
async function readCompletely(
  path: string,
  options: { geometry: string; group?: string | undefined },
): Promise<Outcome> {
  let hashes: Record<string, string> | null = null;
  let rows = 0;
  const warnings: ContentProblem[] = [];
  try {
    const file = await openShowerFile(path, options);
    try {
      const { layout } = file.metadata;
      const energies = createHash('sha256');
      const voxels = parts[layout as keyof typeof parts].map((part) => ({
        ...part,
        hash: createHash('sha256'),
      }));
      for await (const block of file.blocks({ asStored: true })) {
        rows += block.rows;
        addNumbers(energies, block.incidentEnergies);
        const width = block.voxels.length / block.rows;
        for (let row = 0; row < block.rows; row++) {
          const shower = block.voxels.subarray(row * width, (row + 1) * width);
          for (const { hash, start, end } of voxels)
            addNumbers(hash, Float64Array.from(shower.subarray(start, end)));
        }
      }
      hashes = { [layout === 'calogan' ? 'energy' : 'incident_energies']: energies.digest('hex') };
      for (const { name, hash } of voxels) hashes[name] = hash.digest('hex');
      for await (const _ of file.blocks({ onWarning: (problem) => warnings.push(problem) }));
    } finally {
      await file.close();
    }
    return { hashes, rows, code: null, warnings };
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    expect(error.message).not.toMatch(/\n/);
    expect(error.code).not.toBe('ERR_INTERNAL');
    return { hashes, rows, code: error.code, warnings };
  }
}

function addNumbers(hash: Hash, numbers: Float64Array): void {
  hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

function expectValues(outcome: Outcome, values: Readonly<Record<string, StoredValues>>): void {
  for (const [name, hash] of Object.entries(outcome.hashes ?? {})) {
    if (values[name]) expect(hash, name).toBe(values[name].sha256_f64);
  }
}

/** Runs `work` and holds it to the limits of the corpus. */
async function withinLimits<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
  const { seconds, memory_mb: megabytes } = entry.limits ?? { seconds: 10, memory_mb: 512 };
  const start = performance.now();
  let most = 0;
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss() - before);
  }, 5);
  try {
    return await work();
  } finally {
    clearInterval(watch);
    expect((performance.now() - start) / 1000).toBeLessThan(seconds);
    expect(most / 2 ** 20).toBeLessThan(megabytes);
  }
}

const hdf5Entries = manifest.entries.filter((entry) => entry.kind === 'hdf5');

describe.skipIf(!hasSharedData)('files of the corpus', () => {
  it.each(hdf5Entries.map((entry) => [entry.file, entry] as const))('%s', async (_, entry) => {
    const outcome = await withinLimits(entry, () =>
      readCompletely(corpus(entry.file), { geometry: geometryOf(entry), group: entry.needs?.group }),
    );
    const allowed = entry.file === saidToBeZstandard ? ['ERR_FILE_CORRUPT'] : codesFor(entry.classes);
    const outcomes = [entry.expect, ...(entry.also_ok ?? [])];
    // Said of a sound file, too: the corpus asks for its numbers alone.
    const odd = outcome.warnings.map(({ code }) => code).filter((code) => code !== 'rounded-numbers');
    expect(outcome.warnings.length > odd.length).toBe(/scaleoffset_float/.test(entry.file));
    if (outcome.code !== null) {
      expect(outcomes).toContain('reject');
      expect(allowed).toContain(outcome.code);
    } else if (odd.length > 0) {
      expect(outcomes, JSON.stringify(outcome.warnings)).toContain('warn');
      expect(odd.some((code) => allowed.includes(code))).toBe(true);
    } else {
      expect(outcomes).toContain('read');
    }
    if (outcome.code === null) {
      expectValues(outcome, entry.values ?? {});
      if (entry.rows !== undefined) expect(outcome.rows).toBe(entry.rows);
      expect(outcome.hashes).not.toBeNull();
    }
  });

  it.each(manifest.sequences.map((sequence) => [sequence.then, sequence] as const))(
    'gives no numbers of a good file for %s',
    async (_, sequence) => {
      const [first, then] = [sequence.first, sequence.then].map(
        (file) => hdf5Entries.find((entry) => entry.file === file) as Entry,
      ) as [Entry, Entry];
      const good = await readCompletely(corpus(first.file), { geometry: geometryOf(first) });
      expect(good.code).toBeNull();
      const bad = await readCompletely(corpus(then.file), { geometry: geometryOf(then) });
      if (bad.code === null && then.also_ok?.includes('read')) {
        expect(then.values).toBeDefined();
        expectValues(bad, then.values ?? {});
      } else {
        const allowed = then.file === saidToBeZstandard ? ['ERR_FILE_CORRUPT'] : codesFor(sequence.classes);
        expect(allowed).toContain(bad.code);
      }
    },
  );
});

describe.skipIf(!hasSharedData)('bit-flipped files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  if (hasSharedData) unpackTar(gunzipSync(readFileSync(corpus('fuzz/bit_flips.tar.gz'))), folder);

  it.each(fuzz.variants.map((variant) => [variant.name, variant] as const))('%s', async (_, variant) => {
    const original = fuzz.originals.find(({ name }) => name === variant.original);
    const entry = {
      ...(original as FuzzOriginal),
      file: variant.name,
      kind: 'hdf5',
      case: '',
      expect: 'read',
    } as const;
    const outcome = await withinLimits(entry, () =>
      readCompletely(join(folder, variant.name), { geometry: geometryOf(entry) }),
    );
    for (const [name, hash] of Object.entries(outcome.hashes ?? {})) {
      const seenByOthers = variant.h5py_datasets?.[name]?.sha256_f64;
      expect([original?.values[name]?.sha256_f64, seenByOthers]).toContain(hash);
    }
  });
});

interface FuzzList {
  readonly originals: readonly FuzzOriginal[];
  readonly variants: readonly FuzzVariant[];
}

interface FuzzOriginal {
  readonly name: string;
  readonly geometry: string;
  readonly values: Readonly<Record<string, StoredValues>>;
}

interface FuzzVariant {
  readonly name: string;
  readonly original: string;
  readonly h5py_datasets?: Readonly<Record<string, { readonly sha256_f64?: string }>>;
}

/** Writes the plain files of a tar archive into `folder`. */
function unpackTar(archive: Buffer, folder: string): void {
  const text = (from: number, to: number) => archive.toString('latin1', from, to).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const name = text(at, at + 100);
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const isFile = archive[at + 156] === 0x30 || archive[at + 156] === 0;
    const base = name.split('/').at(-1);
    if (isFile && base) writeFileSync(join(folder, base), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

describe.skipIf(!hasSharedData)('binning files of the corpus', () => {
  const entries = manifest.entries.filter((entry) => entry.kind === 'xml');
  it.each(entries.map((entry) => [entry.file, entry] as const))('%s', async (_, entry) => {
    const work = resolveGeometry(corpus(entry.file), entry.needs ?? {});
    if (entry.expect === 'reject') {
      const error = await work.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(CaloscopeError);
      expect(codesFor(entry.classes)).toContain((error as CaloscopeError).code);
      return;
    }
    const geometry = await work;
    expect(geometry.voxels).toBe(entry.geometry_summary?.voxels);
    const layers = geometry.layers.map(({ id, shape }) =>
      shape.kind === 'polar' ? { id, n_r: shape.radialEdges.length - 1, n_alpha: shape.alphaBins } : { id },
    );
    expect(layers).toEqual(
      entry.geometry_summary?.layers.map(({ id, n_r, n_alpha }) => ({ id, n_r, n_alpha })),
    );
  });

  it('asks which of two particles is meant', async () => {
    await expect(resolveGeometry(corpus('xml/good/two_particles.xml'))).rejects.toMatchObject({
      code: 'ERR_GEOMETRY',
    });
  });
});
