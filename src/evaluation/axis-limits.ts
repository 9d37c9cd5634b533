/** A range of equal bins. */
export interface BinnedRange {
  readonly bins: number;
  readonly lower: number;
  readonly upper: number;
}

/** Steps of the limits in a range: few enough that samples of one kind agree in them. */
const limitSteps = 8;
/** Bins a step that keep edges short. */
const divisions = [10, 5, 4, 2, 1];
/** The axis begins at zero where the values begin below this share of their end. */
const nearZero = 0.25;

/**
 * Limits and bins that do not hang on the last digit of a sample: multiples of 1, 2 or 5 · 10ⁿ around [lower, upper], from
 * zero on where that is near, symmetric where both ends are alike.
 */
export function roundedRange(lower: number, upper: number, mostBins: number): BinnedRange {
  const [low, high] = settled(lower, upper);
  const { mantissa, exponent } = roundStep((high - low) / limitSteps);
  const size = mantissa * 10 ** exponent;
  const first = Math.floor(low / size + tiny);
  const last = Math.max(first + 1, Math.ceil(high / size - tiny));
  const division = divisions.find((each) => each * (last - first) <= mostBins) ?? 1;
  const at = (step: number) => timesPowerOfTen(step * mantissa, exponent);
  return { bins: division * (last - first), lower: at(first), upper: at(last) };
}

/** Bins of whole width about whole numbers, with edges half-way between these. */
export function wholeNumberRange(lower: number, upper: number, mostBins: number): BinnedRange {
  const [low, high] = settled(lower, upper);
  const width = Math.max(1, roundUp((high - low + 1) / mostBins));
  const step = Math.max(width, width * Math.floor(roundUp((high - low) / limitSteps) / width));
  const first = Math.floor(low / step) * step;
  const bins = Math.ceil((high + 1 - first) / step) * (step / width);
  return { bins, lower: first - 0.5, upper: first - 0.5 + bins * width };
}

/** Limits 1, 2 or 5 · 10ⁿ around [lower, upper], both above zero. */
export function roundedLogLimits(lower: number, upper: number): readonly [number, number] {
  const below = 1 / roundUp(1 / lower);
  return [Number(below.toPrecision(3)), roundUp(upper)];
}

/** Rounding of a quotient, not a reason for one more step. */
const tiny = 1e-9;

function settled(lower: number, upper: number): readonly [number, number] {
  if (lower >= 0 && lower <= nearZero * upper) return [0, upper];
  const largest = Math.max(-lower, upper);
  return lower < 0 && upper > 0 && Math.min(-lower, upper) > largest / 2
    ? [-largest, largest]
    : [lower, upper];
}

/** The next 1, 2 or 5 · 10ⁿ from the value on. */
function roundUp(value: number): number {
  const { mantissa, exponent } = roundStep(value);
  return timesPowerOfTen(mantissa, exponent);
}

function roundStep(value: number): { readonly mantissa: number; readonly exponent: number } {
  const exponent = Math.floor(Math.log10(value));
  const mantissa = value / 10 ** exponent;
  const found = [1, 2, 5, 10].find((round) => mantissa <= round * (1 + tiny)) ?? 10;
  return found === 10 ? { mantissa: 1, exponent: exponent + 1 } : { mantissa: found, exponent };
}

/** As the decimal number is written: 0.3, not 3 · 0.1. */
function timesPowerOfTen(value: number, exponent: number): number {
  return exponent < 0 ? value / 10 ** -exponent : value * 10 ** exponent;
}
