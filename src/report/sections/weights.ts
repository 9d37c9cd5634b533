import type { WeightSummary } from '../../evaluation/result.js';
import type { Section } from '../section.js';
import { weightSection } from './weight-distributions.js';
import { extremeSection, healthSection } from './weight-health.js';

export const weights: Section<WeightSummary> = {
  weights: weightSection,
  health: healthSection,
  extremes: extremeSection,
};
