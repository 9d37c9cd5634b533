import { closeSync, openSync } from 'node:fs';
import { FileBytes } from '#caloscope/formats/hdf5/reader/file-bytes';
import { readPlainGroup } from '#caloscope/formats/hdf5/reader/plain-group';
import { checkSuperblock } from '#caloscope/formats/hdf5/reader/superblock';

/** Calls `work` with an open HDF5 file and the address of an object that is reached by plain links. */
export function withHdf5<T>(
  path: string,
  work: (file: FileBytes, address: (name: string) => number) => T,
): T {
  const descriptor = openSync(path, 'r');
  try {
    const file = new FileBytes(descriptor, path);
    const root = checkSuperblock(file);
    const address = (name: string) => {
      let at = root;
      for (const step of name.split('/')) {
        const group = at === null ? null : readPlainGroup(file, at);
        at = group?.links.get(step) ?? null;
      }
      if (at === null) throw new Error(`${name} is not reached by plain links`);
      return at;
    };
    return work(file, address);
  } finally {
    closeSync(descriptor);
  }
}
