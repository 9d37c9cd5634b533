// What reads bytes of users, and inputs to begin with. A target gets the path of a file with the bytes, and the bytes. The last ones
// are jets and events in files, and what JavaScript hands to the core, where the bytes say which call is changed, and how.
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { recordedCalls, tryCall } from './core-calls.mjs';
import { Random } from './mutations.mjs';

const root = resolve(import.meta.dirname, '../../..');
const dist = (path) => import(join(root, 'dist', `${path}.js`));

/** Small files of a folder and of those in it; none where it is not there. */
function filesOf(folder, ending, mostBytes = 60_000) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    .filter((bytes) => bytes.length <= mostBytes);
}

const corpus = (folder, ending) => filesOf(join(root, '../shared/corpus', folder), ending);

async function withDescriptor(path, work) {
  const descriptor = openSync(path, 'r');
  try {
    return await work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function npy(rows, columns) {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`.padEnd(117, ' ');
  const start = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([118, 0]),
    Buffer.from(`${head}\n`),
  ]);
  return Buffer.concat([
    start,
    Buffer.from(Float32Array.from({ length: rows * columns }, (_, i) => i / 7).buffer),
  ]);
}

/** A ZIP archive of files that are stored as they are. */
function archive(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name)]),
    );
    parts.push(local);
    at += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, entries, end]);
}

/** A small result with its classifier, and the histograms of it, made once. */
async function smallResult() {
  const { evaluate, writeEvaluation, exportOnnx } = await dist('index');
  const table = (seed) => ({
    columns: ['x', 'y'],
    values: Float32Array.from({ length: 400 }, (_, i) => Math.sin(i * (i + seed)) + seed / 10),
  });
  const settings = { folds: 3, learners: ['network', 'trees'], classifier: { hidden: [3], epochs: 1 } };
  const evaluation = await evaluate(table(0), table(2), settings);
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-fuzz-'));
  try {
    await writeEvaluation(evaluation, join(folder, 'result'));
    await exportOnnx(evaluation.ensemble, join(folder, 'model.onnx'));
    const read = (name) => readFileSync(join(folder, name));
    const classifier = readdirSync(join(folder, 'result/classifier')).map((name) =>
      read(`result/classifier/${name}`),
    );
    return {
      result: read('result/result.json'),
      histograms: read('result/histograms.json'),
      onnx: read('model.onnx'),
      classifier,
    };
  } finally {
    rmSync(folder, { recursive: true });
    evaluation.ensemble.dispose();
  }
}

const tableBytes = (descriptor) => {
  const { size } = fstatSync(descriptor);
  return {
    size,
    read: (start, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - start)));
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start));
    },
  };
};

/** Each makes what tries an input, and the inputs to begin with. */
export const targets = {
  hdf5: async () => {
    const { FileBytes } = await dist('formats/hdf5/reader/file-bytes');
    const { listPlainDatasets } = await dist('formats/hdf5/reader/dataset-listing');
    const { readStoredDataset } = await dist('formats/hdf5/reader/stored-dataset');
    const { RowReader } = await dist('formats/hdf5/reader/row-reader');
    const { openPlainSource } = await dist('samples/showers/reading/shower-source');
    const { publishedLayouts } = await dist('layouts/published-layouts');
    const layouts = publishedLayouts();
    return {
      seeds: [
        ...filesOf(join(root, 'test/formats/hdf5/fixtures'), /\.h(df)?5$/),
        ...corpus('hdf5', /\.h(df)?5$/),
      ],
      attempt: (path) =>
        withDescriptor(path, (descriptor) => {
          const request = { path, group: null, layouts, definitions: null };
          openPlainSource(new FileBytes(descriptor, path), request);
          const file = new FileBytes(descriptor, path);
          const listed = listPlainDatasets(file)?.datasets ?? [];
          for (const { address, refused } of listed.slice(0, 20)) {
            if (refused) continue;
            const rows = new RowReader(file, readStoredDataset(file, address));
            for (let first = 0; first < Math.min(rows.rows, 64); first += 8) {
              if (rows.rowLength < 1e5) rows.view(first, Math.min(8, rows.rows - first), true);
            }
          }
        }),
    };
  },
  xml: async () => {
    const { parseBinningXml } = await dist('geometry/binning-xml');
    const small =
      '<?xml version="1.0"?><Bins><Bin pid="22" etaMin="0" etaMax="130" name="photons"><Layer id="0" r_edges="0,5,10" n_bin_alpha="1"/><Layer id="1" r_edges="0,2,4,5" n_bin_alpha="10"/></Bin></Bins>';
    return {
      seeds: [Buffer.from(small), ...corpus('xml', /\.xml$/)],
      attempt: (_, bytes) => parseBinningXml(bytes.toString('utf8')),
    };
  },
  safetensors: async ({ classifier }) => {
    const { decodeSafetensors } = await dist('formats/safetensors/safetensors');
    return {
      seeds: [...classifier, ...corpus('models/safetensors', /\.safetensors$/)],
      attempt: (path, bytes) => decodeSafetensors(bytes, path),
    };
  },
  uhi: async ({ histograms }) => {
    const { WeightedHistogram } = await dist('index');
    const { parseUhiDocument } = await dist('formats/uhi/uhi-schema');
    const { CaloscopeError } = await dist('errors');
    const all = JSON.parse(histograms);
    const one = Object.keys(all)[0];
    return {
      seeds: [Buffer.from(JSON.stringify({ [one]: all[one] }))],
      attempt: (_, bytes) => {
        let value;
        try {
          value = JSON.parse(bytes.toString('utf8'));
        } catch (cause) {
          throw new CaloscopeError('ERR_UHI', 'no JSON', { cause });
        }
        for (const histogram of Object.values(parseUhiDocument(value))) WeightedHistogram.fromUhi(histogram);
      },
    };
  },
  onnx: async ({ onnx }) => {
    const { OnnxClassifier } = await dist('index');
    return {
      seeds: [onnx, ...corpus('models', /\.onnx$/)],
      attempt: async (path) => {
        const model = await OnnxClassifier.load(path);
        if (model.inputs < 1000) await model.logits(new Float32Array(3 * model.inputs));
      },
    };
  },
  tables: async () => {
    const { readNpyTable } = await dist('formats/tables/npy');
    const { readNpz } = await dist('formats/tables/npz');
    const { readCsv } = await dist('formats/tables/csv');
    const { readParquet } = await dist('formats/tables/parquet');
    const { tableFormatOf } = await dist('formats/tables/table-format');
    const { piecesOf } = await dist('formats/tables/number-table');
    const csv = 'a,b,c\n1,2,3\n4e-3,5,nan\n"6",,8\n';
    return {
      seeds: [
        npy(5, 3),
        archive({ 'a.npy': npy(4, 2), 'b.npy': npy(4, 1) }),
        Buffer.from(csv),
        Buffer.from(csv.replaceAll(',', ' ')),
        ...filesOf(join(root, 'test/formats/tables'), /\.(parquet|npz|npy|csv)$/),
      ],
      attempt: (path, bytes) =>
        withDescriptor(path, async (descriptor) => {
          const file = tableBytes(descriptor);
          const format = tableFormatOf(bytes.subarray(0, 4096)) ?? 'csv';
          if (format === 'npy') await readNpyTable(piecesOf(file));
          else if (format === 'npz') await readNpz(descriptor, null);
          else if (format === 'parquet') await readParquet(file, null);
          else await readCsv(file, null);
        }),
    };
  },
  result: async ({ result }) => {
    const { renderReport } = await dist('index');
    const { CaloscopeError } = await dist('errors');
    return {
      seeds: [result],
      attempt: async (_, bytes) => {
        let value;
        try {
          value = JSON.parse(bytes.toString('utf8'));
        } catch (cause) {
          throw new CaloscopeError('ERR_RESULT', 'no JSON', { cause });
        }
        await renderReport(value);
      },
    };
  },
  jets: async () => {
    const { createHdf5 } = await dist('formats/hdf5/writer/writing');
    const { freeSample, openSample } = await dist('samples/kinds');
    const folder = mkdtempSync(join(tmpdir(), 'caloscope-fuzz-'));
    const path = join(folder, 'jets.hdf5');
    const datasets = [
      { path: '/particle_features', type: 'f4', rowShape: [30, 4] },
      { path: '/jet_features', type: 'f4', rowShape: [4] },
    ];
    const numbers = (count) => Float32Array.from({ length: 6 * count }, (_, i) => Math.abs(Math.sin(i)));
    const writer = await createHdf5(path, { attributes: {}, datasets });
    await writer.append({ '/particle_features': numbers(120), '/jet_features': numbers(4) }, 6);
    await writer.close();
    const jets = readFileSync(path);
    rmSync(folder, { recursive: true });
    const frames = filesOf(join(root, 'test/published/numbers'), /events.*\.h5$/);
    return {
      seeds: [jets, ...frames],
      attempt: async (path) => freeSample(await openSample(path)),
    };
  },
  core: async () => {
    const recorded = await recordedCalls();
    return {
      seeds: [Buffer.from('calls of the core')],
      attempt: async (_, bytes) => {
        try {
          await tryCall(recorded, new Random(crc32(bytes)));
        } catch (error) {
          // Of the engine: a number where it wants another kind of value.
          if (!(error instanceof TypeError)) throw error;
        }
      },
    };
  },
};

export const makeTarget = async (name) => await targets[name](await smallResult());
