import type { EvaluationResult } from '../../evaluation/result.js';
import { plain } from '../drawing/numbers.js';

/** `energy from 1000 to 50 000, pdg 22 or −211`: which rows of the files are compared; null: all. */
export function selectedText({ select = [] }: Partial<EvaluationResult['settings']>): string | null {
  if (select.length === 0) return null;
  const words = select.map(({ condition, from, to, values }) => {
    if (values !== null) return `${condition} ${values.map(plain).join(' or ')}`;
    return [condition, from === null ? '' : `from ${plain(from)}`, to === null ? '' : `to ${plain(to)}`]
      .filter(Boolean)
      .join(' ');
  });
  return words.join(', ');
}
