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

  it('are dealt what is counted, on from where the last deal ended', () => {
    const ranks = ranksOf(3);
    const dealt = ranks.map((one) => {
      const own: string[] = [];
      for (const [deal, count] of [5, 0, 2, 4].entries()) {
        const { first, step } = one.share;
        for (let i = first; i < count; i += step) own.push(`${deal}:${i}`);
        one.deal(count);
      }
      return own;
    });
    expect(dealt).toEqual([
      ['0:0', '0:3', '2:1', '3:2'],
      ['0:1', '0:4', '3:0', '3:3'],
      ['0:2', '2:0', '3:1'],
    ]);
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
