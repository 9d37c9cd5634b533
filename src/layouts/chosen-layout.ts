import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { ArgumentError, CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import { layoutNames, publishedLayouts } from './published-layouts.js';
import { type Layout, type LayoutDescription, layoutSchema } from './schema.js';

const largestFile = 2 ** 20;

/**
 * The layouts that a file is held against: the one that the user chose, by its name, by the path of a description (JSON), or as
 * a description itself; the published ones where nothing was chosen.
 *
 * @throws FileError ERR_LAYOUT and those for files; ArgumentError ERR_LAYOUT.
 */
export async function chosenLayouts(
  given: LayoutDescription | string | undefined,
): Promise<readonly Layout[]> {
  if (given === undefined) return publishedLayouts;
  if (typeof given !== 'string')
    return [parsed(given, (message) => new ArgumentError('ERR_LAYOUT', message))];
  const named = publishedLayouts.find(({ name }) => name === given);
  if (named) return [named];
  if (!/\.json$/i.test(given) && !/[\\/]/.test(given)) {
    const message = `layout "${given}" is not known; use ${layoutNames.join(', ')} or a description (.json)`;
    throw new CaloscopeError('ERR_LAYOUT', message);
  }
  return [await readDescription(given)];
}

async function readDescription(path: string): Promise<Layout> {
  const refuse = (message: string) => new FileError('ERR_LAYOUT', path, message);
  if ((await requirePlainFile(path)) > largestFile) throw refuse('larger than any description of a layout');
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw refuse('not a JSON file; a description of a layout is one');
  }
  return parsed(document, refuse);
}

function parsed(document: unknown, refuse: (message: string) => CaloscopeError): Layout {
  const result = layoutSchema.safeParse(document);
  if (result.success) return result.data;
  const { path, message } = firstProblem(result.error.issues as [z.core.$ZodIssue]);
  const place = path.length > 0 ? `${path.join('.')}: ` : '';
  throw refuse(`the description of the layout is not sound: ${place}${message}`);
}

/** Of alternatives, that of the one that fits best. */
function firstProblem([issue]: readonly [z.core.$ZodIssue, ...z.core.$ZodIssue[]]): {
  path: readonly PropertyKey[];
  message: string;
} {
  if (issue.code !== 'invalid_union') return issue;
  const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
  const [first] = closest ?? [];
  if (!first) return issue;
  const { path, message } = firstProblem([first]);
  return { path: [...issue.path, ...path], message };
}
