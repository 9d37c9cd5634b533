import { plain, powerOfTen } from './numbers.js';

export type Domain = readonly [lower: number, upper: number];

export interface Axis {
  readonly domain: Domain;
  readonly scale: 'linear' | 'log';
  /** Axis title with its unit; indices as in `E_dep` become subscripts. */
  readonly title: string;
  /** Ticks are labelled in units of so many of those of the domain. Default 1. */
  readonly unitSize?: number;
  /** Where the title of a vertical axis stands: above it (default), or turned, at its side. */
  readonly titleAt?: 'top' | 'side';
  /** Where labels stand; by default round numbers, or decades on a logarithmic axis. */
  readonly ticks?: readonly number[];
  /** False leaves out labels and title: the panel below has them. */
  readonly labelled?: boolean;
}

export interface Ticks {
  readonly major: readonly number[];
  readonly minor: readonly number[];
}

/** A domain of positive length; a logarithmic one also lies above zero. */
export function soundDomain(lower: number, upper: number, scale: 'linear' | 'log'): Domain {
  if (scale === 'log') {
    const start = lower > 0 ? lower : Math.min(upper > 0 ? upper : 1, 1) / 1000;
    return upper > start ? [start, upper] : [start / 2, start * 2];
  }
  return upper > lower ? [lower, upper] : [lower - 0.5, lower + 0.5];
}

/** Logarithmic where that was requested and all edges allow it. */
export function usableScale(wanted: 'linear' | 'log', edges: readonly number[]): 'linear' | 'log' {
  return wanted === 'log' && (edges[0] ?? 0) > 0 ? 'log' : 'linear';
}

/** In the unit of the labels. */
export function axisTicks(axis: Axis, about: number): Ticks {
  const size = axis.unitSize ?? 1;
  const domain: Domain = [axis.domain[0] / size, axis.domain[1] / size];
  const computed = axis.scale === 'log' ? logTicks(domain, about) : linearTicks(domain, about);
  return axis.ticks === undefined ? computed : { major: axis.ticks, minor: computed.minor };
}

/** Round numbers (1, 2 or 5 times a power of ten apart), with four or five minor steps between them. */
function linearTicks([lower, upper]: Domain, about: number): Ticks {
  const raw = (upper - lower) / Math.max(about, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  // The step nearest to the wanted one; the bounds are the geometric means of neighboring steps.
  const leading =
    raw < power * Math.sqrt(2) ? 1 : raw < power * Math.sqrt(10) ? 2 : raw < power * Math.sqrt(50) ? 5 : 10;
  const parts = leading === 2 ? 4 : 5;
  return {
    major: multiples(lower, upper, leading * power),
    minor: multiples(lower, upper, (leading * power) / parts),
  };
}

function multiples(lower: number, upper: number, step: number): number[] {
  const slack = 1e-9 * (upper - lower);
  const first = Math.ceil((lower - slack) / step);
  const last = Math.floor((upper + slack) / step);
  if (!(last - first < 1000)) return [];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const value = Number(((first + index) * step).toPrecision(12));
    return Math.min(Math.max(value, lower), upper);
  });
}

/** Decades; on short axes also 2 and 5 times them; minor ticks at all other single digits. */
function logTicks([lower, upper]: Domain, about: number): Ticks {
  const first = Math.floor(Math.log10(lower) + 1e-9);
  const last = Math.ceil(Math.log10(upper) - 1e-9);
  const decades = last - first;
  const stride = Math.max(1, Math.ceil(decades / Math.max(about, 2)));
  const digits = upper / lower <= 150 ? [1, 2, 5] : [1];
  const inside = (value: number) => value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9);
  const major: number[] = [];
  const minor: number[] = [];
  for (let exponent = first; exponent <= last; exponent += 1) {
    for (let digit = 1; digit <= 9; digit += 1) {
      const value = Number(`${digit}e${exponent}`);
      if (!inside(value)) continue;
      const isMajor = digits.includes(digit) && (exponent - first) % stride === 0;
      if (isMajor) major.push(value);
      else if (digit === 1 || stride === 1) minor.push(value);
    }
  }
  return { major, minor };
}

/** Tick labels: powers of ten where decades alone are labelled, otherwise equally many decimals. */
export function tickLabels(values: readonly number[], scale: 'linear' | 'log'): string[] {
  if (scale === 'log') {
    const powers = values.map((value) => Math.round(Math.log10(value)));
    const onlyPowers = values.every(
      (value, index) => Math.abs(value / 10 ** (powers[index] ?? 0) - 1) < 1e-9,
    );
    return onlyPowers ? powers.map(decadeLabel) : values.map(plain);
  }
  const labels = values.map(plain);
  const decimals = Math.max(0, ...labels.map((label) => (label.split('.')[1] ?? '').length));
  if (decimals === 0 || labels.some((label) => label.includes('·'))) return labels;
  return values.map((value) => (value === 0 ? '0' : value.toFixed(decimals).replace('-', '−')));
}

function decadeLabel(power: number): string {
  return power === 0 || power === 1 ? plain(10 ** power) : powerOfTen(power);
}
