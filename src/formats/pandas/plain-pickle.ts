/**
 * Lists of names and numbers that PyTables keeps as text, in protocol 0 of Python's pickle. A pickle is a program; of its
 * commands only those that write a list or a tuple of texts and whole numbers are known here: nothing is ever run or imported.
 *
 * @returns the texts and numbers in their order, however they are nested; null for anything else.
 */
export function plainPickleItems(pickle: string): (string | number)[] | null {
  const items: (string | number)[] = [];
  let at = 0;
  const line = () => {
    const end = pickle.indexOf('\n', at);
    const text = end < 0 ? pickle.slice(at) : pickle.slice(at, end);
    at = end < 0 ? pickle.length : end + 1;
    return text;
  };
  while (at < pickle.length) {
    const command = pickle[at] as string;
    at += 1;
    if (command === '.') return items;
    if (command === 'V')
      items.push(
        line().replace(/\\u([0-9a-fA-F]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      );
    else if (command === 'I' || command === 'L') items.push(Number(line().replace(/L$/, '')));
    else if (command === 'p') line();
    else if (!'(lat\n'.includes(command)) return null;
  }
  return null;
}
