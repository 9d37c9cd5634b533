import type { MatrixSample } from '#caloscope/samples/table/matrix-sample';

/** Standard normal numbers from a seed: mulberry32 and Box–Muller. */
export function normalNumbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Rows of independent normal numbers; the mean of column c is `shift[c]`. */
export function gaussianSample(rows: number, shift: readonly number[], seed: number): MatrixSample {
  const normal = normalNumbers(seed);
  const values = Float32Array.from(
    { length: rows * shift.length },
    (_, i) => normal() + (shift[i % shift.length] ?? 0),
  );
  return { values, columns: shift.map((_, column) => `x${column}`) };
}
