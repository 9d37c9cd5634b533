import type { Writable } from 'node:stream';

/** What a command has of the outside; tests pass their own. */
export interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborted with an Interruption when the user wants the program to end. */
  readonly signal: AbortSignal;
}

/** What could move a cursor, color or rename a terminal, or turn the direction of the text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const steering = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** One line that cannot steer a terminal: names in files and paths are not trusted. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(steering, escaped);
}

/** A JSON document on several lines that cannot steer a terminal either. */
export function documentText(document: object): string {
  const escapedOnly = (letter: string) => (letter === '\n' ? letter : escaped(letter));
  return `${JSON.stringify(document, null, 2).replace(steering, escapedOnly)}\n`;
}
