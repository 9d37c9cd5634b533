// Joins what every start loads into a few files, in place: 300 modules and zod cost a tenth of a second one by one. Every module keeps
// its path, as an entry that passes on what the joined file has, so that worker threads, tests and declarations find theirs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const modules = readdirSync(dist, { recursive: true })
  .filter((name) => name.endsWith('.js'))
  .map((name) => join(dist, name));
const pathOf = (file) => relative(dist, file).split(sep).join('/');

/** What a module loads at once, with everything behind it; `import()` is later. */
function reached(starts, moduleOf) {
  const found = new Set(starts);
  for (const id of found) for (const next of moduleOf(id)?.importedIds ?? []) found.add(next);
  return found;
}

const isZod = (id) => id.includes(`${sep}node_modules${sep}zod${sep}`);

const isWorker = (file) => file.endsWith('-worker.js');
const workersIn = (...folders) =>
  modules.filter((file) => isWorker(file) && folders.some((folder) => pathOf(file).startsWith(folder)));

/**
 * The file that each module is joined into, with what else is loaded at the same time: with the library `caloscope` and `threads`, with the
 * program `commands` too, by threads that read and write showers `threads` alone. Threads that need no zod load none.
 */
const files = new Map();
function assignFiles(moduleOf) {
  const inLibrary = reached([join(dist, 'index.js')], moduleOf);
  const inProgram = reached([join(dist, 'cli/command-line.js')], moduleOf);
  const atStart = new Set([...inLibrary, ...inProgram]);
  const inThreads = new Map([
    ['threads', reached(workersIn('formats/files/', 'formats/hdf5/', 'samples/'), moduleOf)],
    ['tables', reached(workersIn('formats/tables/'), moduleOf)],
    ['drawing', reached(workersIn('report/'), moduleOf)],
  ]);
  const fileOf = (one) => {
    if (isZod(one)) return 'zod';
    const threads = [...inThreads].filter(([, graph]) => graph.has(one)).map(([name]) => name);
    if (!atStart.has(one)) return threads.length === 1 ? threads[0] : 'threads';
    if (threads.length === 0) return inLibrary.has(one) ? 'caloscope' : 'commands';
    return [...reached([one], moduleOf)].some(isZod) ? 'described' : 'threads';
  };
  for (const one of [...atStart, ...[...inThreads.values()].flatMap((graph) => [...graph])]) {
    if (isZod(one) || (one.startsWith(dist) && !isWorker(one))) files.set(one, fileOf(one));
  }
}

const bundle = await rolldown({
  cwd: root,
  logLevel: 'silent', // of modules that are joined all the same although one loads them later
  input: Object.fromEntries(modules.map((file) => [pathOf(file).slice(0, -'.js'.length), file])),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && id !== 'zod' && !/^zod\//.test(id),
  preserveEntrySignatures: 'allow-extension',
  plugins: [
    {
      name: 'compiled-modules',
      load(id) {
        if (!id.startsWith(dist)) return null;
        // Joined files lie in dist/joined/: what a module finds beside itself, it finds from there.
        const here = `new URL(${JSON.stringify(`../${pathOf(id)}`)}, import.meta.url).href`;
        const code = readFileSync(id, 'utf8').replaceAll('import.meta.url', here);
        return { code, map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) };
      },
      buildEnd() {
        assignFiles((id) => this.getModuleInfo(id));
      },
    },
  ],
});
const banner = `/*! The file zod.js beside this one is zod, unchanged but joined:\n${readFileSync(join(root, 'node_modules/zod/LICENSE'), 'utf8').trim()}\n*/`;
await bundle.write({
  dir: dist,
  format: 'esm',
  sourcemap: true,
  comments: { annotation: false, jsdoc: false, legal: true },
  entryFileNames: '[name].js',
  chunkFileNames: 'joined/[name].js',
  banner: ({ name }) => (name === 'zod' ? banner : ''),
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'start', name: (id) => files.get(id) ?? null }],
  },
});
await bundle.close();
