import { ArgumentError } from '../errors.js';
import { requireOneOf } from '../names.js';
import { seededNumbers } from './seeded-numbers.js';

/** Distortions of the mass spectrum of arXiv:2305.16774, section 4 (after arXiv:2211.10295). */
export const jetDistortionNames = ['tailcut', 'smeared', 'shifted'] as const;
export type JetDistortionName = (typeof jetDistortionNames)[number];

export const jetDistortions: Readonly<Record<JetDistortionName, string>> = {
  tailcut: 'no jets with m/p_T of 0.17 and above',
  smeared: 'the spectrum of m/p_T as if each were multiplied by a normal number of mean 1 and width 0.25',
  shifted: 'the spectrum of m/p_T as if each were multiplied by a normal number of mean 1.1 and width 0.05',
};

const tail = 0.17;
const factors = { smeared: { mean: 1, width: 0.25 }, shifted: { mean: 1.1, width: 0.05 } } as const;
/** Of the spectrum, from 0 to the largest mass. */
const bins = 25;
/** Jets beyond this quantile of the wanted ratio of spectra are kept as those at it: a few of them would cost most of the others. */
const boundedAt = 0.99;

/**
 * The jets of a sample, by their m/p_T, that make a distorted one: in each bin of the spectrum as many as the distortion has there,
 * relative to the others. The published code draws with replacement; here no jet comes twice, since copies would be seen on both sides of
 * a fold, and fewer jets are left.
 *
 * @returns rows that ascend.
 * @throws ArgumentError ERR_ARGUMENT, ERR_TOO_FEW_ROWS where no jet has a mass.
 */
export function jetsKept(masses: Float64Array, distortion: JetDistortionName, seed: number): Float64Array {
  requireOneOf(jetDistortionNames, distortion, 'distortion');
  const rows = Float64Array.from(masses.keys()).filter((row) => !Number.isNaN(masses[row]));
  const largest = masses.reduce((most, mass) => (mass > most ? mass : most), 0);
  if (largest === 0)
    throw new ArgumentError('ERR_TOO_FEW_ROWS', 'no jet has a mass; give jets of several particles');
  if (distortion === 'tailcut') return rows.filter((row) => (masses[row] as number) < tail);
  const random = seededNumbers(seed);
  const { mean, width } = factors[distortion];
  const binOf = (mass: number) => Math.min(bins - 1, Math.floor((mass / largest) * bins));
  const before = new Float64Array(bins);
  const after = new Float64Array(bins);
  for (const row of rows) {
    const mass = masses[row] as number;
    const changed = mass * (mean + width * random.normal());
    (before[binOf(mass)] as number) += 1;
    if (changed >= 0 && changed <= largest) (after[binOf(changed)] as number) += 1;
  }
  const ratios = rows.map((row) => {
    const bin = binOf(masses[row] as number);
    return (after[bin] as number) / (before[bin] as number);
  });
  const bound = ratios.slice().sort()[Math.floor(boundedAt * (ratios.length - 1))] as number;
  return rows.filter((_, i) => random.uniform() * bound < (ratios[i] as number));
}
