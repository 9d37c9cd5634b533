import type { OwnFiles } from '../formats/files/own-files.js';

export const ensembleFile = 'ensemble.safetensors';

/** What the folder of a classifier holds; `fold-…` are names of version 0.1. */
export const classifierFolder: OwnFiles = {
  what: 'classifier of caloscope',
  files: /^(ensemble|member-\d+-[\w-]+|fold-\d+-member-\d+)\.safetensors$/,
  mark: { files: /\.safetensors$/, says: '"caloscope"' },
};
