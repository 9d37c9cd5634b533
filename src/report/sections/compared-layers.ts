import type { ComparedLayers } from '../../evaluation/result.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

export const comparedLayers: Section<ComparedLayers | null> = { observables: layersLine };

/** Says which layers the figures are of, where some have none. */
function layersLine(sheet: Sheet, layers: ComparedLayers | null): Content {
  if (layers === null || layers.inFull.length === layers.all.length) return null;
  const { all, inFull, energies } = layers;
  const others = energies.filter((layer) => !inFull.includes(layer));
  return sheet.element(
    'p',
    { class: 'layers' },
    `Of ${all.length} layers ${energies.length} are compared: ${inFull.join(', ')} with all observables, `,
    `${others.join(', ')} with their energy alone. A failure in the others shows only in the observables of the whole shower.`,
  );
}
