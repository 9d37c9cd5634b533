import type { EvaluationResult } from '../../evaluation/result.js';
import type { Sheet } from '../drawing/sheet.js';

/** All warnings, in the order found; null where there are none. */
export function warningBlock(sheet: Sheet, result: EvaluationResult): HTMLElement | null {
  const { warnings } = result;
  if (warnings.length === 0) return null;
  return sheet.element(
    'section',
    { id: 'warnings', class: 'warnings' },
    sheet.element('h2', {}, warnings.length === 1 ? 'Warning' : `${warnings.length} warnings`),
    sheet.element(
      'ul',
      {},
      warnings.map(({ code, message }) =>
        sheet.element('li', {}, sheet.prose(message), ' ', sheet.element('code', {}, code)),
      ),
    ),
  );
}
