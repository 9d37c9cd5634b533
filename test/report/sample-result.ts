import type {
  EvaluationResult,
  NetworkTraining,
  ObservableComparison,
  WeightCalibration,
  WeightHealth,
} from '../../src/evaluation/result.js';
import type { UhiDocument, UhiHistogram } from '../../src/formats/uhi/uhi.js';

/**
 * A made-up evaluation for tests of the report: Gaussian "showers" whose density ratio is known exactly, seeded, so
 * that every run draws the same page. No physics in here.
 */
export interface SampleOptions {
  readonly rows?: number;
  readonly observables?: number;
  readonly folds?: number;
  readonly members?: number;
  readonly epochs?: number;
  readonly warnings?: EvaluationResult['warnings'];
}

/** Reference: standard normal. Generated: mean 0.35, width 1.1, in the variable that drives the weights. */
const shift = 0.35;
const width = 1.1;

class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Uniform in (0, 1): a 32-bit linear congruential step, its upper 24 bits. */
  uniform(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return ((this.state >>> 8) + 0.5) / 2 ** 24;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

function logRatio(value: number): number {
  return -0.5 * value ** 2 + 0.5 * ((value - shift) / width) ** 2 + Math.log(width);
}

export function fill(
  edges: readonly number[],
  values: readonly number[],
  weights?: readonly number[],
): UhiHistogram {
  const bins = edges.length - 1;
  const sums = new Array<number>(bins + 2).fill(0);
  const squares = new Array<number>(bins + 2).fill(0);
  for (const [row, value] of values.entries()) {
    const weight = weights?.[row] ?? 1;
    const above = edges.findIndex((edge) => value < edge);
    const slot = above === -1 ? bins + 1 : above;
    sums[slot] = (sums[slot] ?? 0) + weight;
    squares[slot] = (squares[slot] ?? 0) + weight ** 2;
  }
  return {
    uhi_schema: 1,
    axes: [{ type: 'variable', edges, underflow: true, overflow: true, circular: false }],
    storage: { type: 'weighted', values: sums, variances: squares },
  };
}

function linear(lower: number, upper: number, bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, index) => lower + ((upper - lower) * index) / bins);
}

function logarithmic(lower: number, upper: number, bins: number): number[] {
  return linear(Math.log10(lower), Math.log10(upper), bins).map((exponent) => 10 ** exponent);
}

interface Sample {
  readonly driver: readonly number[];
  readonly logWeights: readonly number[];
}

function drawSample(dice: Dice, rows: number, generated: boolean): Sample {
  const driver = Array.from({ length: rows }, () =>
    generated ? shift + width * dice.normal() : dice.normal(),
  );
  // The ensemble is not perfect: some noise on ln w.
  return { driver, logWeights: driver.map((value) => logRatio(value) + 0.06 * dice.normal()) };
}

const quantities: readonly (readonly [string, string, string, 'linear' | 'log'])[] = [
  ['energy_ratio', 'E_dep / E_inc', '', 'linear'],
  ['layer_energy_0', 'E_0', 'MeV', 'log'],
  ['layer_energy_1', 'E_1', 'MeV', 'log'],
  ['layer_energy_2', 'E_2', 'MeV', 'log'],
  ['centre_eta_0', '⟨η⟩_0', 'mm', 'linear'],
  ['centre_eta_1', '⟨η⟩_1', 'mm', 'linear'],
  ['width_phi_1', 'σ_φ,1', 'mm', 'linear'],
  ['sparsity_1', 'sparsity of layer 1', '', 'linear'],
  ['depth', 'shower depth s_d', 'layer', 'linear'],
];

function compareObservable(dice: Dice, index: number, reference: Sample, generated: Sample) {
  const [name, label, unit, scale] = quantities[index % quantities.length] ?? [
    'x',
    'x',
    '',
    'linear' as const,
  ];
  const unique = index < quantities.length ? name : `${name}_${index}`;
  const strength = [0.95, 0.5, 0.2, 0.75, 0.05, 0, 0.35, 0.85, 0.6][index % 9] ?? 0;
  const observe = ({ driver }: Sample) =>
    driver.map((value) => {
      const mixed = strength * value + Math.sqrt(1 - strength ** 2) * dice.normal();
      return scale === 'log' ? 10 ** (3 + 0.5 * mixed) : 50 + 10 * mixed;
    });
  const edges = scale === 'log' ? logarithmic(20, 50_000, 40) : linear(15, 85, 40);
  const names = {
    reference: `${unique}_reference`,
    generated: `${unique}_generated`,
    reweighted: `${unique}_reweighted`,
  };
  const observed = observe(generated);
  const histograms: Record<string, UhiHistogram> = {
    [names.reference]: fill(edges, observe(reference)),
    [names.generated]: fill(edges, observed),
    [names.reweighted]: fill(edges, observed, generated.logWeights.map(Math.exp)),
  };
  const pairs = (role: 'generated' | 'reweighted') =>
    distances(histograms[names.reference] as UhiHistogram, histograms[names[role]] as UhiHistogram);
  const plain = pairs('generated');
  const weighted = pairs('reweighted');
  const comparison: ObservableComparison = {
    name: unique,
    label: index < quantities.length ? label : `${label} (${index})`,
    unit,
    scale,
    histograms: names,
    separation: { generated: plain.separation, reweighted: weighted.separation },
    chiSquare: { generated: plain.chiSquare, reweighted: weighted.chiSquare },
  };
  return { comparison, histograms };
}

function distances(first: UhiHistogram, second: UhiHistogram) {
  const inside = (values: unknown) => (values as number[]).slice(1, -1);
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const [p, q] = [inside(first.storage.values), inside(second.storage.values)];
  const [vp, vq] = [inside(first.storage.variances), inside(second.storage.variances)];
  const [np, nq] = [total(p), total(q)];
  let separation = 0;
  let value = 0;
  let bins = 0;
  for (const index of p.keys()) {
    const [a, b] = [(p[index] ?? 0) / np, (q[index] ?? 0) / nq];
    if (a + b === 0) continue;
    separation += (0.5 * (a - b) ** 2) / (a + b);
    value += (a - b) ** 2 / ((vp[index] ?? 0) / np ** 2 + (vq[index] ?? 0) / nq ** 2);
    bins += 1;
  }
  return { separation, chiSquare: { value, bins } };
}

function health(logWeights: readonly number[], sign: 1 | -1): WeightHealth {
  const rows = logWeights.length;
  const weights = logWeights.map((value) => Math.exp(sign * value));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight ** 2, 0);
  const order = logWeights
    .map((logWeight, row) => ({ row, logWeight }))
    .sort((a, b) => a.logWeight - b.logWeight);
  return {
    rows,
    nonFinite: 0,
    mean: sum / rows,
    meanError: Math.sqrt((squares / rows - (sum / rows) ** 2) / rows),
    effectiveSampleSize: sum ** 2 / squares,
    shareBelowOne: logWeights.filter((value) => value < 0).length / rows,
    shareAboveOne: logWeights.filter((value) => value > 0).length / rows,
    quantiles: [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999].map((probability) => ({
      probability,
      logWeight: order[Math.floor(probability * (rows - 1))]?.logWeight ?? 0,
    })),
    smallest: order.slice(0, 10),
    largest: order.slice(-10).reverse(),
    clipped: null,
  };
}

function calibrate(reference: Sample, generated: Sample): WeightCalibration {
  const edges = logarithmic(1e-2, 1e2, 30);
  const counts = (sample: Sample) =>
    (fill(edges, sample.logWeights.map(Math.exp)).storage.values as number[]).slice(1, -1);
  const weights = generated.logWeights.map(Math.exp);
  const sums = (fill(edges, weights, weights).storage.values as number[]).slice(1, -1);
  const [r, g] = [counts(reference), counts(generated)];
  const ratio = r.map((count, bin) =>
    count > 0 && (g[bin] ?? 0) > 0
      ? (count / reference.driver.length / (g[bin] ?? 1)) * generated.driver.length
      : null,
  );
  return {
    edges,
    reference: r,
    generated: g,
    meanWeight: sums.map((sum, bin) => ((g[bin] ?? 0) > 0 ? sum / (g[bin] ?? 1) : null)),
    ratio,
    ratioError: ratio.map((value, bin) =>
      value === null ? null : value * Math.sqrt(1 / (r[bin] ?? 1) + 1 / (g[bin] ?? 1)),
    ),
  };
}

function trainNetwork(dice: Dice, fold: number, member: number, epochs: number): NetworkTraining {
  const pace = 6 + 3 * dice.uniform();
  const floor = 0.655 + 0.004 * dice.normal();
  const records = Array.from({ length: epochs }, (_, epoch) => {
    const learnt = (0.7 - floor) * Math.exp(-epoch / pace);
    return {
      trainingLoss: floor + learnt - 0.0004 * epoch + 0.0008 * dice.normal(),
      validationLoss: floor + 0.004 + learnt + 0.0001 * epoch + 0.0016 * dice.normal(),
      learningRate: epoch < epochs / 2 ? 1e-3 : 1e-4,
    };
  });
  const losses = records.map((record) => record.validationLoss);
  return {
    fold,
    member,
    trainingRows: 28_800,
    validationRows: 3200,
    epochs: records,
    bestEpoch: losses.indexOf(Math.min(...losses)),
    stoppedEarly: member % 2 === 0,
  };
}

function rankCurve(reference: Sample, generated: Sample) {
  const rows = [
    ...reference.logWeights.map((logWeight) => ({ logWeight, positive: true })),
    ...generated.logWeights.map((logWeight) => ({ logWeight, positive: false })),
  ].sort((a, b) => b.logWeight - a.logWeight);
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  let [accepted, mistaken, area] = [0, 0, 0];
  for (const [index, { positive }] of rows.entries()) {
    if (positive) accepted += 1;
    else {
      mistaken += 1;
      area += accepted;
    }
    if ((index + 1) % Math.ceil(rows.length / 200) === 0 || index === rows.length - 1) {
      falsePositiveRate.push(mistaken / generated.driver.length);
      truePositiveRate.push(accepted / reference.driver.length);
    }
  }
  return {
    roc: { falsePositiveRate, truePositiveRate },
    value: area / reference.driver.length / generated.driver.length,
  };
}

const someWarnings: EvaluationResult['warnings'] = [
  {
    code: 'incident-energy-leak',
    message:
      'The incident energies of the samples differ (AUC of the incident energy alone 0.53): the classifier sees them, so part of the weights describes the energies and not the showers.',
  },
  { code: 'members-disagree', message: 'The members of fold 3 disagree: their AUCs are 0.640 and 0.601.' },
];

export function sampleResult(options: SampleOptions = {}): EvaluationResult {
  const {
    rows = 20_000,
    observables = 9,
    folds = 5,
    members = 2,
    epochs = 50,
    warnings = someWarnings,
  } = options;
  const dice = new Dice(20_240_607);
  const reference = drawSample(dice, rows, false);
  const generated = drawSample(dice, rows, true);
  const histograms: Record<string, UhiHistogram> = {};
  for (const [role, sample] of Object.entries({ reference, generated })) {
    const weights = sample.logWeights.map(Math.exp);
    histograms[`weight_linear_${role}`] = fill(linear(0, 3, 49), weights);
    histograms[`weight_log_${role}`] = fill(logarithmic(1e-4, 1e4, 79), weights);
  }
  const compared = Array.from({ length: observables }, (_, index) =>
    compareObservable(dice, index, reference, generated),
  );
  for (const { histograms: filled } of compared) Object.assign(histograms, filled);
  const { roc, value } = rankCurve(reference, generated);
  const networks = Array.from({ length: folds * members }, (_, index) =>
    trainNetwork(dice, Math.floor(index / members), index % members, epochs),
  );
  return {
    format: 'caloscope-evaluation',
    formatVersion: 1,
    verdict: {
      level: 'distinguishable',
      sentence:
        'The samples can be told apart, though not easily: a shower of one is ranked rightly in about three of five pairs. The generator makes too many showers with a high deposited energy.',
    },
    auc: {
      value,
      standardError: 0.289 / Math.sqrt(rows),
      nullStandardDeviation: Math.sqrt((2 * rows + 1) / (12 * rows ** 2)),
      pValue: 0,
    },
    roc,
    warnings,
    samples: {
      reference: {
        role: 'reference',
        source: 'data/geant4_eplus.hdf5',
        sha256: 'a3'.repeat(32),
        rows,
        layout: 'calogan',
        toy: false,
      },
      generated: {
        role: 'generated',
        source: 'samples/toy_eplus.hdf5',
        sha256: '5f'.repeat(32),
        rows,
        layout: 'calogan',
        toy: true,
      },
    },
    weights: {
      rule: 'mean-logit',
      reference: health(reference.logWeights, -1),
      generated: health(generated.logWeights, 1),
    },
    calibration: calibrate(reference, generated),
    observables: compared.map(({ comparison }) => comparison),
    training: { parameters: 524_801, networks, memberSpread: members > 1 ? 0.083 : null },
    settings: {
      geometry: 'calogan',
      features: 'low',
      featureCount: 508,
      threshold: null,
      folds,
      members,
      seed: 1,
      ensembleRule: 'mean-logit',
      network: { hidden: [512, 512], activation: 'leaky-relu', slope: 0.01, dropout: 0 },
      training: { optimiser: 'adam', learningRate: 1e-3, batchSize: 1000, epochs, patience: 10 },
    },
    histograms: histograms satisfies UhiDocument,
    versions: { caloscope: '0.1.0', node: '20.17.0', core: '1' },
    run: {
      date: '2024-06-07T12:00:00Z',
      device: 'cpu',
      deviceReason: 'the default',
      instructionSet: 'avx2',
      threads: 8,
      timings: [
        { stage: 'read', seconds: 1.84 },
        { stage: 'train', seconds: 412.7 },
        { stage: 'predict', seconds: 3.21 },
        { stage: 'observables', seconds: 0.87 },
      ],
    },
  };
}
