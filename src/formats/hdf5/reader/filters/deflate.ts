import { inflateSync } from 'node:zlib';
import { corrupt } from '../byte-cursor.js';

/** Unpacks a zlib stream of at most `most` bytes. @throws CaloscopeError ERR_FILE_CORRUPT. */
export function inflate(packed: Buffer, most: number): Buffer {
  try {
    // One byte more than expected: the output then fits one buffer, and a longer stream shows.
    return inflateSync(packed, { maxOutputLength: most, chunkSize: Math.max(64, most + 1) });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown cause';
    throw corrupt(`a gzip chunk does not unpack (${code})`);
  }
}
