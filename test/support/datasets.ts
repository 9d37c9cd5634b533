import { Dataset, File, Group, ready } from 'h5wasm/node';

/** All numbers of an HDF5 file by path, and the attributes: two files of other times of writing differ in bytes, not in these. */
export async function datasetsOf(path: string): Promise<Record<string, unknown>> {
  await ready;
  const file = new File(path, 'r');
  const found: Record<string, unknown> = {};
  const visit = (group: Group, at: string) => {
    for (const name of group.keys()) {
      const one = group.get(name);
      const place = `${at}/${name}`;
      if (one instanceof Group) visit(one, place);
      if (one instanceof Group || one instanceof Dataset) {
        for (const [key, { value }] of Object.entries(one.attrs)) found[`${place}@${key}`] = value;
      }
      if (one instanceof Dataset) found[place] = one.value;
    }
  };
  try {
    for (const [key, { value }] of Object.entries(file.attrs)) found[`@${key}`] = value;
    visit(file, '');
  } finally {
    file.close();
  }
  return found;
}
