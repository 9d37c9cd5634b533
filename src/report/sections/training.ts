import * as Plot from '@observablehq/plot';
import type { NetworkTraining, TrainingSummary } from '../../evaluation/result.js';
import { drawChart } from '../drawing/chart.js';
import { csvLink } from '../drawing/csv-link.js';
import { figure, legend, placeholder, section } from '../drawing/legend.js';
import { count, isFiniteNumber } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

type Loss = 'trainingLoss' | 'validationLoss';

/** Losses above this are drawn at the frame: twice the loss of a coin toss says that a training failed. */
const highestLoss = 2 * Math.LN2;

interface LossPoint {
  readonly network: number;
  readonly epoch: number;
  readonly loss: number;
}

export const training: Section<TrainingSummary> = { training: lossSection };

/** Training and validation loss against epoch, one thin line a network. */
function lossSection(sheet: Sheet, summary: TrainingSummary): HTMLElement {
  const { networks } = summary;
  const range = lossRange(networks);
  if (range === null) {
    return section(sheet, 'training', 'Training', placeholder(sheet, 'The result holds no training curves.'));
  }
  const single = networks.length === 1;
  return section(
    sheet,
    'training',
    'Training',
    sheet.element(
      'p',
      { class: 'lead' },
      trainingSentence(summary),
      ' Below ln 2 = 0.693, the loss of a coin toss, a network has learnt to tell the samples apart; a validation ',
      'loss that rises while the training loss falls is overtraining, and the parameters of the best epoch are kept.',
    ),
    sheet.element(
      'div',
      { class: 'pair' },
      lossFigure(sheet, networks, 'trainingLoss', range),
      lossFigure(sheet, networks, 'validationLoss', range),
    ),
    legend(sheet, [
      ['training', single ? 'training loss' : 'training loss, one line a network'],
      ['validation', single ? 'validation loss' : 'validation loss, one line a network'],
      ['best-epoch', 'best epoch'],
      ['guide', 'ln 2'],
    ]),
  );
}

function trainingSentence({ networks, learners, parameters }: TrainingSummary): string {
  const early = networks.filter((network) => network.stoppedEarly).length;
  const size = `${count(parameters[learners.indexOf('network')])} parameters`;
  const many =
    networks.length === 1 ? `One network of ${size}` : `${count(networks.length)} networks of ${size} each`;
  const stopped =
    early === 0 ? '' : networks.length === 1 ? ', stopped early' : `, ${count(early)} of them stopped early`;
  return `${many}${stopped}.`;
}

function lossFigure(
  sheet: Sheet,
  networks: readonly NetworkTraining[],
  loss: Loss,
  range: readonly [number, number],
): HTMLElement {
  const kind = loss === 'trainingLoss' ? 'training' : 'validation';
  return figure(
    sheet,
    kind,
    drawLosses(sheet, networks, loss, kind, range),
    csvLink(
      sheet,
      `${kind}-loss`,
      ['network', 'epoch', 'loss'],
      networks.flatMap(({ epochs }, network) =>
        epochs.map((record, epoch) => [network, epoch, record[loss]]),
      ),
    ),
  );
}

function drawLosses(
  sheet: Sheet,
  networks: readonly NetworkTraining[],
  loss: Loss,
  kind: string,
  range: readonly [number, number],
): Content {
  const points = lossPoints(networks, loss);
  const best = points.filter(({ network, epoch }) => networks[network]?.bestEpoch === epoch);
  const lastEpoch = Math.max(...networks.map((network) => network.epochs.length - 1), 1);
  return drawChart(sheet.document, {
    width: 400,
    height: 230,
    margin: { top: 22, right: 12, bottom: 38, left: 50 },
    x: { domain: [0, lastEpoch], scale: 'linear', title: 'epoch' },
    y: { domain: range, scale: 'linear', title: `${kind} loss [nat]` },
    marks: [
      Plot.ruleY([Math.LN2], { className: 'guide' }),
      Plot.line(points, {
        x: 'epoch',
        y: 'loss',
        z: 'network',
        className: `loss ${kind}`,
        strokeOpacity: networks.length > 12 ? 0.35 : 0.75,
      }),
      Plot.dot(best, {
        x: 'epoch',
        y: 'loss',
        r: networks.length > 40 ? 1.8 : 2.6,
        className: `best-epoch ${kind}`,
      }),
    ],
    description: `${kind} loss of every network against epoch, with the loss of a coin toss`,
  });
}

function lossPoints(networks: readonly NetworkTraining[], loss: Loss): LossPoint[] {
  return networks.flatMap((training, network) =>
    training.epochs.map((record, epoch) => ({
      network,
      epoch,
      loss: isFiniteNumber(record[loss]) ? Math.min(record[loss], highestLoss) : Number.NaN,
    })),
  );
}

/** From the lowest to the highest loss of either kind, ln 2 inside; null where no loss is a number. */
function lossRange(networks: readonly NetworkTraining[]): readonly [number, number] | null {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { loss } of [
    ...lossPoints(networks, 'trainingLoss'),
    ...lossPoints(networks, 'validationLoss'),
  ]) {
    if (loss < lowest) lowest = loss;
    if (loss > highest) highest = loss;
  }
  if (lowest > highest) return null;
  const low = Math.min(lowest, Math.LN2);
  const high = Math.max(highest, Math.LN2);
  const room = Math.max(0.06 * (high - low), 0.002);
  return [low - room, high + room];
}
