// SHA-256 over what must not change, in an order that does not depend on the file.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as h5wasm from 'h5wasm/node';

/** Of text and of the bytes of typed arrays. */
export function digestOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(
      typeof part === 'string' ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
    hash.update('\0');
  }
  return hash.digest('hex');
}

async function withHonestChecksum(record) {
  if (record.sha256 === null) return record;
  const found = createHash('sha256')
    .update(await readFile(record.source))
    .digest('hex');
  return { ...record, sha256: found === record.sha256 ? 'that of the file' : 'of something else' };
}

/** Of a result without `run`. */
export async function resultRecordDigest(result) {
  const { run: _, samples, ...rest } = result;
  const reference = await withHonestChecksum(samples.reference);
  const generated = await withHonestChecksum(samples.generated);
  return digestOf([JSON.stringify({ ...rest, samples: { reference, generated } })]);
}

export async function resultDigest(path) {
  return resultRecordDigest(JSON.parse(await readFile(path, 'utf8')));
}

/** Of names, types, shapes, numbers and attributes of all datasets and groups; attributes with a checksum by name alone. */
export async function weightsDigest(path) {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'r');
  try {
    const parts = [];
    const visit = (name, entity) => {
      parts.push(name);
      for (const key of Object.keys(entity.attrs).sort()) {
        parts.push(key, key.endsWith('_sha256') ? '' : JSON.stringify(entity.attrs[key].value));
      }
      if (entity instanceof h5wasm.Dataset) {
        parts.push(JSON.stringify([entity.dtype, entity.shape]), entity.value);
      } else {
        for (const key of entity.keys().sort()) visit(`${name}/${key}`, entity.get(key));
      }
    };
    visit('', file);
    return digestOf(parts);
  } finally {
    file.close();
  }
}

export async function classifierDigest(folder) {
  const names = (await readdir(folder)).sort();
  return digestOf(
    (await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))]))).flat(),
  );
}
