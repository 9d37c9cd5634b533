import { readFile } from 'node:fs/promises';
import { CaloscopeError, FileError } from '../../errors.js';
import { accessError, requirePlainFile } from '../files/plain-file.js';
import { ExternalData } from './external-data.js';
import { decodeOnnxModel, type OnnxModel } from './onnx-model.js';
import { decodeOnnxTensor, externalPlace, type OnnxTensor } from './onnx-tensor.js';

/** Bytes that Node reads at once; messages of protocol buffers are not longer either. */
const largestFile = 2 ** 31 - 1;

/** A model of a file with the numbers that its nodes use. */
export interface OnnxFile extends OnnxModel {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
}

/** Does the work; errors get the path of the file. */
export async function ofFile<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CaloscopeError) || error instanceof FileError) throw error;
    throw new FileError(error.code, path, error.message, { cause: error });
  }
}

/**
 * Reads an ONNX model, and the files in its folder that hold its weights. Initializers that no node uses are not looked at.
 *
 * @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE, ERR_FILE_ACCESS, ERR_TOO_LARGE, ERR_FILE_TRUNCATED for an empty file,
 * ERR_FILE_CORRUPT, ERR_EXTERNAL_DATA, ERR_DATASET_TYPE, ERR_NON_FINITE, ERR_OPERATOR_SET.
 */
export async function readOnnx(path: string): Promise<OnnxFile> {
  const size = await requirePlainFile(path);
  if (size === 0) throw new FileError('ERR_FILE_TRUNCATED', path, 'it is empty');
  if (size > largestFile) {
    const message = `${size} bytes are more than a model has; keep its weights in a file beside it (external data)`;
    throw new FileError('ERR_TOO_LARGE', path, message);
  }
  const bytes = await readFile(path).catch((cause) => {
    throw accessError(path, cause);
  });
  return await ofFile(path, async () => {
    const model = decodeOnnxModel(bytes);
    const external = new ExternalData(path);
    const tensors = new Map<string, OnnxTensor>();
    for (const name of new Set(model.graph.nodes.flatMap(({ inputs }) => inputs))) {
      const stored = model.graph.initializers.get(name);
      if (stored === undefined) continue;
      const place = externalPlace(stored);
      tensors.set(name, decodeOnnxTensor(stored, place && (await external.read(name, place))));
    }
    return { ...model, path, tensors };
  });
}
