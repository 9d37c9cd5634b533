// The calls of the library: what the command line does not reach.
import { calibrations } from './command-calls.mjs';
import { digestOf, resultRecordDigest } from './digest.mjs';

const table = (rows, shift, name) => ({
  columns: ['x', 'y', 'z'],
  values: Float32Array.from(
    { length: 3 * rows },
    (_, i) => Math.sin(i * (i % 97) * 0.37 + shift) + shift * (i % 3),
  ),
  name,
});

async function evaluationDigest(evaluation) {
  const { result, reference, generated, ensemble } = evaluation;
  ensemble.dispose();
  const arrays = [reference, generated].flatMap(({ logWeights, logWeightErrors, logits, fold }) => [
    logWeights,
    logWeightErrors,
    logits.values ?? logits, // builds of before gave the array itself
    fold,
  ]);
  return { result: await resultRecordDigest(result), weights: digestOf(arrays) };
}

const small = { folds: 3, members: 2, seed: 7 };
const network = { hidden: [12, 8], epochs: 3 };
const schedules = ['plateau', 'cosine', 'constant'];

export const libraryCalls = {
  ...Object.fromEntries(
    schedules.map((schedule) => [
      `table ${schedule}`,
      async ({ evaluate }) =>
        evaluationDigest(
          await evaluate(table(500, 0, 'first'), table(400, 0.1, 'second'), {
            ...small,
            classifier: { ...network, schedule },
          }),
        ),
    ]),
  ),

  'resumed after an abort': async ({ evaluate, openShowers }) => {
    const reference = await openShowers('cg-reference.hdf5');
    const generated = await openShowers('cg-generated.hdf5');
    const options = { ...small, features: 'high', classifier: { hidden: [16], epochs: 6 } };
    const stop = new AbortController();
    const first = evaluate(reference, generated, {
      ...options,
      signal: stop.signal,
      threads: 1,
      checkpoint: { folder: 'resumed.checkpoint' },
      onProgress: ({ done, total }) => done > total / 3 && stop.abort(),
    });
    const ended = await first.then(
      () => 'was not aborted',
      (reason) => reason.name,
    );
    const resumed = await evaluate(reference, generated, {
      ...options,
      threads: 2,
      checkpoint: { folder: 'resumed.checkpoint', resume: true },
    });
    const whole = await evaluate(reference, generated, options);
    return {
      ended,
      resumed: await evaluationDigest(resumed),
      whole: await evaluationDigest(whole),
    };
  },

  'feature rows and observables': async ({
    featureRows,
    featureSetNames,
    observablesOf,
    observableValues,
    openShowers,
  }) => {
    const digests = {};
    for (const file of ['cg-generated.hdf5', 'ds2-generated.hdf5']) {
      const sample = await openShowers(file);
      for (const set of featureSetNames) {
        const { columns, values } = featureRows(sample, set, { threshold: 0.5 });
        digests[`${file} ${set}`] = digestOf([columns.join(), values]);
      }
      const observables = observablesOf(sample.geometry);
      const values = await observableValues(
        sample,
        observables.map((_, i) => i),
        { threshold: 0.1 },
      );
      digests[`${file} observables`] = digestOf([JSON.stringify(observables), ...values]);
    }
    return digests;
  },

  'failures, support and mixtures of columns': async ({ findFailures, gaussianMixture, supportOverlap }) => {
    const numbers = (rows, by, shift) =>
      Float64Array.from({ length: rows }, (_, i) => Math.sin(i * i * by) + shift * (i % 4));
    const columns = [0.11, 0.23, 0.37].map((by, i) => ({
      reference: numbers(900, by, 0),
      generated: numbers(700, by + 0.01, i === 1 ? 0.6 : 0),
    }));
    const logWeights = { reference: numbers(900, 0.5, 0.1), generated: numbers(700, 0.6, -0.1) };
    const { components, component } = await gaussianMixture(
      columns.map(({ generated }) => generated),
      { seed: 3 },
    );
    return digestOf([
      JSON.stringify(await findFailures(columns, logWeights, { seed: 3 })),
      JSON.stringify(await supportOverlap(columns, { seed: 3 })),
      JSON.stringify(components),
      component,
    ]);
  },

  'calibrations and reliability': async ({ calibrate, probabilityScores, reliability }) => {
    const logits = (rows, shift) =>
      Float64Array.from({ length: rows }, (_, i) => Math.sin(i * 1.3) * 3 + shift);
    const known = { reference: logits(500, 0.5), generated: logits(400, -0.5) };
    const probabilities = (of) => of.map((logit) => 1 / (1 + Math.exp(-logit)));
    const parts = [JSON.stringify(await probabilityScores(known))];
    for (const method of calibrations) {
      const { logOdds, parameters } = await calibrate(method, known, logits(300, 0));
      parts.push(logOdds, JSON.stringify(parameters));
    }
    const [first, second] = [probabilities(known.reference), probabilities(known.generated)];
    for (const spacing of ['uniform', 'quantile'])
      parts.push(JSON.stringify(await reliability(first, second, { spacing, seed: 2 })));
    return digestOf(parts);
  },

  'weights of logits': async ({ areaUnderCurve, densityRatioWeights, kolmogorovSmirnov, rocCurve }) => {
    const logits = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i * 1.7) * 2);
    const others = Float32Array.from({ length: 2000 }, (_, i) => Math.cos(i * 0.3) - 0.2);
    const weighed = [];
    for (const rule of ['mean-logit', 'mean-probability', 'mean-weight']) {
      const { values, logWeights, health } = await densityRatioWeights(
        { values: logits, members: 3, rows: logits.length / 3 },
        { rule },
      );
      weighed.push(values, logWeights, JSON.stringify(health));
    }
    return digestOf([
      ...weighed,
      JSON.stringify(await areaUnderCurve(logits, others)),
      JSON.stringify(await rocCurve(logits, others)),
      JSON.stringify(await kolmogorovSmirnov(logits, others)),
    ]);
  },
};
