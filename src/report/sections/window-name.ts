import { plain } from '../drawing/numbers.js';

/** `w < 0.1`, `w ≥ 2`, `0.5 ≤ w < 2`. */
export function windowName(lower: number | null, upper: number | null): string {
  if (lower === null) return upper === null ? 'All weights' : `w < ${plain(upper)}`;
  return upper === null ? `w ≥ ${plain(lower)}` : `${plain(lower)} ≤ w < ${plain(upper)}`;
}
