/** The inputs of inputs.py, bit for bit. */

/** Numbers of [0, 1): a linear congruential generator with 32 bits. */
export function steps(seed: number, rows: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: rows }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

export const x = steps(1, 500).map((u) => Math.floor(u * 4096) / 1024 - 1.5);
export const weight = steps(2, 500).map((u) => Math.floor(u * 64 - 8) / 16);
export const y = steps(8, 500).map((u) => Math.floor(u * 2048) / 512 + 0.125);
export const reference = steps(3, 300).map((u) => Math.floor(u * 64) / 64 + 0.125);
export const generated = steps(4, 400).map((u) => Math.floor(u * 64) / 64);
export const referenceWeights = steps(5, 300);
export const generatedWeights = steps(6, 400);
/** Three networks, 20 rows. */
export const logits = steps(7, 60).map((u) => u * 8 - 4);

/** Deposits of 0 to 256 MeV in half of the voxels; the first shower is empty, the second lacks its first quarter. */
export function showers(rows: number, voxels: number, seed: number) {
  const deposits = steps(seed, rows * voxels).map((u) => Math.floor(Math.max(u - 0.5, 0) * 8192) / 16);
  deposits.fill(0, 0, voxels);
  deposits.fill(0, voxels, voxels + Math.floor(voxels / 4));
  return { voxels: deposits, incidentEnergies: Float64Array.from({ length: rows }, (_, i) => 1000 * 2 ** i) };
}
