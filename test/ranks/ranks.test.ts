import { describe, expect, it } from 'vitest';
import { CaloscopeError } from '#caloscope/errors';
import { Ended, RankError, type RankPost, Ranks } from '#caloscope/ranks/ranks';

/** Ranks of this process; messages arrive a moment later, in the order of each sender. */
function ranksOf(count: number): Ranks[] {
  const listeners: Parameters<RankPost['onMessage']>[0][] = [];
  return Array.from({ length: count }, (_, rank) => {
    return new Ranks({
      rank,
      ranks: count,
      host: `node${rank}`,
      send: (to, kind, bytes) => setImmediate(() => listeners[to]?.(rank, kind, bytes.slice())),
      onMessage: (listener) => {
        listeners[rank] = listener;
      },
    });
  });
}

describe('ranks', () => {
  it('get what the first finds, and give it what they have', async () => {
    const ranks = ranksOf(4);
    const found = await Promise.all(ranks.map((one) => one.fromFirst(() => ({ of: one.rank }))));
    expect(found).toEqual([{ of: 0 }, { of: 0 }, { of: 0 }, { of: 0 }]);
    // Those beside the first run ahead.
    const [all, ...others] = await Promise.all(
      ranks.map(async (one) => {
        const first = await one.toFirst(Uint8Array.of(one.rank));
        return [first, await one.toFirst(Uint8Array.of(10 + one.rank))];
      }),
    );
    expect(all).toEqual([
      [0, 1, 2, 3].map((number) => Uint8Array.of(number)),
      [10, 11, 12, 13].map((number) => Uint8Array.of(number)),
    ]);
    expect(others).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  const ownOf = ({ taken, before }: ReturnType<Ranks['share']>, count: number) =>
    Array.from({ length: count }, (_, i) => i).filter((i) => taken[(before + i) % taken.length] === 1);

  it('are dealt what is counted, on from where the last deal ended', () => {
    const dealt = ranksOf(3).map((one) =>
      [5, 0, 2, 4].map((count) => {
        const own = ownOf(one.share(), count);
        one.deal(count);
        return own;
      }),
    );
    expect(dealt).toEqual([
      [[0, 3], [], [1], [2]],
      [[1, 4], [], [], [0, 3]],
      [[2], [], [0], [1]],
    ]);
  });

  it.each([2, 3, 4, 6, 7, 30])('of which the first passes share all, out of %d', (count) => {
    const shares = ranksOf(count).map((one) => ownOf(one.share(true), 42 * count));
    expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 42 * count }, (_, i) => i));
    const sizes = shares.map((share) => share.length);
    const others = sizes.slice(1);
    expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
    const ratio = (sizes[0] as number) / Math.max(...others);
    expect(Math.abs(ratio - Math.max(0, 1 - count / 7))).toBeLessThan(0.03);
  });

  it('that were started otherwise are named with what differs', async () => {
    const ranks = ranksOf(3);
    const facts = (rank: number) => [
      { what: 'the version', value: '1' },
      { what: 'the seed', value: rank === 2 ? '7' : '1' },
    ];
    const [first] = await Promise.allSettled(ranks.map((one) => one.agree(facts(one.rank))));
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'ERR_RANKS' } });
    expect(String((first as PromiseRejectedResult).reason.message)).toMatch(
      /^the seed is not the same on all ranks: 1 on rank 0 \(node0\), 7 on rank 2 \(node2\); start all ranks alike/,
    );
    const short = ranksOf(2);
    const outcomes = await Promise.allSettled(short.map((one) => one.agree(facts(0).slice(one.rank))));
    expect(outcomes[0]?.status).toBe('rejected');
  });

  it('end the wait of the first when one fails, and all when the first ends', async () => {
    const [first, second, third] = ranksOf(3) as [Ranks, Ranks, Ranks];
    const waiting = first.toFirst(new Uint8Array(0));
    third.fail({ code: 'ERR_TRAINING', message: 'not finite' });
    await expect(waiting).rejects.toThrow(RankError);
    await expect(waiting).rejects.toMatchObject({
      code: 'ERR_TRAINING',
      message: 'rank 2 (node2): not finite',
    });
    expect(first.signal.aborted).toBe(true);
    const others = second.fromFirst(() => 1);
    first.end(1);
    await expect(others).rejects.toThrow(Ended);
    expect(await Promise.all([second.ended(), third.ended()])).toEqual([1, 1]);
    await expect(first.toFirst(new Uint8Array(0))).rejects.toThrow(CaloscopeError);
  });

  it('end where nothing comes any more', async () => {
    const [first] = ranksOf(2) as [Ranks];
    const waiting = first.toFirst(new Uint8Array(0));
    first.lose(new Error('the network is gone'));
    await expect(waiting).rejects.toThrow('the network is gone');
  });
});
