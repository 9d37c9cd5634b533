import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '#caloscope/errors';
import { renderReport, writeReport } from '#caloscope/report/report';
import { bent } from './bent-result.js';

const small = bent((result) => result.observables.splice(2));

describe('writeReport', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caloscope-report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes the page and replaces an older one, leaving nothing else', async () => {
    const path = join(folder, 'report.html');
    await writeFile(path, 'older');
    await expect(writeReport(small, path)).rejects.toMatchObject({ code: 'ERR_OUTPUT', path });
    expect(await readFile(path, 'utf8')).toBe('older');
    await writeReport(small, path, { force: true });
    expect(await readFile(path, 'utf8')).toBe(await renderReport(small));
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  it('refuses a folder that is missing', async () => {
    const path = join(folder, 'absent', 'report.html');
    const failure = await writeReport(small, path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FileError);
    expect(failure).toMatchObject({ code: 'ERR_OUTPUT', path });
  });

  it('refuses a target that is a folder and cleans up', async () => {
    const path = join(folder, 'report.html');
    await mkdir(path);
    await expect(writeReport(small, path)).rejects.toMatchObject({ code: 'ERR_OUTPUT', path });
    expect(await readdir(folder)).toEqual(['report.html']);
  });
});
