import { tickLabels } from './axes.js';
import { differenceSteps, steps } from './color-ramps.js';
import { isFiniteNumber, significant } from './numbers.js';
import { shownUnit } from './units.js';

/** How numbers of cells become colors. */
export interface ColorScale {
  readonly title: string;
  /** Class of the style sheet for a number; null: nothing is drawn. */
  colorOf(value: unknown): string | null;
  /** All classes, least first. */
  readonly colors: readonly string[];
  /** Those that are marked with a line, so that gray print has a sign. */
  readonly negative: readonly string[];
  /** Labels with their places, from 0 (start of the bar) to 1. */
  readonly labels: readonly { readonly at: number; readonly text: string }[];
}

/** Decades that a scale of energies spans. */
const decades = 5;
const amounts = Array.from({ length: steps }, (_, i) => `a${i}`);

/** Logarithmic, up to the decade above the largest; what is less than the least is drawn as that, nothing as nothing. */
export function energyScale(title: string, largest: number): ColorScale {
  const top = Math.ceil(Math.log10(largest > 0 ? largest : 1) - 1e-9);
  const unit = shownUnit('MeV', 10 ** top);
  const ends = [top - decades, top];
  const shown = ends.map((power) => 10 ** power / unit.size);
  const texts = tickLabels(
    shown.map((value) => Number(value.toPrecision(6))),
    'log',
  );
  return {
    title: `${title} [${unit.name}]`,
    colorOf(value) {
      if (!isFiniteNumber(value) || value <= 0) return null;
      return amounts[stepAt((Math.log10(value) - top + decades) / decades, steps)] as string;
    },
    colors: amounts,
    negative: [],
    labels: texts.map((text, i) => ({ at: i, text })),
  };
}

/** From 0 to 1, in per cent. */
export function rateScale(title: string): ColorScale {
  return {
    title: `${title} [%]`,
    colorOf: (value) =>
      isFiniteNumber(value) && value > 0 ? (amounts[stepAt(value, steps)] as string) : null,
    colors: amounts,
    negative: [],
    labels: [
      { at: 0, text: '0' },
      { at: 0.5, text: '50' },
      { at: 1, text: '100' },
    ],
  };
}

/** Both ways from zero, in standard errors, to the round number above the largest, 10 at least; less than a fifth of it is as zero. */
export function differenceScale(title: string, largest: number): ColorScale {
  const limit = roundAbove(Math.max(10, largest));
  const fewer = Array.from({ length: differenceSteps }, (_, i) => `f${differenceSteps - i}`);
  const more = Array.from({ length: differenceSteps + 1 }, (_, i) => `m${i}`);
  const colors = [...fewer, ...more];
  return {
    title: `${title} [σ]`,
    colorOf(value) {
      if (!isFiniteNumber(value)) return null;
      const step = Math.trunc((value / limit) * differenceSteps);
      return colors[differenceSteps + Math.max(-differenceSteps, Math.min(differenceSteps, step))] as string;
    },
    colors,
    negative: fewer,
    labels: [
      { at: 0, text: `−${significant(limit, 2)}` },
      { at: 0.5, text: '0' },
      { at: 1, text: significant(limit, 2) },
    ],
  };
}

function stepAt(share: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(share * count)));
}

/** 1, 2 or 5 times a power of ten. */
function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * power).find((round) => round >= value * (1 - 1e-9)) as number;
}
