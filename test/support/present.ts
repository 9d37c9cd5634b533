/** A part of a result that is there. */
export function present<Part>(part: Part | null): Part {
  if (part === null) throw new Error('the result lacks a part');
  return part;
}
