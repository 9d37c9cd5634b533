import { expect, it } from 'vitest';
import { measuredText } from '#caloscope/failures/quantity-text';

it('numbers are told to the second digit of their error', () => {
  expect(measuredText(3.0999, 0.2)).toBe('3.10 ± 0.20');
  expect(measuredText(-1.58, 0.0123)).toBe('-1.580 ± 0.012');
  expect(measuredText(1234.5, 120)).toBe('1235 ± 120');
});

it('an error that is as good as none is not told', () => {
  expect(measuredText(-3.1122344455, 4e-10)).toBe('-3.11');
  expect(measuredText(2, 0)).toBe('2');
  expect(measuredText(2, Number.NaN)).toBe('2');
});
