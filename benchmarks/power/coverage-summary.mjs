// From trials to how often one error covers, in percent.

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Flags of numbers that lie within their error of their mean over all pairs, or of `truth`. */
function covered(values, errors, truth = null) {
  const n = values.length;
  const center = truth ?? mean(values);
  // The mean holds the number itself.
  const widened = truth === null ? Math.sqrt(n / (n - 1)) : 1;
  return values.map((value, i) => Math.abs(value - center) * widened <= errors[i]);
}

/** Column by column of rows of numbers. */
function coveredColumns(rows, errors, truth = null) {
  return (rows[0] ?? []).flatMap((_, column) =>
    covered(
      rows.map((row) => row[column]),
      errors.map((row) => row[column]),
      truth === null ? null : truth[column],
    ),
  );
}

const percent = (flags) => (flags.length === 0 ? '' : (100 * mean(flags.map(Number))).toFixed(0));

function withError(flags) {
  if (flags.length === 0) return '';
  const n = flags.length;
  const p = Math.min(Math.max(mean(flags.map(Number)), 1 / (n + 2)), 1 - 1 / (n + 2));
  return `${percent(flags)} ± ${(100 * Math.sqrt((p * (1 - p)) / n)).toFixed(0)}`;
}

/** About the mean over all pairs, counted in those whose error is said to hold; how often that is. */
function meanWeights(trials, name) {
  const found = trials.map((trial) => trial[name]);
  const flags = covered(
    found.map(({ mean: value }) => value),
    found.map(({ error }) => error),
  );
  const held = flags.filter((_, i) => found[i].holds);
  const share = mean(found.map(({ holds }) => Number(holds)));
  if (share === 1) return withError(flags);
  return `${withError(held)} (said to hold in ${(100 * share).toFixed(0)} %; of all ${percent(flags)})`;
}

/** Of bins with the axis that most pairs have. */
function bins(trials) {
  return [0, 1, 2, 3].flatMap((column) => {
    const found = trials.map((trial) => trial.bins[column]);
    const counts = new Map();
    for (const { axis } of found) counts.set(axis, (counts.get(axis) ?? 0) + 1);
    const [usual] = [...counts].sort(([, a], [, b]) => b - a)[0];
    const alike = found.filter(({ axis }) => axis === usual);
    const filled = (row) => row.filter((_, bin) => mean(alike.map(({ values }) => values[bin])) >= 5);
    return coveredColumns(
      alike.map(({ values }) => filled(values)),
      alike.map(({ variances }) => filled(variances).map(Math.sqrt)),
    );
  });
}

function row(trials, exact, probes) {
  const { population, rows } = trials[0];
  const ratios = trials.map(({ logRatios }) => logRatios.values);
  const errors = trials.map(({ logRatios }) => logRatios.errors);
  const areas = trials.map(({ auc }) => auc.value);
  const bias = Array.from(probes, (truth, i) => mean(ratios.map((one) => one[i])) - truth);
  return [
    population,
    `${rows}`,
    `${trials.length}`,
    `${exact.toFixed(3)}, ${mean(areas).toFixed(3)}`,
    withError(
      covered(
        areas,
        trials.map(({ auc }) => auc.error),
      ),
    ),
    percent(coveredColumns(ratios, errors)),
    percent(coveredColumns(ratios, errors, probes)),
    Math.sqrt(mean(bias.map((x) => x * x))).toFixed(2),
    percent(bins(trials)),
    meanWeights(trials, 'mean'),
    meanWeights(trials, 'inverse'),
  ];
}

const head = [
  'pair',
  'n = m',
  'pairs',
  'exact AUC, mean',
  'AUC',
  'ln w',
  'ln w, exact',
  'bias of ln w',
  'bins',
  'mean of w',
  'mean of 1/w',
];

/** @param probes exact ln w of the rows that were looked at, by population. */
export function coverageTable({ trials, exact }, probes) {
  const cells = new Map();
  for (const trial of trials) {
    const key = JSON.stringify([trial.population, trial.rows]);
    cells.set(key, [...(cells.get(key) ?? []), trial]);
  }
  const rows = [...cells.values()]
    .sort(([a], [b]) => a.rows - b.rows || a.population.localeCompare(b.population))
    .map((of) => row(of, exact[JSON.stringify([of[0].population, 'AUC'])], probes[of[0].population]));
  const line = (texts) => `| ${texts.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
