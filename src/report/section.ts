import type { EvaluationResult } from '../evaluation/result.js';
import type { Content, Sheet } from './drawing/sheet.js';

/** Where in the report a part of a result is drawn. page.ts puts them in order. */
export type Place =
  | 'verdict'
  | 'weights'
  | 'classifier'
  | 'calibration'
  | 'observables'
  | 'profiles'
  | 'conditions'
  | 'training'
  | 'health'
  | 'extremes';

/** Draws a part; the whole result is there for what goes with it: its histograms, the sizes of the samples. */
export type Draw<Part> = (sheet: Sheet, part: Part, result: EvaluationResult) => Content;

/** What the report says of a part of a result, in one place or more. */
export type Section<Part> = {
  readonly [Filled in Place]: Readonly<Record<Filled, Draw<Part>>> &
    Readonly<Partial<Record<Place, Draw<Part>>>>;
}[Place];
