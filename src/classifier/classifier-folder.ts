import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnFiles } from '../formats/files/own-files.js';

export const ensembleFile = 'ensemble.safetensors';

/** What the folder of a classifier holds; `fold-…` are names of version 0.1. */
export const classifierFolder: OwnFiles = {
  what: 'classifier of caloscope',
  files: /^(ensemble|member-\d+-[\w-]+|fold-\d+-member-\d+)\.safetensors$/,
  mark: { files: /\.safetensors$/, says: '"caloscope"' },
};

/** The file whose bytes tell a classifier from others: that of its ensemble in a folder, or the ONNX model itself. */
export async function classifierFileAt(path: string): Promise<string> {
  const ensemble = join(path, ensembleFile);
  return await stat(ensemble).then(
    () => ensemble,
    () => path,
  );
}
