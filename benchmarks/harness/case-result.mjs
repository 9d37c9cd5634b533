import { Context } from './context.mjs';
import { measure } from './measure.mjs';
import { PeerMissing } from './peer-process.mjs';

/** `{ value, target }` is met from the target up, `{ value, atMost }` down to it. */
function judged(extra) {
  if (extra.target !== undefined) return { ...extra, met: extra.value >= extra.target };
  if (extra.atMost !== undefined) return { ...extra, met: extra.value <= extra.atMost };
  return extra;
}

async function timesOf(chosen, prepared, options) {
  const rounds = options.rounds ?? (options.quick ? 2 : (chosen.rounds ?? 7));
  const times = await measure(prepared, { rounds, warm: chosen.warm });
  const scale = prepared.scale ?? 1;
  const figures = prepared.figures ? (await prepared.figures(times)).map(judged) : undefined;
  const { settings, note } = prepared;
  return {
    ratio: times.ratio,
    ratioSpread: times.ratioSpread,
    ours: times.ours * scale,
    theirs: times.theirs * scale,
    rounds: times.rounds.map((round) => ({ ours: round.ours * scale, theirs: round.theirs * scale })),
    ...(chosen.target !== null && { met: times.ratio >= chosen.target }),
    ...(figures && { figures }),
    ...(settings && { settings }),
    ...(note && { note }),
  };
}

/**
 * What stands in the results for a case, whatever happens in it.
 *
 * @param chosen the case.
 * @param options `quick`: small sizes; `rounds` in place of those of the case.
 */
export async function resultOf(chosen, options) {
  const { name, peer, unit, target = null } = chosen;
  const context = new Context({ quick: options.quick });
  const interrupted = () => {
    context.close();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  const entry = { name, peer, ratio: null, ours: null, theirs: null, unit, agreement: null, target };
  entry.versions = context.versions;
  let prepared;
  try {
    prepared = await chosen.prepare(context);
    if (prepared.skipped) return { ...entry, skipped: prepared.skipped };
    entry.agreement = prepared.agreement;
    if (!prepared.agreement.passed) return { ...entry, failed: wordsOf(prepared.agreement) };
    return { ...entry, ...(await timesOf({ ...chosen, target }, prepared, options)) };
  } catch (error) {
    if (error instanceof PeerMissing) return { ...entry, skipped: error.message };
    return { ...entry, failed: options.quick ? error.stack : error.message };
  } finally {
    await prepared?.close?.();
    context.close();
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
  }
}

function wordsOf({ checks }) {
  const wrong = checks.filter(({ value, tolerance }) => !(value <= tolerance));
  return `the sides do not agree, so nothing was timed: ${wrong
    .map(({ what, value, tolerance }) => `${what} is ${value}, at most ${tolerance} is allowed`)
    .join('; ')}`;
}
