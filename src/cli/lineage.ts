import { Command } from 'commander';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { writeWholeFile } from '../formats/files/whole-output.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import { type Lineage, lineageDot, readLineage } from '../lineage/lineage.js';
import { columns } from './figures.js';
import * as options from './options.js';
import type { Session } from './session.js';

export interface LineageFlags extends options.RunOptions {
  readonly dot?: string;
  readonly force?: boolean;
}

export function lineageCommand(): Command {
  const command = new Command('lineage')
    .description(
      'say what in a folder was made from what, and what is stale since a file changed or is missing: results, classifiers, weights, models, reports (exit code 1 then)',
    )
    .argument('<folder>', 'folder of a study')
    .option('--dot <file>', 'the graph for Graphviz: dot -Tsvg FILE')
    .option('--force', 'replace an existing file');
  return options.addSpeechOptions(command);
}

export async function runLineage(session: Session, folder: string, chosen: LineageFlags): Promise<number> {
  const { dot, force = false } = chosen;
  if (dot !== undefined) await requireOutputFile(dot, { force });
  requireAddressSpace();
  const lineage = await readLineage(folder, { signal: session.signal });
  if (dot !== undefined) await writeWholeFile(dot, lineageDot(lineage), force ? 'a file' : 'nothing');
  session.conclude({ folder, ...lineage }, linesOf(lineage));
  return lineage.nodes.every(({ state }) => state === 'current') ? 0 : 1;
}

function linesOf({ nodes, edges }: Lineage): string[] {
  if (nodes.length === 0) return ['Nothing here says what it was made from.'];
  const rows = nodes.map(({ path, kind, state }) => {
    const from = edges.filter(({ to }) => to === path).map((edge) => `${edge.role} ${edge.from}`);
    return [kind, path, state, from.length > 0 ? `from ${from.join(', ')}` : ''];
  });
  const stale = nodes.flatMap(({ path, reasons }) =>
    reasons.map((reason) => `${path} is stale: ${reason}; make it again`),
  );
  return [...columns(rows), ...(stale.length > 0 ? ['', ...stale] : [])];
}
