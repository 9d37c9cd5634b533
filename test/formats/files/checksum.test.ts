import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Checksum } from '#caloscope/formats/files/checksum';
import { OpenedFile } from '#caloscope/formats/files/opened-file';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-checksum-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** More than is read at once. */
const bytes = Buffer.from(Float64Array.from({ length: 400_001 }, (_, i) => Math.sin(i)).buffer);
const sha256 = createHash('sha256').update(bytes).digest('hex');

async function opened(name: string): Promise<OpenedFile> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return OpenedFile.open(path);
}

it('a checksum is that of the file that was opened, whatever has its name by now', async () => {
  const file = await opened('first');
  writeFileSync(join(folder, 'second'), 'another');
  renameSync(join(folder, 'second'), file.path);
  expect(await new Checksum(file).sha256).toBe(sha256);
  await file.close();
});

it('a checksum is refused where the file was written to after it was opened', async () => {
  const file = await opened('grown');
  appendFileSync(file.path, 'more');
  await expect(new Checksum(file).sha256).rejects.toMatchObject({
    name: 'FileError',
    code: 'ERR_FILE_CHANGED',
  });
  await file.close();
});

it('a checksum ends with the reason of the signal, or the one that it is ended with', async () => {
  const file = await opened('ended');
  const abort = new AbortController();
  const aborted = new Checksum(file, abort.signal);
  abort.abort('no time');
  await expect(aborted.sha256).rejects.toBe('no time');
  const ended = new Checksum(file);
  await ended.end('closed');
  await expect(ended.sha256).rejects.toBe('closed');
  await file.close();
});

it('a folder, or nothing, is not opened', async () => {
  await expect(OpenedFile.open(folder)).rejects.toMatchObject({ code: 'ERR_NOT_A_FILE' });
  await expect(OpenedFile.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
});
