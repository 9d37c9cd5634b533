import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationResult } from '#caloscope/evaluation/result';
import { caloscope, emptyFolder, startCaloscope } from './run-caloscope.js';

describe('demo', () => {
  it('finds the flaw of toy showers in less than a minute', async () => {
    const folder = emptyFolder();
    const { exitCode, stdout, seconds } = await startCaloscope(['demo'], folder).ended;
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(60);
    const out = join('caloscope-demo', 'evaluation');
    expect(stdout).toContain(`Report: ${join(out, 'report.html')}`);
    const text = readFileSync(join(folder, out, 'result.json'), 'utf8');
    const { verdict, auc } = JSON.parse(text) as EvaluationResult;
    expect(stdout).toContain(verdict.sentence);
    expect(verdict.level).toBe('distinguishable');
    expect(auc.value).toBeLessThan(0.638 + 3 * auc.standardError);
    expect(await caloscope(['demo'], folder)).toMatchObject({ exitCode: 1 });
  });
});
