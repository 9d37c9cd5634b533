import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireOutputFile, requireOutputFolder } from '#caloscope/formats/files/output-checks';
import type { OwnFiles } from '#caloscope/formats/files/own-files';
import { clearLeftovers, writeWholeFile, writeWholeFolder } from '#caloscope/formats/files/whole-output';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]) => join(folder, ...names);
const text = (...names: string[]) => readFileSync(at(...names), 'utf8');
const put = (content: string, ...names: string[]) => writeFileSync(at(...names), content);

const own: OwnFiles = {
  what: 'pair',
  files: /^(a|b)$/,
  folders: { deep: { what: 'deep', files: /^c$/, mark: { files: /^c$/, says: '' } } },
  mark: { files: /^a$/, says: 'ours' },
};
/** Fills a folder as the program does; `meanwhile` happens when it is about to take its place. */
const fill =
  (content: string, meanwhile = () => undefined as unknown) =>
  async (partial: string) => {
    writeFileSync(join(partial, 'a'), `ours ${content}`);
    mkdirSync(join(partial, 'deep'));
    writeFileSync(join(partial, 'deep', 'c'), content);
    meanwhile();
  };

describe('a file', () => {
  it('takes the place of an older one where that is allowed', async () => {
    put('old', 'out.html');
    await writeWholeFile(at('out.html'), 'new', 'a file');
    expect(text('out.html')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out.html']);
  });

  it('stays beside what has its place, and says where', async () => {
    put('notes', 'out.html');
    put('notes too', 'out-2.html');
    const failing = writeWholeFile(at('out.html'), 'new');
    await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTPUT', path: at('out.html') });
    await expect(failing).rejects.toThrow(at('out-3.html'));
    expect([text('out.html'), text('out-2.html'), text('out-3.html')]).toEqual(['notes', 'notes too', 'new']);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('never takes the place of a folder', async () => {
    mkdirSync(at('kept'));
    await expect(writeWholeFile(at('kept'), 'new', 'a file')).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect(readdirSync(folder).sort()).toEqual(['kept', 'kept-2']);
  });

  it('goes behind a link', async () => {
    mkdirSync(at('far'));
    put('old', 'far', 'target');
    symlinkSync(at('far', 'target'), at('link'));
    await writeWholeFile(at('link'), 'new', 'a file');
    expect([text('far', 'target'), text('link')]).toEqual(['new', 'new']);
  });

  it('may have the longest name there is', async () => {
    const name = 'ü'.repeat(127);
    await writeWholeFile(at(`${name}x`), 'new');
    await writeWholeFile(at(`${name}y`), 'other');
    expect(text(`${name}x`)).toBe('new');
    const failing = writeWholeFile(at(`${name}x`), 'third');
    await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect(readdirSync(folder)).toHaveLength(3);
    await expect(writeWholeFile(at(`${name}xy`), 'new')).rejects.toThrow(/name is too long/);
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

describe('a folder', () => {
  it('takes the place of an empty one', async () => {
    mkdirSync(at('out'));
    await writeWholeFolder(at('out'), fill('new'));
    expect(text('out', 'deep', 'c')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('replaces the files of an earlier one and nothing else', async () => {
    await writeWholeFolder(at('out'), fill('old'));
    put('ours too', 'out', 'b');
    put('thesis', 'out', 'thesis.tex');
    put('notes', 'out', 'deep', 'notes');
    mkdirSync(at('out', 'plots'));
    put('plot', 'out', 'plots', 'a');
    await writeWholeFolder(at('out'), fill('new'), { replaceable: own });
    expect(text('out', 'a')).toBe('ours new');
    expect(readdirSync(at('out')).sort()).toEqual(['a', 'deep', 'plots', 'thesis.tex']);
    expect(readdirSync(at('out', 'deep')).sort()).toEqual(['c', 'notes']);
    expect([text('out', 'plots', 'a'), text('out', 'deep', 'notes')]).toEqual(['plot', 'notes']);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  const folderWith = (name: string) => {
    mkdirSync(at('out'));
    put('mine', 'out', name);
  };
  const intruders: readonly [what: string, replaceable: 'nothing' | OwnFiles, come: () => void][] = [
    ['a folder with files', 'nothing', () => folderWith('x')],
    ['a folder with files, where an earlier one may go', own, () => folderWith('a')],
    ['a file', 'nothing', () => put('mine', 'out')],
    ['a file, where an earlier one may go', own, () => put('mine', 'out')],
  ];
  it.each(intruders)('stays beside %s that came meanwhile', async (_, replaceable, come) => {
    const failing = writeWholeFolder(at('out'), fill('new', come), { replaceable });
    await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    await expect(failing).rejects.toThrow(at('out-2'));
    expect(readdirSync(folder).sort()).toEqual(['out', 'out-2']);
    expect(text('out-2', 'a')).toBe('ours new');
    const left = existsSync(at('out', 'x'))
      ? text('out', 'x')
      : existsSync(at('out', 'a'))
        ? text('out', 'a')
        : text('out');
    expect(left).toBe('mine');
  });

  it('appears not at all after an error or an abort', async () => {
    const failing = writeWholeFolder(at('out'), () => Promise.reject(new Error('full')));
    await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    const stop = new AbortController();
    const aborted = writeWholeFolder(at('out'), async () => stop.abort('enough'), { signal: stop.signal });
    await expect(aborted).rejects.toBe('enough');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what a killed run left', () => {
  const leave = (name: string, content: string) => {
    mkdirSync(at(name, 'deep'), { recursive: true });
    put(`ours ${content}`, name, 'a');
    put('notes', name, 'deep', 'notes');
  };

  it('goes, that of others stays', async () => {
    const mine = ['out.0123456789ab.partial', 'out.ba9876543210.partial'];
    const others = [
      'out.0123.partial',
      'out2.0123456789ab.partial',
      'x.out.0123456789ab.partial',
      'out.partial',
    ];
    mkdirSync(at(mine[0] as string));
    for (const name of [mine[1] as string, ...others]) put('x', name);
    await clearLeftovers(at('out'), own);
    expect(readdirSync(folder).sort()).toEqual(others.sort());
  });

  it('between the two steps of replacing: the earlier output stands again', async () => {
    leave('out.0123456789ab.partial', 'new');
    leave('out.0123456789ab.partial.replaced', 'old');
    await clearLeftovers(at('out'), own);
    expect(readdirSync(folder)).toEqual(['out']);
    expect(text('out', 'a')).toBe('ours old');
  });

  it('after both: what is not of the output moves to the new one', async () => {
    leave('out', 'new');
    rmSync(at('out', 'deep'), { recursive: true });
    leave('out.0123456789ab.partial.replaced', 'old');
    await clearLeftovers(at('out'), own);
    expect(readdirSync(folder)).toEqual(['out']);
    expect([text('out', 'a'), text('out', 'deep', 'notes')]).toEqual(['ours new', 'notes']);
  });
});

describe('before the work', () => {
  const keep = { force: false };
  const force = { force: true };

  it('an empty folder is as good as none; another is refused unless it holds an earlier output and may go', async () => {
    mkdirSync(at('out'));
    await requireOutputFolder(at('out'), own, keep);
    put('mine', 'out', 'a');
    await expect(requireOutputFolder(at('out'), own, force)).rejects.toThrow(/holds no pair \(but a\)/);
    put('ours', 'out', 'a');
    await expect(requireOutputFolder(at('out'), own, keep)).rejects.toThrow(/--force/);
    await requireOutputFolder(at('out'), own, force);
  });

  it('links that lead nowhere or in circles, and names too long, are refused', async () => {
    symlinkSync(at('gone'), at('dangling'));
    symlinkSync(at('circle'), at('circle'));
    for (const [name, says] of [
      ['dangling', /leads nowhere/],
      ['circle', /links in a circle/],
      ['x'.repeat(256), /too long/],
    ] as const) {
      await expect(requireOutputFolder(at(name), own, force)).rejects.toThrow(says);
      await expect(requireOutputFile(at(name), force)).rejects.toThrow(says);
    }
  });

  it('inputs are safe, by whatever name, and so is what lies in one', async () => {
    mkdirSync(at('classifier'));
    put('network', 'classifier', 'member');
    symlinkSync(at('classifier'), at('link'));
    for (const [path, input] of [
      [at('classifier', 'member'), at('classifier')],
      [at('link', 'member'), at('classifier')],
      [at('classifier', 'member'), at('link')],
      [at('classifier', 'member'), at('link', 'member')],
    ] as const) {
      await expect(requireOutputFile(path, { ...force, inputs: [input] })).rejects.toThrow(/input/);
    }
    const inside = { ...force, inputs: [at('classifier', 'member')] };
    await expect(requireOutputFolder(at('link'), own, inside)).rejects.toThrow(/input/);
    await expect(
      requireOutputFile(at('new'), { ...force, inputs: [at('classifier')] }),
    ).resolves.toBeUndefined();
    linkSync(at('classifier', 'member'), at('other-name'));
    await requireOutputFile(at('other-name'), { ...force, inputs: [at('classifier', 'member')] });
  });
});
