import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreFile } from '#caloscope/classifier/file-scores';
import { evaluate } from '#caloscope/evaluation/evaluate';
import type { ObservableComparison } from '#caloscope/evaluation/result';
import { type EventLayoutDescription, publishedEventLayouts } from '#caloscope/layouts/event-layouts';
import { eventFeatures } from '#caloscope/samples/events/event-features';
import { openEvents } from '#caloscope/samples/events/event-files';
import { eventObservables, eventValues } from '#caloscope/samples/events/event-observables';
import { EventSample } from '#caloscope/samples/events/event-sample';
import { restoreInput, sampleOf, storedInputSchema, storeInput } from '#caloscope/samples/kinds';
import { toyEvents, zJets } from '../../support/toy-events.js';

/** Of one event: μ along x and y, a jet at 45 degrees, no other jets. */
const one = new EventSample(
  zJets,
  {
    momenta: [
      [50, 50, 0, 0],
      [50, 0, 50, 0],
      [Math.sqrt(2 * 30 ** 2 + 5 ** 2), 30, 0, 30],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ].map((components) => components.map((value) => Float64Array.of(value))),
    weights: null,
  },
  { source: 'one', files: [], sha256: null },
  { multiplicity: null, sourceRows: null },
  [],
);

describe('observables of an event', () => {
  const value = (name: string) => {
    const found = eventObservables(zJets).find((candidate) => candidate.name === name);
    return found && eventValues(one, found)[0];
  };

  it.each([
    ['pt_mu1', 50],
    ['eta_j1', Math.asinh(1)],
    ['phi_mu2', Math.PI / 2],
    ['mass_j1', 5],
    ['mass_mu1_mu2', Math.sqrt(2) * 50],
    ['delta_r_mu1_mu2', Math.PI / 2],
    ['delta_r_mu2_j1', Math.hypot(Math.PI / 2, Math.asinh(1))],
  ])('%s', (name, expected) => {
    expect(value(name)).toBeCloseTo(expected, 12);
  });

  it('are not there where an object is absent', () => {
    for (const name of ['pt_j2', 'phi_j3', 'mass_j2', 'delta_r_j1_j2', 'delta_phi_j2_j3']) {
      expect(value(name)).toBeNaN();
    }
    expect([...one.multiplicities()]).toEqual([3]);
  });

  it('are those that the paper draws: each object, each pair, and no mass of muons', () => {
    const names = eventObservables(zJets).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('delta_r_'))).toHaveLength(10);
    expect(names.filter((name) => name.startsWith('delta_eta_'))).toEqual([
      'delta_eta_j1_j2',
      'delta_eta_j1_j3',
      'delta_eta_j2_j3',
    ]);
    expect(names).not.toContain('mass_mu1');
    expect(names.every((name) => !name.includes('undefined'))).toBe(true);
  });
});

describe('what classifiers read', () => {
  it('are the columns of the published code for events of one multiplicity', () => {
    const columns = [3, 4, 5].map((multiplicity) => eventFeatures({ layout: zJets, multiplicity }).length);
    // p_T, η of two muons and their Δφ; four of each jet; m_μμ; 0, 1 or 3 distances.
    expect(columns).toEqual([5 + 4 + 1, 5 + 8 + 1 + 1, 5 + 12 + 1 + 3]);
  });

  it('are finite for any number of objects, and say which there are', () => {
    const features = eventFeatures({ layout: zJets, multiplicity: null });
    expect(features.map(({ name }) => name).slice(-3)).toEqual(['has j₁', 'has j₂', 'has j₃']);
    const values = features.map((feature) => feature.values(one)[0] as number);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(values.slice(-3)).toEqual([1, 0, 0]);
  });

  it('come back from a file as they were', () => {
    const sample = sampleOf(one);
    const input = sample.input({ features: 'full', threshold: null, conditions: 'none' }, sample);
    const stored: unknown = JSON.parse(JSON.stringify(storeInput(input as Parameters<typeof storeInput>[0])));
    expect(restoreInput(storedInputSchema.parse(stored))).toEqual(input);
    expect(publishedEventLayouts).toContainEqual(zJets);
  });
});

const options = { folds: 3, members: 1, learners: ['trees'], seed: 1, threads: 1 } as const;

describe('a planted flaw is found', () => {
  it('a mass peak that is shifted: AUC and leading observable', async () => {
    const shift = 2.5;
    const [reference, generated] = [toyEvents(4000, 1), toyEvents(4000, 2, { massShift: shift })];
    const { result, ensemble } = await evaluate(reference, generated, options);
    using _ = ensemble;
    // Two normal distributions of σ = 2.5, apart by one σ: Φ(1/√2).
    expect(Math.abs(result.auc.value - 0.7602)).toBeLessThan(0.02);
    expect(leading(result.observables)).toBe('mass_mu1_mu2');
    expect(result.samples.reference.noun).toBe('events');
  });

  it('jets nearer to each other than the reference has them', async () => {
    const [reference, generated] = [toyEvents(4000, 3), toyEvents(4000, 4, { closestJets: 0 })];
    const { result, ensemble } = await evaluate(reference, generated, options);
    using _ = ensemble;
    expect(leading(result.observables)).toMatch(/^delta_r_j\d_j\d$/);
    expect(result.auc.z).toBeGreaterThan(3);
  });
});

function leading(observables: readonly ObservableComparison[]) {
  return [...observables].sort((a, b) => b.separation.generated - a.separation.generated)[0]?.name;
}

describe('a classifier of events scores files', () => {
  const file = join(import.meta.dirname, '../../published/numbers/events-fixed.h5');

  it('with the layout that the user gives, else with its own', async () => {
    const { ensemble } = await evaluate(toyEvents(300, 5), toyEvents(300, 6), options);
    using _ = ensemble;
    const inMeV: EventLayoutDescription = { ...zJets, name: 'mine', unit: 'MeV' };
    const scored = async (layout?: EventLayoutDescription) =>
      (await scoreFile(ensemble, file, layout && { layout })).logRatios;
    const expected = async (layout: EventLayoutDescription) =>
      (await ensemble.score(await openEvents(file, { layout }))).logRatios;
    expect(await scored()).toEqual(await expected(zJets));
    expect(await scored(inMeV)).toEqual(await expected(inMeV));
    expect(await scored(inMeV)).not.toEqual(await scored());
    const fewer = { ...inMeV, objects: zJets.objects.slice(0, 4) };
    await expect(scored(fewer)).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: expect.stringContaining('the classifier reads mu1, mu2, j1, j2, j3'),
    });
    await expect(ensemble.score(await openEvents(file, { layout: fewer }))).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
    });
  });
});
