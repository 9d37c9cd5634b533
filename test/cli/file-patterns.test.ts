import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesNamed } from '#caloscope/cli/file-patterns';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-patterns-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['.part_0.h5', 'part_10.h5', 'part_2.h5', 'part_02.h5', 'part_1.hdf5', 'odd[1].h5']) {
  writeFileSync(join(folder, name), '');
}
const named = async (...patterns: string[]) => {
  const found = await filesNamed(patterns.map((pattern) => join(folder, pattern)));
  return found.map((path) => path.slice(folder.length + 1));
};

it('a pattern stands for what it does in a shell, in order of the numbers', async () => {
  expect(await named('part_*.h5')).toEqual(['part_02.h5', 'part_2.h5', 'part_10.h5']);
  expect(await named('part_?.h*')).toEqual(['part_1.hdf5', 'part_2.h5']);
  expect(await named('odd[1].h5', '*[1]*')).toEqual(['odd[1].h5', 'odd[1].h5']);
});

it('a hidden file is found by its dot only', async () => {
  expect(await named('*0.h5')).toEqual(['part_10.h5']);
  expect(await named('.*.h5')).toEqual(['.part_0.h5']);
});

it('a pattern that nothing fits is refused', async () => {
  await expect(named('*.root')).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
});
