import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile, writeWholeFolder } from '#caloscope/formats/files/whole-output';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file', () => {
  it('takes the place of an older one', async () => {
    const path = join(folder, 'out.html');
    writeFileSync(path, 'old');
    await writeWholeFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out.html']);
  });

  it('never takes that of a folder, and leaves nothing behind', async () => {
    mkdirSync(join(folder, 'kept'));
    await expect(writeWholeFile(join(folder, 'kept'), 'new')).rejects.toMatchObject({ syscall: 'rename' });
    expect(readdirSync(folder)).toEqual(['kept']);
  });
});

describe('a folder', () => {
  const fill = (text: string) => async (partial: string) => writeFileSync(join(partial, 'a'), text);

  it('takes the place of an older one', async () => {
    const path = join(folder, 'out');
    await writeWholeFolder(path, fill('old'));
    await writeWholeFolder(path, fill('new'));
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('appears not at all after an error or an abort', async () => {
    const path = join(folder, 'out');
    const failing = writeWholeFolder(path, () => Promise.reject(new Error('full')));
    await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    const stop = new AbortController();
    const aborted = writeWholeFolder(path, async () => stop.abort('enough'), stop.signal);
    await expect(aborted).rejects.toBe('enough');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
