import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../../support/shared-data.js';

interface Outcome {
  readonly file: string;
  readonly path: string;
  readonly numeric: boolean;
  readonly outcome: string;
}

const folder = sharedPath('peers', 'hdf5');
const root = join(import.meta.dirname, '../../../..');
const script = join(root, 'test/scripts/peer-hdf5-files.mjs');

describe.skipIf(!existsSync(join(folder, 'manifest.json')))(
  'files on which other readers test themselves',
  () => {
    it('are read right or refused with the reason, in time and memory', () => {
      const printed = execFileSync(process.execPath, [script, folder, '--json'], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      const { outcomes, megabytes } = JSON.parse(printed) as { outcomes: Outcome[]; megabytes: number };
      const sound = (outcome: string) =>
        /^(right$|read as sequences$|refused, ERR_(?!FILE|INTERNAL)\w+: )/.test(outcome);
      expect(outcomes.filter(({ outcome }) => !sound(outcome))).toEqual([]);
      const numeric = outcomes.filter((outcome) => outcome.numeric);
      expect(numeric).toHaveLength(1238);
      expect(numeric.filter(({ outcome }) => outcome !== 'right')).toEqual([]);
      expect(megabytes).toBeLessThan(512);
    });

    it('come out as the table of the documentation says', () => {
      const table = execFileSync(process.execPath, [script, folder], { encoding: 'utf8' });
      expect(readFileSync(join(root, 'docs/hdf5-reader.md'), 'utf8')).toContain(table.trim());
    });
  },
);
