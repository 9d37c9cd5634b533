import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { ArgumentError, CaloscopeError, FileError } from '../errors.js';
import { requirePlainFile } from '../formats/files/plain-file.js';
import {
  type AnyLayout,
  type AnyLayoutDescription,
  allPublishedLayouts,
  type LayoutKind,
  type LayoutOf,
  layoutNames,
  layoutSchemas,
} from './kinds-of-layouts.js';

const largestFile = 2 ** 20;

/** What a user chooses as a layout: its name, the path of a description (JSON), or a description; undefined: none. */
export type ChosenLayout = AnyLayoutDescription | string | undefined;

/**
 * The layouts of a kind that a file is held against: the one that the user chose, or the published ones.
 *
 * @throws FileError ERR_LAYOUT and those for files; ArgumentError ERR_LAYOUT; CaloscopeError ERR_LAYOUT for a layout of another kind.
 */
export async function chosenLayouts<Kind extends LayoutKind>(
  given: ChosenLayout,
  kind: Kind,
): Promise<readonly LayoutOf<Kind>[]> {
  const ofKind = (layout: AnyLayout): layout is LayoutOf<Kind> => layout.kind === kind;
  const chosen = await chosenLayout(given);
  if (chosen === null) return allPublishedLayouts().filter(ofKind);
  if (ofKind(chosen)) return [chosen];
  throw new CaloscopeError('ERR_LAYOUT', `layout ${chosen.name} is one of ${chosen.kind}, not of ${kind}`);
}

/** The layout that the user chose; null for none. @throws as {@link chosenLayouts}. */
export async function chosenLayout(given: ChosenLayout): Promise<AnyLayout | null> {
  if (given === undefined) return null;
  if (typeof given !== 'string') return parsed(given, (message) => new ArgumentError('ERR_LAYOUT', message));
  const named = allPublishedLayouts().find(({ name }) => name === given);
  if (named) return named;
  if (!/\.json$/i.test(given) && !/[\\/]/.test(given)) {
    const message = `layout "${given}" is not known; use ${layoutNames.join(', ')} or a description (.json)`;
    throw new CaloscopeError('ERR_LAYOUT', message);
  }
  return await readDescription(given);
}

async function readDescription(path: string): Promise<AnyLayout> {
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

function parsed(document: unknown, refuse: (message: string) => CaloscopeError): AnyLayout {
  const result = schemaFor(document, refuse).safeParse(document);
  if (result.success) return result.data;
  const { path, message } = firstProblem(result.error.issues as [z.core.$ZodIssue]);
  const place = path.length > 0 ? `${path.join('.')}: ` : '';
  throw refuse(`the description of the layout is not sound: ${place}${message}`);
}

/** That of the kind which the description names. */
function schemaFor(document: unknown, refuse: (message: string) => CaloscopeError): z.ZodType<AnyLayout> {
  const named = typeof document === 'object' && document !== null && 'kind' in document;
  const kind = named ? document.kind : 'showers';
  if (typeof kind === 'string' && Object.hasOwn(layoutSchemas, kind))
    return layoutSchemas[kind as LayoutKind];
  throw refuse(
    `the description of the layout is not sound: kind must be ${Object.keys(layoutSchemas).join(', ')}`,
  );
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
