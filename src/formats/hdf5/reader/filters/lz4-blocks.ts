import { corrupt } from '../byte-cursor.js';
import { unpackLz4 } from './lz4.js';

/**
 * Undoes filter 32004 (LZ4): length of the result (8 bytes) and of a block (4), then each block after its packed length (4), all
 * with the highest byte first; a block that did not shrink is as it was.
 *
 * @param length bytes of the result.
 * @throws CaloscopeError ERR_FILE_CORRUPT.
 */
export function unpackLz4Blocks(stored: Buffer, length: number): Buffer {
  if (stored.length < 12 || stored.readUInt32BE(0) !== 0 || stored.readUInt32BE(4) !== length)
    throw damaged();
  const blockBytes = stored.readUInt32BE(8);
  if (blockBytes < 1) throw damaged();
  const result = Buffer.allocUnsafeSlow(length);
  let at = 12;
  for (let out = 0; out < length; out += blockBytes) {
    if (at + 4 > stored.length) throw damaged();
    const packedBytes = stored.readUInt32BE(at);
    at += 4;
    if (at + packedBytes > stored.length) throw damaged();
    const target = result.subarray(out, Math.min(length, out + blockBytes));
    const packed = stored.subarray(at, at + packedBytes);
    if (packedBytes === target.length) packed.copy(target);
    else unpackLz4(packed, target);
    at += packedBytes;
  }
  if (at !== stored.length) throw damaged();
  return result;
}

function damaged() {
  return corrupt('a chunk of LZ4 blocks does not unpack');
}
