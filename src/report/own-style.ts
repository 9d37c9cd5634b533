import { CaloscopeError } from '../errors.js';

/** Bytes; a few lines are meant. */
export const longestStyle = 2 ** 20;

/** What a style sheet would load, or end, with what it is called in messages. */
const refused = [
  [/@import/, '@import loads another style sheet'],
  [/\burl\(/, 'url( loads a file'],
  [/\bsrc\(/, 'src( loads a file'],
  [/image-set\(/, 'image-set( loads a file'],
  [/<[/!]/, 'it holds markup'],
] as const;

/**
 * A style sheet of the user's own, which stands after that of the report and so overrides it. The report opens offline and loads nothing: a style
 * sheet that would is refused.
 *
 * @throws CaloscopeError ERR_STYLE.
 */
export function requireOwnStyle(style: string): void {
  if (style.length > longestStyle) throw unsound('it is longer than 1 MB');
  if (style.includes('\0')) throw unsound('it is no text');
  const plain = plainText(style).toLowerCase();
  for (const [pattern, why] of refused) {
    if (pattern.test(plain)) throw unsound(`${why}; a report loads nothing: leave it out`);
  }
  const depth = (letter: string) => plain.split(letter).length - 1;
  if (depth('{') !== depth('}'))
    throw unsound('its braces do not match; write rules, as :root { --generated: #c00 }');
}

/** Without comments, and with letters in place of their numbers (`\75rl(` is `url(`). */
function plainText(style: string): string {
  return style
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, digits: string) => {
      const code = Number.parseInt(digits, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    })
    .replace(/\\(.)/g, '$1')
    .replace(/\/\*[\s\S]*?\*\//g, '');
}

function unsound(what: string): CaloscopeError {
  return new CaloscopeError('ERR_STYLE', `the style sheet cannot be used: ${what}`);
}
