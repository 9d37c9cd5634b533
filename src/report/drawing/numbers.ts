/**
 * Numbers as a physicist would typeset them: sensible digits, a true minus sign, 3·10⁻⁸ in place of 3e-8.
 * A number that is missing (`null` where JSON had no NaN) or not finite becomes an en dash.
 */

/** What stands where a number is missing. */
export const absent = '–';

const thinSpace = '\u202f';
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as it comes out of JSON, where NaN and infinity are `null`. */
export type Numeric = number | null | undefined;

/** True for a number that can be drawn or printed. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** `10ⁿ` for an integer n. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Swaps the hyphen for a minus sign and groups the integer digits from five digits on. */
function typeset(decimal: string): string {
  const [whole = '', fraction] = decimal.replace('-', '').split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, thinSpace) : whole;
  const sign = decimal.startsWith('-') && /[1-9]/.test(decimal) ? '−' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Number of showers, epochs, parameters: an integer with its digits grouped. */
export function count(value: Numeric): string {
  return isFiniteNumber(value) ? typeset(String(Math.round(value))) : absent;
}

/** `digits` significant digits; above 10⁶ and below 10⁻⁴ as mantissa and power. */
export function significant(value: Numeric, digits = 3): string {
  if (!isFiniteNumber(value)) return absent;
  if (value === 0) return '0';
  const [mantissa = '', exponentText] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= 6 || exponent < -4) return `${typeset(mantissa)}·${powerOfTen(exponent)}`;
  return typeset(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

/** A value that may be a setting of any size: all its digits up to six, trailing zeros dropped. */
export function plain(value: Numeric): string {
  if (!isFiniteNumber(value)) return absent;
  const size = Math.abs(value);
  if (value !== 0 && !Number.isInteger(value) && (size < 1e-4 || size >= 1e6)) {
    const [mantissa = '', exponent] = value.toExponential().split('e');
    const power = powerOfTen(Number(exponent));
    return mantissa === '1' ? power : `${typeset(mantissa)}·${power}`;
  }
  return typeset(Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(6))));
}

/**
 * `value ± error`: the error with two significant digits, the value to the same decimal place. Both share one power
 * of ten where they are very large or very small. Without a usable error: the value alone with four digits.
 */
export function measured(value: Numeric, error: Numeric): string {
  if (!isFiniteNumber(value)) return absent;
  if (!isFiniteNumber(error) || error <= 0) return significant(value, 4);
  const size = Math.floor(Math.log10(Math.max(Math.abs(value), error)));
  if (size >= 6 || size < -4) {
    const scale = 10 ** size;
    return Number.isFinite(value / scale) && Number.isFinite(error / scale)
      ? `(${atErrorDigits(value / scale, error / scale)})·${powerOfTen(size)}`
      : `${significant(value)} ± ${significant(error, 2)}`;
  }
  return atErrorDigits(value, error);
}

function atErrorDigits(value: number, error: number): string {
  const exponent = Number(error.toExponential(1).split('e')[1]);
  const decimals = 1 - exponent;
  if (decimals > 12) return `${typeset(value.toFixed(4))} ± ${significant(error, 2)}`;
  if (decimals >= 0) return `${typeset(value.toFixed(decimals))} ± ${typeset(error.toFixed(decimals))}`;
  const unit = 10 ** -decimals;
  return `${count(Math.round(value / unit) * unit)} ± ${count(Math.round(error / unit) * unit)}`;
}

/** An area under a ROC curve with its error; where three digits would say 1, the bound that they stand for. */
export function area(value: Numeric, error?: Numeric): string {
  if (isFiniteNumber(value) && value > 0.9995) return '> 0.9995';
  if (error !== undefined) return measured(value, error);
  return isFiniteNumber(value) ? value.toFixed(3) : absent;
}

/** A distance in standard deviations: one decimal. */
export function deviations(value: Numeric): string {
  if (!isFiniteNumber(value)) return absent;
  return Math.abs(value) < 1000 ? typeset(value.toFixed(1)) : significant(value);
}

/** A p-value: two digits down to 0.001, one digit and a power below, `< 10⁻¹⁶` where doubles end. */
export function pValue(value: Numeric): string {
  if (!isFiniteNumber(value)) return absent;
  if (value < 1e-16) return `< ${powerOfTen(-16)}`;
  if (value >= 0.001) return significant(value, 2);
  const [mantissa = '', exponent] = value.toExponential(0).split('e');
  return `${mantissa}·${powerOfTen(Number(exponent))}`;
}

/** `p = 0.043`, `p < 10⁻¹⁶`. */
export function pEquals(value: Numeric): string {
  const number = pValue(value);
  return number.startsWith('<') ? `p ${number}` : `p = ${number}`;
}

/** A share of one as per cent. */
export function percent(share: Numeric, digits = 3): string {
  if (!isFiniteNumber(share)) return absent;
  if (share === 1) return `100${thinSpace}%`;
  return `${significant(100 * share, digits)}${thinSpace}%`;
}

/** Bytes as `0.4 MB`, `123 MB` or `1.23 GB`. */
export function memory(bytes: Numeric): string {
  if (!isFiniteNumber(bytes)) return absent;
  const megabytes = bytes / 1e6;
  if (megabytes >= 999.5) return `${significant(megabytes / 1000, 3)}${thinSpace}GB`;
  return `${megabytes.toFixed(megabytes < 9.95 ? 1 : 0)}${thinSpace}MB`;
}

/** Seconds as `0.42 s`, `12.3 s`, `3 min 12 s` or `2 h 05 min`. */
export function duration(seconds: Numeric): string {
  if (!isFiniteNumber(seconds)) return absent;
  if (seconds < 59.95) return `${seconds < 1 ? significant(seconds, 2) : seconds.toFixed(1)}${thinSpace}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${thinSpace}min ${whole % 60}${thinSpace}s`;
  const minutes = Math.round(whole / 60);
  const rest = String(minutes % 60).padStart(2, '0');
  return `${Math.floor(minutes / 60)}${thinSpace}h ${rest}${thinSpace}min`;
}
