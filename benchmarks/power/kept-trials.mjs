import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What must be the same for trials to stand in one table. */
const decisive = ['methods', 'folds', 'quick', 'versions'];

const keyOf = ({ population, flaw, rows, pair }, method) =>
  JSON.stringify([population, flaw, rows, pair, method]);

/** The trials of a run in a JSON file, so that a run that was stopped goes on where it was. */
export class KeptTrials {
  #path;
  #known;
  /** `{ methods, folds, quick, versions, machine, date, exact, trials }`. */
  record;

  /** @throws when the file holds trials of another version or other settings. */
  static open(path, head) {
    const kept = existsSync(path) ? KeptTrials.read(path) : null;
    const changed =
      kept && decisive.find((name) => JSON.stringify(kept[name]) !== JSON.stringify(head[name]));
    if (changed) {
      throw new Error(
        `${path} holds trials with other ${changed} (${JSON.stringify(kept[changed])}); move it away or name another with --output`,
      );
    }
    return new KeptTrials(path, kept ?? { ...head, date: '', exact: {}, trials: [] });
  }

  static read(path) {
    return JSON.parse(readFileSync(path, 'utf8'));
  }

  constructor(path, record) {
    this.#path = path;
    this.record = record;
    this.#known = new Set(record.trials.map((trial) => keyOf(trial, trial.method)));
  }

  /** Methods that have not been tried on a pair. */
  missing(pair) {
    return this.record.methods.filter((method) => !this.#known.has(keyOf(pair, method)));
  }

  /** Exact areas are computed once. */
  async exact(population, flaw) {
    const key = JSON.stringify([population, flaw.name]);
    if (this.record.exact[key] === undefined) this.record.exact[key] = await flaw.exactAuc();
  }

  /** Keeps what the methods found on a pair. The file is whole at any time. */
  add(pair, outcomes) {
    for (const [method, outcome] of Object.entries(outcomes)) {
      this.record.trials.push({ ...pair, method, ...outcome });
      this.#known.add(keyOf(pair, method));
    }
    this.record.date = new Date().toISOString();
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.partial`, `${JSON.stringify(this.record)}\n`);
    renameSync(`${this.#path}.partial`, this.#path);
  }
}
