// Tables of Gaussian columns. A flaw changes a row of standard normal numbers and knows ln(p_reference / p_generated) of it.
import { areaUnderCurve } from 'caloscope';
import { RandomNumbers } from '../harness/random-numbers.mjs';

/** The first columns lie higher by so many σ. */
function shift(...distances) {
  return {
    name: `${distances.length === 1 ? 'one column' : `${distances.length} columns`} shifted by ${distances[0]} σ`,
    change: (row) =>
      distances.forEach((distance, column) => {
        row[column] += distance;
      }),
    logRatio: (row) => distances.reduce((sum, d, column) => sum + d * (d / 2 - row[column]), 0),
  };
}

/** Two columns are correlated. */
function correlation(rho) {
  const rest = 1 - rho ** 2;
  return {
    name: `one correlation 0 → ${rho}`,
    change: (row) => {
      row[1] = rho * row[0] + Math.sqrt(rest) * row[1];
    },
    logRatio: ([x, y]) => ((x * x - 2 * rho * x * y + y * y) / rest - x * x - y * y + Math.log(rest)) / 2,
  };
}

/** One column has another variance. */
function variance(factor) {
  return {
    name: `one variance × ${factor}`,
    change: (row) => {
      row[0] *= Math.sqrt(factor);
    },
    logRatio: ([x]) => (x * x * (1 / factor - 1) + Math.log(factor)) / 2,
  };
}

/** A share of the rows is wider in all columns. */
function tail(share, width) {
  return {
    name: `${100 * share} % of the rows × ${width}`,
    change: (row, random) => {
      if (random.uniform() < share) for (let column = 0; column < row.length; column++) row[column] *= width;
    },
    logRatio: (row) => {
      const square = row.reduce((sum, x) => sum + x * x, 0);
      const wide = (square / 2) * (1 - 1 / width ** 2) - row.length * Math.log(width);
      return -Math.log(1 - share + share * Math.exp(wide));
    },
  };
}

/** The second column of each pair follows the first but for a thousandth of its width, which is where the flaw is. */
function narrow(row) {
  for (const [wide, close] of [
    [2, 0],
    [3, 1],
  ])
    row[close] = row[wide] + 1e-3 * row[close];
}

const tables = [
  { name: '10 Gaussian columns', columns: 10, flaws: [shift(0.3), tail(0.05, 3)] },
  { name: '41 Gaussian columns', columns: 41, flaws: [shift(0.3), correlation(0.5), variance(1.5)] },
  { name: '10 columns, two narrow directions', columns: 10, mix: narrow, flaws: [shift(0.3, 0.3)] },
];

/** Visits rows before they are mixed: the ratio of the densities is the same there. */
function draw(rows, columns, flaw, random, visit) {
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let column = 0; column < columns; column++) row[column] = random.normal();
    flaw?.change(row, random);
    visit(row, i);
  }
}

/** By Monte Carlo of the exact ratio: ± 0.0006. */
async function exactAuc(columns, flaw) {
  const rows = 400_000;
  const random = new RandomNumbers(1);
  const scores = [null, flaw].map((kind) => {
    const values = new Float64Array(rows);
    draw(rows, columns, kind, random, (row, i) => {
      values[i] = flaw.logRatio(row);
    });
    return values;
  });
  return (await areaUnderCurve(...scores)).value;
}

/** Of a normal number that is shifted by so many σ. */
export function exactAucOfShift(distance) {
  return exactAuc(1, shift(distance));
}

function population({ name, columns, mix, flaws }) {
  const names = Array.from({ length: columns }, (_, column) => `x${column}`);
  return {
    name,
    flaws: flaws.map((flaw) => ({ name: flaw.name, exactAuc: () => exactAuc(columns, flaw), flaw })),
    /** Two tables, the second with the flaw; without one where it is null. */
    async draw(chosen, rows, seed) {
      const random = new RandomNumbers(seed);
      const both = new Float32Array(2 * rows * columns);
      for (const [sample, flaw] of [null, chosen?.flaw ?? null].entries()) {
        const values = both.subarray(sample * rows * columns, (sample + 1) * rows * columns);
        draw(rows, columns, flaw, random, (row, i) => {
          mix?.(row);
          values.set(row, i * columns);
        });
      }
      const table = (sample) => ({
        columns: names,
        values: both.slice(sample * rows * columns, (sample + 1) * rows * columns),
      });
      return { reference: table(0), generated: table(1), rows: both, columns, dispose() {} };
    },
  };
}

export const gaussianPopulations = tables.map(population);
