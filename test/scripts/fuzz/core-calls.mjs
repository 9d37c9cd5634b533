// Calls of the core as the library makes them, and the same with something changed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { libraryCalls } from '../../digests/library-calls.mjs';

const dist = resolve(import.meta.dirname, '../../../dist');

/**
 * More rows each time would be more memory each time; descriptors are those of this process; a lock belongs to its file; a fill waits
 * for rows.
 */
const leftOut = ['appendShowers', 'dispose', 'cancelJob', 'openShowerReader', 'lockFile', 'fillHistogram'];

/** Numbers at which counts and sizes go over. */
const numbers = [
  -1,
  -0,
  0,
  0.5,
  1,
  2,
  3,
  7,
  255,
  65_536,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e308,
  Number.NaN,
  Infinity,
];
const strings = ['', 'low', 'calogan', 'network', '\u0000', 'ä'.repeat(300)];
const kinds = [Float32Array, Float64Array, Uint32Array, Uint8Array];
const others = [undefined, null, true, {}, [], () => undefined, 10n, new ArrayBuffer(8)];

/** Calls that end in a value, with all that they need, of every operation that the calls of the digests reach. */
export async function recordedCalls() {
  const library = await import(join(dist, 'index.js'));
  const { native } = await import(join(dist, 'native/binding.js'));
  const { jetValues } = await import(join(dist, 'samples/jets/jet-observables.js'));
  const core = native();
  const own = { ...core };
  const calls = [];
  for (const [name, operation] of Object.entries(own)) {
    if (typeof operation !== 'function') continue;
    core[name] = (...args) => {
      if (name !== 'dispose' && calls.filter((call) => call.name === name).length < 40)
        calls.push({ name, args });
      // What a call took must be there when it is made again.
      return name === 'dispose' ? undefined : operation(...args);
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-calls-'));
  const home = process.cwd();
  process.chdir(folder);
  try {
    const toys = { 'cg-reference': 'calogan', 'cg-generated': 'calogan', 'ds2-generated': 'ds2' };
    for (const [name, geometry] of Object.entries(toys)) {
      const words = [`${name}.hdf5`, '--geometry', geometry, '--showers', '60', '--quiet'];
      execFileSync(process.execPath, [join(dist, 'cli/main.js'), 'simulate', ...words]);
    }
    for (const [name, call] of Object.entries(libraryCalls)) if (!/resumed/.test(name)) await call(library);
    const reference = await library.openShowers('cg-reference.hdf5');
    const generated = await library.openShowers('cg-generated.hdf5');
    const classifier = { hidden: [4], epochs: 1 };
    const { ensemble } = await library.evaluate(reference, generated, {
      folds: 3,
      permutations: 3,
      classifier,
    });
    await ensemble.score(generated);
    await ensemble.save('classifier');
    await library.ClassifierEnsemble.load('classifier');
    await library.isotonicRegression(Float64Array.of(1, 3, 2), Float64Array.of(0, 1, 1));
    const particles = Float32Array.from({ length: 20 * 30 * 3 }, (_, i) => Math.abs(Math.sin(i)) / 10);
    await jetValues({ rows: 20, particles, jetPt: null }, {});
    const histogram = new library.WeightedHistogram([library.regularAxis(4, 0, 1)]);
    await histogram.fill([Float64Array.of(0.1, 0.7)], { weights: Float64Array.of(1, 2) });
    await histogram.fill([new Float64Array(new SharedArrayBuffer(80))]);
    histogram.merge(library.WeightedHistogram.fromUhi(histogram.toUhi()));
  } finally {
    Object.assign(core, own);
    process.chdir(home);
    rmSync(folder, { recursive: true });
  }
  return { core: own, calls: calls.filter(({ name }) => !leftOut.includes(name)) };
}

/** A handle, a function: what is passed on as it is, or replaced whole. */
const isPlain = (value) => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

function changedArray(values, random) {
  const lengths = [0, values.length - 1, values.length + 1, values.length >> 1, 3 * values.length];
  switch (random.below(4)) {
    case 0:
      return values.slice(0, Math.max(0, random.of(lengths)));
    case 1:
      return new (random.of(kinds))(Math.max(0, random.of(lengths)));
    case 2: {
      const copy = values.slice();
      structuredClone(copy, { transfer: [copy.buffer] });
      return copy;
    }
    default: {
      const copy = values.slice();
      for (let left = 1 + random.below(4); left > 0; left--)
        copy[random.below(copy.length)] = random.of(numbers);
      return copy;
    }
  }
}

/** A value with one thing in it changed; what was recorded stays as it is. */
export function changed(value, random) {
  if (random.below(12) === 0) return random.of([...numbers, ...strings, ...others]);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return changedArray(value, random);
  if (typeof value === 'number') return random.of(numbers);
  if (typeof value === 'string') return random.of(strings);
  if (typeof value === 'boolean') return !value;
  if (value === null || typeof value !== 'object' || !isPlain(value)) return random.of(others);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  if (keys.length === 0) return random.of(others);
  const key = random.of(keys);
  if (random.below(8) !== 0) copy[key] = changed(copy[key], random);
  else if (Array.isArray(copy)) random.below(2) ? copy.splice(Number(key), 1) : copy.push(copy[key]);
  else delete copy[key];
  return copy;
}

/** Makes a call with one to three things changed; a job that lasts longer than a second is cancelled. */
export async function tryCall({ core, calls }, random) {
  const name = random.of([...new Set(calls.map((call) => call.name))]);
  const { args } = random.of(calls.filter((call) => call.name === name));
  const changedArgs = [...args];
  const last = args.length - 1;
  const isJob = typeof args[last] === 'function';
  const places = isJob ? last : args.length;
  for (let left = 1 + random.below(3); left > 0 && places > 0; left--) {
    const place = random.below(places);
    changedArgs[place] = changed(changedArgs[place], random);
  }
  if (!isJob) return core[name](...changedArgs);
  return await new Promise((resolve, reject) => {
    let late;
    const notify = (event, what) => {
      if (event === 'progress') return;
      clearTimeout(late);
      if (event === 'done' || what.code === 'ERR_CANCELLED') resolve(what);
      else reject(what);
    };
    const begun = core[name](...changedArgs.slice(0, last), notify);
    const job = begun.job ?? begun;
    late = setTimeout(() => core.cancelJob(job), 1000);
  });
}
