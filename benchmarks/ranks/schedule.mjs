/**
 * How long an evaluation takes on many ranks, from times that are measured here on one thread: what each kind of learner takes, reading,
 * features, scoring and analyses. The dealing is that of src/ranks; what is sent takes a latency and its bytes.
 *
 *   node benchmarks/ranks/schedule.mjs [--showers 2000] [--permutations 1000] [--members 1] [--times FILE] [--markdown]
 *
 * With --times the measured times are read from FILE, or written there where it is missing.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, openShowers, simulateShowers } from 'caloscope';
import { Ranks } from '../../dist/ranks/ranks.js';

const words = process.argv.slice(2);
const option = (name, usual) => (words.includes(`--${name}`) ? words[words.indexOf(`--${name}`) + 1] : usual);
const showers = Number(option('showers', 2000));
const permutations = Number(option('permutations', 1000));
const members = Number(option('members', 1));
const timesFile = option('times', undefined);
const markdown = words.includes('--markdown');

/** Of a network between nodes, slow ones: seconds a message, bytes a second into one node. */
const latency = 20e-6;
const bandwidth = 1e9;
/** Trainings stop when they stop: relative deviation of their time. */
const deviation = 0.15;
const pairs = 10; // of five folds
const learners = ['network', 'logistic', 'quadratic', 'sparse', 'trees'];

/** Seconds on one thread, and bytes of a member. */
async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-schedule-'));
  try {
    const files = ['reference', 'generated'].map((name) => join(folder, `${name}.hdf5`));
    await simulateShowers(files[0], { geometry: 'calogan', showers, seed: 1 });
    await simulateShowers(files[1], { geometry: 'calogan', showers, seed: 2, distortion: 'width' });
    const start = performance.now();
    const samples = [await openShowers(files[0]), await openShowers(files[1])];
    const reading = (performance.now() - start) / 1000;
    const timings = async (chosen, save) => {
      const { result, ensemble } = await evaluate(...samples, { learners: chosen, threads: 1 });
      if (save) await ensemble.save(save);
      ensemble.dispose();
      return Object.fromEntries(result.run.timings.map(({ stage, seconds }) => [stage, seconds]));
    };
    const fit = {};
    const bytes = {};
    for (const learner of learners) {
      const saved = join(folder, learner);
      fit[learner] = (await timings([learner], saved)).training / pairs;
      const sizes = readdirSync(saved).map((name) => statSync(join(saved, name)).size);
      bytes[learner] = Math.max(...sizes);
    }
    const whole = await timings(learners);
    const fitted = learners.reduce((sum, learner) => sum + pairs * fit[learner], 0);
    return {
      showers,
      fit,
      bytes,
      before: reading + whole['checking the samples'] + whole.features,
      scoring: Math.max(0, whole.training - fitted),
      after: whole.weights + whole.observables + whole.analyses,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same numbers each time; xorshift32. */
function random(seed) {
  let state = seed;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.exp(deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/** A rank that speaks to nobody, to ask it what it is dealt. */
const silent = (rank, ranks) => new Ranks({ rank, ranks, host: '', send() {}, onMessage() {} });

function simulate({ fit, bytes, before, scoring, after }, ranks) {
  const varied = random(12345);
  const units = learners.flatMap((learner) => {
    return Array.from({ length: pairs * (learner === 'network' ? members : 1) }, () => ({
      seconds: fit[learner] * varied(),
      bytes: bytes[learner],
    }));
  });
  const all = units.reduce((sum, { seconds }) => sum + seconds, 0);
  const null_ = Array.from({ length: permutations }, () => (all + scoring) * varied());
  const own = (list, { taken, before }) => list.filter((_, i) => taken[(before + i) % taken.length] === 1);
  const fitted = [];
  const permuted = [];
  let sent = 0;
  for (let rank = 0; rank < ranks; rank++) {
    const dealt = silent(rank, ranks);
    const fits = own(units, dealt.share(true));
    dealt.deal(units.length);
    const labels = own(null_, dealt.share());
    const size = fits.reduce((sum, one) => sum + one.bytes, 0);
    if (rank > 0) sent += size + 8 * labels.length;
    const done = before + fits.reduce((sum, { seconds }) => sum + seconds, 0);
    fitted.push(done + latency + (rank > 0 ? size / bandwidth : 0));
    permuted.push(labels.reduce((sum, seconds) => sum + seconds, 0));
  }
  // The first rank takes in one share after the other, scores, and then does its own permutations; the others run ahead.
  const received = Math.max(...fitted, before) + sent / bandwidth + ranks * latency + scoring;
  const ends = permuted.map((seconds, rank) => (rank === 0 ? received : fitted[rank]) + seconds);
  return { seconds: Math.max(...ends) + after, sent };
}

let times;
if (timesFile && existsSync(timesFile)) times = JSON.parse(readFileSync(timesFile, 'utf8'));
else times = await measure();
if (timesFile && !existsSync(timesFile)) writeFileSync(timesFile, `${JSON.stringify(times, null, 2)}\n`);
const { seconds: alone } = simulate(times, 1);
const numbers = [1, 2, 4, 10, 30, 100, 300, 1000].map((ranks) => {
  const { seconds, sent } = simulate(times, ranks);
  return [ranks, seconds, alone / seconds, alone / seconds / ranks, sent / 1e6].map((value, i) =>
    i === 0 ? String(value) : value.toPrecision(3),
  );
});
const head = ['ranks', 'seconds', 'times one rank', 'of ideal', 'MB to the first'];
const line = (cells) =>
  markdown ? `| ${cells.join(' | ')} |` : cells.map((cell) => cell.padStart(16)).join('');
console.log(
  `${times.showers} showers a sample, ${pairs} pairs of folds × ${members} networks, ${permutations} permutations; measured on one thread:`,
);
console.log(JSON.stringify(times));
console.log(line(head));
if (markdown) console.log(line(head.map(() => '---:')));
for (const row of numbers) console.log(line(row));
