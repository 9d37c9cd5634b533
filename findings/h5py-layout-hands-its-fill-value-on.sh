#!/usr/bin/env bash
# What: a VirtualLayout of h5py remembers the fill value of the first virtual dataset that was made of it: later ones get it too, although
#       they name none. Where parts are missing, showers of −1 appear in a file that should show zeros.
# Versions: h5py 3.16.0 (HDF5 2.0.0), NumPy 2.4.6. Seen 2026-11-29.
# Seen: fill value −1 named: −1; the same layout again, none named: −1; a new layout: 0.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py

def layout_of_a_missing_part():
    layout = h5py.VirtualLayout(shape=(3,), dtype='f4')
    layout[:] = h5py.VirtualSource('part.h5', 'showers', shape=(3,))
    return layout

def showers(name, layout, **options):
    with h5py.File(name, 'w') as file:
        file.create_virtual_dataset('showers', layout, **options)
    with h5py.File(name) as file:
        return file['showers'][:].tolist()

layout = layout_of_a_missing_part()
print('named', showers('first.h5', layout, fillvalue=-1))
print('same layout', showers('second.h5', layout))
print('new layout', showers('third.h5', layout_of_a_missing_part()))
PY
cat said
printf '%s\n' 'named [-1.0, -1.0, -1.0]' 'same layout [-1.0, -1.0, -1.0]' 'new layout [0.0, 0.0, 0.0]' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
