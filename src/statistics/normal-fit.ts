import { errorFunction } from './error-function.js';

/** A normal distribution that was fitted to the values in a range. */
export interface NormalFit {
  readonly mean: number;
  readonly meanError: number;
  /** Standard deviation. */
  readonly width: number;
  readonly widthError: number;
}

export interface NormalFitOptions {
  /** Values outside are not looked at, and the distribution is cut there, too. */
  readonly lower: number;
  readonly upper: number;
  /** With which the values count, of any sign; null: each counts 1. */
  readonly weights?: Float64Array | null;
}

const mostSteps = 200;
const fewestRows = 10;

/**
 * Maximum likelihood of a normal distribution that is cut to a range, by Fisher scoring, from the mean and the mean square of the
 * values there: the tails outside have no say. Errors are those of the Fisher information of (Σv)²/Σv² values.
 *
 * null: fewer than ten values, or no normal distribution is as flat as the values.
 */
export function normalFit(values: Float64Array, options: NormalFitOptions): NormalFit | null {
  const { lower, upper, weights = null } = options;
  const inside = momentsOf(values, lower, upper, weights);
  if (inside === null) return null;
  let [mean, width] = [inside.mean, Math.sqrt(inside.variance)];
  for (let step = 0; step < mostSteps; step++) {
    const model = cutMoments((lower - mean) / width, (upper - mean) / width);
    const offset = (inside.mean - mean) / width;
    const square = inside.variance / (width * width) + offset * offset;
    // Information of one value about mean/σ and ln σ: the covariance of y and y², y = (x − mean)/σ.
    const [a, b, c] = [model[2] - model[1] ** 2, model[3] - model[1] * model[2], model[4] - model[2] ** 2];
    const determinant = a * c - b * b;
    const [first, second] = [offset - model[1], square - model[2]];
    const move = width * limited((c * first - b * second) / determinant);
    const stretch = limited((a * second - b * first) / determinant);
    if (!Number.isFinite(move) || !Number.isFinite(stretch) || width > 100 * (upper - lower)) return null;
    mean += move;
    width *= Math.exp(stretch);
    if (Math.abs(move) < 1e-12 * width && Math.abs(stretch) < 1e-12) {
      const scale = width / Math.sqrt(inside.effective * determinant);
      return { mean, meanError: scale * Math.sqrt(c), width, widthError: scale * Math.sqrt(a) };
    }
  }
  return null;
}

/** A step that does not leave the neighborhood in which scoring holds. */
function limited(step: number): number {
  return Math.max(-0.5, Math.min(0.5, step));
}

function momentsOf(values: Float64Array, lower: number, upper: number, weights: Float64Array | null) {
  let [rows, sum, squares, first] = [0, 0, 0, 0];
  const isInside = (value: number) => value >= lower && value <= upper;
  for (const [row, value] of values.entries()) {
    if (!isInside(value)) continue;
    const weight = weights === null ? 1 : (weights[row] as number);
    rows += 1;
    sum += weight;
    squares += weight * weight;
    first += weight * value;
  }
  if (rows < fewestRows || !(sum > 0)) return null;
  const mean = first / sum;
  let second = 0;
  for (const [row, value] of values.entries()) {
    if (isInside(value)) second += (weights === null ? 1 : (weights[row] as number)) * (value - mean) ** 2;
  }
  const variance = second / sum;
  return variance > 0 ? { mean, variance, effective: (sum * sum) / squares } : null;
}

/** Moments 0 to 4 of a standard normal distribution between two numbers: m_k = (k−1) m_{k−2} − [y^{k−1} φ(y)]/Z. */
function cutMoments(from: number, to: number): [number, number, number, number, number] {
  const inside = normalBetween(from, to);
  const [low, high] = [normalDensity(from), normalDensity(to)];
  const edge = (power: number) => (to ** power * high - from ** power * low) / inside;
  const first = -edge(0);
  const second = 1 - edge(1);
  const third = 2 * first - edge(2);
  return [1, first, second, third, 3 * second - edge(3)];
}

function normalDensity(y: number): number {
  return Math.exp(-0.5 * y * y) / Math.sqrt(2 * Math.PI);
}

/** Probability of a standard normal number between two others. */
export function normalBetween(from: number, to: number): number {
  return 0.5 * (errorFunction(to / Math.SQRT2) - errorFunction(from / Math.SQRT2));
}
