/** Letters of a name of a file without its ending, at most. */
const longestName = 60;

/** Names of files for figures, which may be called as a user calls a column: without what file systems refuse, each once. */
export function fileNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replace(/[^\p{L}\p{N}_.-]+/gu, '_').slice(0, longestName);
    let free = plain;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${plain}_${number}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
