/** The command that writes a file again with gzip. h5repack is not named: it drops what it cannot read and ends with 0. */
export function rewriteCommand(needsPlugin: boolean): string {
  const modules = needsPlugin ? 'h5py, hdf5plugin' : 'h5py';
  return (
    `python3 -c "import ${modules}; i = h5py.File('IN'); o = h5py.File('OUT', 'w'); ` +
    `i.visititems(lambda n, d: o.create_dataset(n, data=d[()], compression='gzip' if d.shape else None)` +
    `.attrs.update(d.attrs) if isinstance(d, h5py.Dataset) else None)"`
  );
}
