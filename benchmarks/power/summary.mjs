// From trials to mean AUC, and to power at a level with thresholds from each method's own null pairs.
import { ours } from './trial.mjs';

export const level = 0.05;
export const nullName = 'none';

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** With its binomial error; that of one pair more of each kind where all agree. */
function share(flags) {
  const n = flags.length;
  const value = mean(flags.map(Number));
  const p = Math.min(Math.max(value, 1 / (n + 2)), 1 - 1 / (n + 2));
  return { value, error: Math.sqrt((p * (1 - p)) / n) };
}

/** The AUC above which a share `level` of the null pairs lies; Infinity where they are too few to say. */
export function thresholdOf(nullAreas) {
  const sorted = [...nullAreas].sort((a, b) => b - a);
  const place = Math.floor(level * (sorted.length + 1)) - 1;
  return place >= 0 ? sorted[place] : Number.POSITIVE_INFINITY;
}

/** Standard deviation of the AUC of one fixed score without a difference. */
const nullDeviation = (rows) => Math.sqrt((2 * rows + 1) / (12 * rows * rows));

function grouped(trials, keyOf) {
  const groups = new Map();
  for (const trial of trials) {
    const key = keyOf(trial);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(trial);
  }
  return groups;
}

function methodSummary(flawed, nulls) {
  const threshold = thresholdOf(nulls.map(({ auc }) => auc));
  const areas = flawed.map(({ auc }) => auc);
  const center = mean(areas);
  const spread = Math.sqrt(mean(areas.map((auc) => (auc - center) ** 2)));
  return {
    auc: { value: center, error: areas.length > 1 ? spread / Math.sqrt(areas.length - 1) : null },
    power: Number.isFinite(threshold) ? share(areas.map((auc) => auc > threshold)) : null,
    powerOfP: flawed.every(({ p }) => p !== undefined) ? share(flawed.map(({ p }) => p <= level)) : null,
    overlooked: flawed.filter(({ overlooked }) => overlooked).length,
    pairs: flawed.length,
  };
}

/** One entry a pair of population and flaw, and size: each method, and how far ours is from the best of the others. */
export function summaries({ trials, exact }) {
  const flawed = grouped(
    trials.filter(({ flaw }) => flaw !== nullName),
    ({ population, flaw, rows }) => JSON.stringify([population, flaw, rows]),
  );
  return [...flawed].map(([key, all]) => {
    const [population, flaw, rows] = JSON.parse(key);
    const nulls = trials.filter((t) => t.flaw === nullName && t.population === population && t.rows === rows);
    const ofMethod = (list, method) => list.filter((trial) => trial.method === method);
    const methods = Object.fromEntries(
      [...grouped(all, ({ method }) => method)].map(([method, own]) => [
        method,
        methodSummary(own, ofMethod(nulls, method)),
      ]),
    );
    const others = Object.entries(methods).filter(([method]) => method !== ours);
    const best = others.sort(([, a], [, b]) => b.auc.value - a.auc.value)[0]?.[0] ?? null;
    const behind = best && methods[ours] ? methods[best].auc.value - methods[ours].auc.value : null;
    return {
      population,
      flaw,
      rows,
      exactAuc: exact[JSON.stringify([population, flaw])] ?? null,
      methods,
      best,
      behind: behind === null ? null : behind / nullDeviation(rows),
    };
  });
}

/** How often our p is below a level where nothing is wrong. */
export function sizes({ trials }) {
  const own = trials.filter(({ flaw, method }) => flaw === nullName && method === ours);
  return [...grouped(own, ({ population, rows }) => JSON.stringify([population, rows]))].map(([key, all]) => {
    const [population, rows] = JSON.parse(key);
    const z = all.map(({ auc }) => (auc - 0.5) / nullDeviation(rows));
    return {
      population,
      rows,
      pairs: all.length,
      below5: share(all.map(({ p }) => p <= 0.05)),
      below1: share(all.map(({ p }) => p <= 0.01)),
      meanZ: mean(z),
      spreadZ: Math.sqrt(mean(z.map((value) => (value - mean(z)) ** 2))),
    };
  });
}

const percent = (found, digits = 0) =>
  found ? `${(100 * found.value).toFixed(digits)} ± ${(100 * found.error).toFixed(digits)}` : '';
function area(found) {
  if (!found) return '';
  const error = found.error === null ? '' : ` ± ${found.error.toFixed(3)}`;
  return `${found.value.toFixed(3)}${error}`;
}
const line = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');

/** How often our p is small where nothing is wrong. */
export function nullTable(results) {
  const rows = sizes(results).map(({ population, rows: n, pairs, below5, below1, meanZ, spreadZ }) => [
    population,
    `${n}`,
    `${pairs}`,
    percent(below5, 1),
    percent(below1, 1),
    meanZ.toFixed(2),
    spreadZ.toFixed(2),
  ]);
  return table(['population', 'n = m', 'pairs', 'p ≤ .05', 'p ≤ .01', 'mean', 'spread'], rows);
}

/** Mean AUC, then power in percent, then the size of our p. */
export function markdown(results) {
  const rows = summaries(results);
  const methods = results.methods.filter((method) => rows.some((row) => row.methods[method]));
  const name = ({ population, flaw, rows: n }) => [`${population}, ${flaw}`, `${n}`];
  const areas = rows.map((row) => [
    ...name(row),
    row.exactAuc === null ? '' : row.exactAuc.toFixed(3),
    ...methods.map((method) => area(row.methods[method]?.auc)),
    row.behind === null ? '' : `${row.behind.toFixed(2)} (${row.best})`,
  ]);
  const powers = rows.map((row) => [
    ...name(row),
    percent(row.methods[ours]?.powerOfP),
    `${row.methods[ours]?.overlooked ?? ''}`,
    ...methods.map((method) => percent(row.methods[method]?.power)),
  ]);
  const pair = ['pair', 'n = m'];
  return [
    'Mean AUC, and how many null σ the best of the others lies above ours:',
    table([...pair, 'exact', ...methods, 'best − ours'], areas),
    [
      `Power in percent at ${100 * level} %: of our p as it is printed, then of each AUC with the threshold from the method’s own`,
      'null pairs. Overlooked: pairs that we call equal although an observable has p < 10⁻⁶.',
    ].join('\n'),
    table([...pair, 'p as printed', 'overlooked', ...methods], powers),
    'Null pairs: share of our p below 5 % and 1 % in percent, mean and spread of our AUC in null σ:',
    nullTable(results),
  ].join('\n\n');
}
