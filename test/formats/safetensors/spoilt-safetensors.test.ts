import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '#caloscope/formats/safetensors/safetensors';

type Header = Record<string, unknown>;

const two = {
  a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  b: { dtype: 'U32', shape: [1, 1], data_offsets: [8, 12] },
};

/** A file by the published layout: length of the header, header, numbers. */
function fileOf(header: Header | string, dataBytes = 12, claimed?: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = Buffer.alloc(8 + text.length + dataBytes);
  bytes.writeBigUInt64LE(BigInt(claimed ?? text.length));
  text.copy(bytes, 8);
  return bytes;
}

function notUtf8(): Buffer {
  const file = fileOf({ ...two, __metadata__: { x: 'XY' } });
  file.write('\xff\xfe', file.indexOf('XY'), 'latin1');
  return file;
}

const changed = (name: 'a' | 'b', change: Header) => ({ ...two, [name]: { ...two[name], ...change } });

describe('spoilt safetensors', () => {
  it('are read where they are sound', () => {
    const { tensors, metadata } = decodeSafetensors(fileOf({ ...two, __metadata__: { x: 'y' } }), 'f');
    expect(tensors.get('a')).toEqual({ shape: [2], values: Float32Array.of(0, 0) });
    expect(tensors.get('b')).toEqual({ shape: [1, 1], values: Uint32Array.of(0) });
    expect(metadata).toEqual({ x: 'y' });
  });

  it('may name a tensor as JavaScript names the prototype of an object', () => {
    const entry = JSON.stringify({ ...two.a, data_offsets: [12, 20] });
    const text = JSON.stringify(two).replace(/}$/, `,"__proto__":${entry}}`);
    const { tensors } = decodeSafetensors(fileOf(text, 20), 'f');
    expect([...tensors.keys()]).toEqual(['a', 'b', '__proto__']);
  });

  it.each<[what: string, file: Buffer, code: string]>([
    ['nothing', Buffer.alloc(0), 'ERR_FILE_TRUNCATED'],
    ['half of a length', Buffer.alloc(4), 'ERR_FILE_TRUNCATED'],
    ['a header of no length', Buffer.alloc(8), 'ERR_FILE_CORRUPT'],
    ['a header longer than the file', fileOf(two, 12, 4000), 'ERR_FILE_TRUNCATED'],
    ['a header of 2⁶² bytes', fileOf(two, 12, 2 ** 62), 'ERR_FILE_CORRUPT'],
    ['a header that is no JSON', fileOf('{"a":'), 'ERR_FILE_CORRUPT'],
    ['a header behind a blank', fileOf(` ${JSON.stringify(two)}`), 'ERR_FILE_CORRUPT'],
    ['a header that is not UTF-8', notUtf8(), 'ERR_FILE_CORRUPT'],
    ['a header that is a list', fileOf('[1, 2]'), 'ERR_FILE_CORRUPT'],
    [
      'a tensor twice',
      fileOf(`{"a":${JSON.stringify(two.a)},"a":${JSON.stringify(two.a)}}`, 8),
      'ERR_FILE_CORRUPT',
    ],
    ['metadata that is no text', fileOf({ ...two, __metadata__: { x: 1 } }), 'ERR_FILE_CORRUPT'],
    ['no shape', fileOf(changed('a', { shape: undefined })), 'ERR_FILE_CORRUPT'],
    ['a negative length', fileOf(changed('a', { shape: [-2] })), 'ERR_FILE_CORRUPT'],
    ['a length that is not whole', fileOf(changed('a', { shape: [2.5] })), 'ERR_FILE_CORRUPT'],
    ['an unknown type', fileOf(changed('a', { dtype: 'F12' })), 'ERR_DATASET_TYPE'],
    ['another shape than bytes', fileOf(changed('a', { shape: [3] })), 'ERR_FILE_CORRUPT'],
    ['a gap', fileOf(changed('b', { data_offsets: [10, 14] }), 14), 'ERR_FILE_CORRUPT'],
    ['tensors over each other', fileOf(changed('b', { data_offsets: [4, 8] }), 12), 'ERR_FILE_CORRUPT'],
    ['offsets that run backwards', fileOf(changed('b', { data_offsets: [12, 8] })), 'ERR_FILE_CORRUPT'],
    ['fewer numbers than stated', fileOf(two, 11), 'ERR_FILE_TRUNCATED'],
    ['more numbers than stated', fileOf(two, 16), 'ERR_FILE_CORRUPT'],
    [
      'more elements than there are whole numbers',
      fileOf(changed('a', { shape: [2 ** 40, 2 ** 40] })),
      'ERR_FILE_CORRUPT',
    ],
  ])('%s', (_, file, code) => {
    const decode = () => decodeSafetensors(file, 'spoilt.safetensors');
    expect(decode).toThrow(expect.objectContaining({ code }));
    expect(decode).toThrow(/^spoilt\.safetensors: [^\n]+$/);
  });
});
