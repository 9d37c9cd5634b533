import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which others have their turn. */
const longestHold = 10;
let lastTurn = 0;

/** Gives the event loop its turn where it has not had one for long; for every loop whose length the data decide. */
export async function eventLoopTurn(): Promise<void> {
  if (performance.now() - lastTurn < longestHold) return;
  await setImmediate();
  lastTurn = performance.now();
}
