import { expect, it } from 'vitest';
import { inWordsOf } from '#caloscope/row-words';

it('texts on showers speak of the rows that the samples have', () => {
  const text = 'Showers of small w: a shower of 3 showers, showerlike';
  expect(inWordsOf('events', text)).toBe('Events of small w: an event of 3 events, showerlike');
  expect(inWordsOf('jets', text)).toBe('Jets of small w: a jet of 3 jets, showerlike');
  for (const noun of ['showers', 'rows']) expect(inWordsOf(noun, text)).toBe(text);
});
