import { CaloscopeError } from '../../../errors.js';
import { ByteCursor, corrupt } from './byte-cursor.js';

/**
 * Shape, and the largest shape allowed, as a dataspace message gives them; no axis for a single element.
 *
 * @throws CaloscopeError ERR_FILE_CORRUPT, ERR_DATASET_SHAPE for no element at all.
 */
export function parseDataspace(body: Buffer): { shape: number[]; maxShape: number[] } {
  const cursor = new ByteCursor(body);
  const version = cursor.unsigned(1);
  const rank = cursor.unsigned(1);
  const flags = cursor.unsigned(1);
  if (version !== 1 && version !== 2) throw corrupt(`dataspace version ${version} does not exist`);
  if (version === 1) cursor.skip(5);
  else if (cursor.unsigned(1) === 2) {
    throw new CaloscopeError('ERR_DATASET_SHAPE', 'it has no extent at all (a null dataspace)');
  }
  if (rank > 32) throw corrupt(`a dataset of ${rank} dimensions`);
  const shape = Array.from({ length: rank }, () => cursor.unsigned(8));
  const maxShape = flags & 1 ? shape.map(() => cursor.unsigned(8)) : [...shape];
  if (shape.some((length, axis) => !Number.isFinite(length) || length > (maxShape[axis] as number))) {
    throw corrupt('a dataset is larger than its own limits');
  }
  return { shape, maxShape };
}
