import type { FileBytes } from './file-bytes.js';
import type { StoredElements } from './stored-dataset.js';
import { type ElementRows, StoredRows } from './stored-rows.js';
import { VirtualRows } from './virtual-rows.js';

/** The rows of a dataset, checked, before an element is read. @throws CaloscopeError as {@link StoredRows}, {@link VirtualRows}. */
export function openElementRows(file: FileBytes, dataset: StoredElements): ElementRows {
  const { storage } = dataset;
  return storage.kind === 'virtual' ? new VirtualRows(file, dataset, storage) : new StoredRows(file, dataset);
}
