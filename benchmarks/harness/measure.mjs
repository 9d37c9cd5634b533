import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
/** Milliseconds in which threads of the side before stop spinning. */
const rest = 50;

/** Quantile of sorted numbers, linear between neighbours. */
function quantile(sorted, probability) {
  const place = probability * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

export function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

async function timed(side) {
  collectGarbage();
  await setTimeout(rest);
  const seconds = await side();
  if (!(seconds > 0)) throw new Error(`a side took ${seconds} s`);
  return seconds;
}

/**
 * Times both sides alternately; which one is first changes from round to round. One run of each goes before and does not
 * count, unless both are `warm` already.
 *
 * @returns medians of the times in seconds, the median of theirs/ours round by round with its spread, all times.
 */
export async function measure({ ours, theirs }, { rounds, warm = false }) {
  if (!warm) {
    await timed(ours);
    await timed(theirs);
  }
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const entry = {};
    if (round % 2 === 0) entry.ours = await timed(ours);
    entry.theirs = await timed(theirs);
    if (round % 2 === 1) entry.ours = await timed(ours);
    times.push(entry);
  }
  const ratios = times.map((round) => round.theirs / round.ours).sort((a, b) => a - b);
  return {
    ratio: quantile(ratios, 0.5),
    ratioSpread: {
      min: ratios[0],
      lowerQuartile: quantile(ratios, 0.25),
      upperQuartile: quantile(ratios, 0.75),
      max: ratios.at(-1),
    },
    ours: median(times.map((round) => round.ours)),
    theirs: median(times.map((round) => round.theirs)),
    rounds: times,
  };
}
