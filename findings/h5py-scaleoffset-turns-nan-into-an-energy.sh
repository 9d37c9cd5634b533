#!/usr/bin/env bash
# What: the filter scale-offset, `scaleoffset=` of h5py, stores floats as whole steps above the least number of a chunk. A NaN has none:
#       it comes back as the least energy or another one, and the shower that a simulation marked as failed is a sound one. Infinity is
#       kept. Nothing is said at writing or reading.
# Versions: h5py 3.16.0 (HDF5 2.0.0), NumPy 2.4.6. Seen 2026-11-29.
# Seen: NaN among energies from 0 to 9 MeV reads as a finite number with scaleoffset=2, as NaN without; ∞ as ∞ in both.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python -W ignore - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py, numpy as np

for options in ({}, {'scaleoffset': 2}):
    for failed in (np.nan, np.inf):
        energies = np.linspace(0, 9, 200, dtype='f4').reshape(10, 20)
        energies[4, 7] = failed
        with h5py.File('showers.h5', 'w') as file:
            file.create_dataset('showers', data=energies, chunks=(10, 20), **options)
        with h5py.File('showers.h5') as file:
            read = file['showers'][4, 7]
        print('scaleoffset' if options else 'plain', failed, 'reads as', 'a finite number' if np.isfinite(read) else read)
PY
cat said
printf '%s\n' 'plain nan reads as nan' 'plain inf reads as inf' 'scaleoffset nan reads as a finite number' 'scaleoffset inf reads as inf' |
  diff - said || { echo 'changed'; exit 1; }
echo 'as described'
