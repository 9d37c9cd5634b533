/**
 * Texts speak of showers; of samples of events or jets they speak of those.
 *
 * @param noun what the rows of the samples are, plural.
 */
export function inWordsOf(noun: string, text: string): string {
  if (noun !== 'events' && noun !== 'jets') return text;
  const article = noun === 'events' ? text.replace(/\b([Aa]) (?=shower\b)/g, '$1n ') : text;
  return article.replace(/\b([Ss])hower(s?)\b/g, (_, first: string, plural: string) => {
    const word = plural === '' ? noun.slice(0, -1) : noun;
    return first === 'S' ? word[0]?.toUpperCase() + word.slice(1) : word;
  });
}
