#!/usr/bin/env bash
# What: h5repack -f GZIP=4 of a file with a dataset in a filter that is not installed prints a warning, writes the file without that
#       dataset and exits 0: a script that then deletes the original has lost the showers. h5dump of a part of such a dataset prints an
#       empty block and exits 0 too; of all of it, 1.
# Versions: hdf5-tools 1.10.8 of Debian 12; file by h5py 3.16.0 with its filter LZF, NumPy 2.4.6. Seen 2026-11-29.
# Seen: after h5repack without -f both datasets; with -f GZIP=4 incident_energies alone, exit 0; h5dump 1, of a part 0 without a number.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
apt-get download hdf5-tools=1.10.8+repack1-1 libhdf5-103-1=1.10.8+repack1-1 libhdf5-hl-100=1.10.8+repack1-1 libaec0 libsz2 > apt.log 2>&1 ||
  { tail -3 apt.log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" tools || exit 2; done  # nothing is installed
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import h5py, numpy as np

with h5py.File('showers.h5', 'w') as file:
    file['incident_energies'] = np.full((20, 1), 50.0)
    file.create_dataset('showers', data=np.arange(2000, dtype='f4').reshape(20, 100), chunks=(5, 100), compression='lzf')
PY
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu HDF5_PLUGIN_PATH=$work/none
tool() { local name=$1; shift; "$work/tools/usr/bin/$name" "$@"; }
held() { tool h5ls "$1" | awk '{ printf " %s", $1 }'; }
{
  tool h5repack showers.h5 copy.h5 > /dev/null 2>&1; echo "copy: exit $?,$(held copy.h5)"
  tool h5repack -f GZIP=4 showers.h5 gzip.h5 > /dev/null 2>&1; echo "to gzip: exit $?,$(held gzip.h5)"
  tool h5dump -d /showers showers.h5 > /dev/null 2>&1; echo "dump: exit $?"
  tool h5dump -d /showers -s 2,0 -c 1,4 showers.h5 > part 2> part-errors
  echo "dump of a part: exit $?, words of error $(wc -w < part-errors), lines of numbers $(grep -c '^ *([0-9,]*):' part)"
} > said
cat said
printf '%s\n' 'copy: exit 0, incident_energies showers' 'to gzip: exit 0, incident_energies' 'dump: exit 1' \
  'dump of a part: exit 0, words of error 0, lines of numbers 0' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
