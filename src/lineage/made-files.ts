import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ensembleFile } from '../classifier/classifier-folder.js';
import { metadataKey } from '../classifier/file-descriptions.js';
import { CaloscopeError } from '../errors.js';
import { inputsKey, inputsSchema, type OutputInput } from '../formats/files/inputs.js';
import { listFile } from '../formats/hdf5/reader/list-file.js';
import { readOnnx } from '../formats/onnx/read-onnx.js';
import { decodeSafetensors } from '../formats/safetensors/safetensors.js';
import { inputsOfResult } from './result-inputs.js';

/** What caloscope makes from other files. */
export const madeKinds = ['result', 'classifier', 'weights', 'model', 'report', 'figures'] as const;
export type MadeKind = (typeof madeKinds)[number];

/** An output of caloscope that names its inputs. */
export interface MadeFile {
  readonly kind: MadeKind;
  /** Of a classifier, and of figures, their folder. */
  readonly path: string;
  /** The file whose checksum tells it from others. */
  readonly file: string;
  readonly inputs: readonly OutputInput[];
  /** Why it cannot be read, though it is marked as ours; null: it can. Its inputs are not known then. */
  readonly damage: string | null;
}

/** Bytes of a report in which its inputs are named. */
const headOfReport = 2 ** 20;
/** What a result says of itself. */
const resultMark = '"caloscope-evaluation"';

/** All outputs in a folder that name their inputs, and in the folders in it, by path. Hidden folders and node_modules are not looked at. */
export async function madeFilesIn(folder: string, signal?: AbortSignal): Promise<MadeFile[]> {
  const found: MadeFile[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal?.throwIfAborted();
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules')
        found.push(...(await madeFilesIn(path, signal)));
    } else if (entry.isFile()) {
      const made = await madeFileAt(path, folder, signal);
      if (made) found.push(made);
    }
  }
  return found;
}

/** Null where the file is none of ours, or names no inputs. */
async function madeFileAt(path: string, folder: string, signal?: AbortSignal): Promise<MadeFile | null> {
  const name = basename(path);
  const made = (kind: MadeKind, inputs: unknown, at = path): MadeFile | null => {
    const parsed = inputsSchema.safeParse(inputs);
    return parsed.success && parsed.data.length > 0
      ? { kind, path: at, file: path, inputs: parsed.data, damage: null }
      : null;
  };
  try {
    if (name === ensembleFile) {
      const { metadata } = decodeSafetensors(await readFile(path), path);
      return made('classifier', described(metadata[metadataKey]), folder);
    }
    if (name.endsWith('.onnx'))
      return made('model', described((await readOnnx(path)).metadata.get(metadataKey)));
    if (name.endsWith('.json')) return made('result', inputsOfEvaluation(await readFile(path, 'utf8')));
    if (name === 'submission.yaml')
      return made('figures', inputsOfFigures(await readFile(path, 'utf8')), folder);
    if (name.endsWith('.html')) return made('report', inputsOfReport(await headOf(path)));
    if (/\.(hdf5|h5)$/.test(name)) return made('weights', await inputsOfWeights(path, signal));
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof CaloscopeError || error instanceof SyntaxError)) throw error;
    const kind = await markedKind(path);
    const damage = error.message.replaceAll(/\s+/g, ' ');
    const ofFolder = kind === 'classifier' || kind === 'figures';
    return kind && { kind, path: ofFolder ? folder : path, file: path, inputs: [], damage };
  }
}

/** What a file that cannot be read was to be; null: what is not marked as ours is not ours. Reports and figures fail at their mark. */
async function markedKind(path: string): Promise<MadeKind | null> {
  if (basename(path) === ensembleFile) return 'classifier';
  if (basename(path) === 'submission.yaml') return 'figures';
  if (path.endsWith('.html')) return 'report';
  const head = await headOf(path);
  if (path.endsWith('.json')) return head.includes(resultMark) ? 'result' : null;
  if (path.endsWith('.onnx')) return head.includes(metadataKey) ? 'model' : null;
  return head.includes('log_weight') ? 'weights' : null;
}

function described(text: string | undefined): unknown {
  return text === undefined ? null : (JSON.parse(text) as Record<string, unknown>)[inputsKey];
}

function inputsOfEvaluation(text: string): unknown {
  return text.includes(resultMark) ? inputsOfResult(JSON.parse(text)) : null;
}

/** In a comment on its first line. */
function inputsOfFigures(text: string): unknown {
  const [, inputs] = text.match(new RegExp(`^# caloscope-${inputsKey}: (.*)`)) ?? [];
  return inputs === undefined ? null : JSON.parse(inputs);
}

function inputsOfReport(head: string): unknown {
  const [tag = ''] = head.match(new RegExp(`<meta [^>]*name="caloscope-${inputsKey}"[^>]*>`)) ?? [];
  const [, text] = tag.match(/content="([^"]*)"/) ?? [];
  if (text === undefined) return null;
  const letters = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&' } as const;
  return JSON.parse(text.replace(/&(?:quot|lt|gt|amp);/g, (name) => letters[name as keyof typeof letters]));
}

async function inputsOfWeights(path: string, signal?: AbortSignal): Promise<unknown> {
  const { datasets } = await listFile(path, signal);
  const text = datasets.find((dataset) => dataset.path.endsWith('/log_weight'))?.attributes[inputsKey];
  return typeof text === 'string' ? JSON.parse(text) : null;
}

async function headOf(path: string): Promise<string> {
  const { size } = await stat(path);
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Math.min(size, headOfReport));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
