/**
 * Reads the HDF5 files on which other readers test themselves, and says of every dataset whether its numbers are right, wrong, or
 * why it was refused:
 *
 *     node test/scripts/peer-hdf5-files.mjs FOLDER           the table of docs/hdf5-reader.md
 *     node test/scripts/peer-hdf5-files.mjs FOLDER --json    one line of JSON, for the test
 *
 * FOLDER holds the files and manifest.json, which has for each dataset of numbers the SHA-256 of its values as 64-bit floats.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ready } from 'h5wasm/node';

const reader = new URL('../../dist/formats/hdf5/reader/', import.meta.url);
const { FileBytes } = await import(new URL('file-bytes.js', reader));
const { listDatasets, listPlainDatasets } = await import(new URL('dataset-listing.js', reader));
const { Hdf5Links } = await import(new URL('links.js', reader));
const { readStoredDataset, readStoredSequences } = await import(new URL('stored-dataset.js', reader));
const { RowReader } = await import(new URL('row-reader.js', reader));
const { SequenceReader } = await import(new URL('sequence-reader.js', reader));

const [folder, form] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const library = await ready;
library.activate_throwing_error_handler();

/** SHA-256 of all numbers of a dataset as 64-bit floats. */
function hashOf(file, address) {
  const rows = new RowReader(file, readStoredDataset(file, address));
  const hash = createHash('sha256');
  const block = Math.max(1, Math.floor(2 ** 16 / Math.max(1, rows.rowLength)));
  for (let first = 0; first < rows.rows; first += block) {
    const { buffer, byteOffset, byteLength } = rows.view(first, Math.min(block, rows.rows - first), true);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

function outcomeOf(file, listed, expected) {
  if (!listed) return 'not found';
  if (listed.refused) return refusal(listed.refused);
  try {
    if (listed.contents.type.startsWith('sequences')) {
      const sequences = new SequenceReader(file, readStoredSequences(file, listed.address));
      sequences.read(0, sequences.rows);
      return 'read as sequences';
    }
    const hash = hashOf(file, listed.address);
    if (expected.sha256_f64 === undefined) return 'numbers where h5py has none';
    return hash === expected.sha256_f64 ? 'right' : 'wrong';
  } catch (error) {
    if (error.code === undefined) throw error;
    return refusal(error);
  }
}

/** The reason without the remedy and without the names of one file. */
function refusal({ code, message }) {
  return `refused, ${code}: ${message.split(';')[0]}`;
}

function listing(file, path) {
  const plain = listPlainDatasets(file);
  if (plain) return plain.datasets;
  const links = new Hdf5Links(library, path);
  try {
    return listDatasets(file, links).datasets;
  } finally {
    links.close();
  }
}

const outcomes = [];
for (const { file: name, datasets } of manifest.files) {
  const path = join(folder, name);
  const start = performance.now();
  const descriptor = openSync(path, 'r');
  const file = new FileBytes(descriptor);
  const byPath = new Map(listing(file, path).map((dataset) => [dataset.path, dataset]));
  for (const expected of datasets) {
    const outcome = outcomeOf(file, byPath.get(expected.path), expected);
    outcomes.push({ file: name, path: expected.path, numeric: 'sha256_f64' in expected, outcome });
  }
  closeSync(descriptor);
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 10) outcomes.push({ file: name, path: '', numeric: false, outcome: `took ${seconds} s` });
}

if (form === '--json') {
  console.log(JSON.stringify({ outcomes, megabytes: process.resourceUsage().maxRSS / 1024 }));
} else {
  const counts = new Map();
  for (const { outcome, numeric } of outcomes) {
    const row = counts.get(outcome) ?? [0, 0];
    row[numeric ? 0 : 1] += 1;
    counts.set(outcome, row);
  }
  console.log('| outcome | datasets of numbers | other datasets |\n|---|---:|---:|');
  const rows = [...counts].sort(([, a], [, b]) => b[0] - a[0] || b[1] - a[1]);
  for (const [outcome, [numbers, others]] of rows) console.log(`| ${outcome} | ${numbers} | ${others} |`);
}
