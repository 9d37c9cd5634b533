#!/usr/bin/env bash
# What: showerdata.save counts the points of a shower that have energy and keeps as many from the front of its list. With a point of
#       energy 0 among them, as a threshold leaves it, the last hits of the shower are not in the file: less energy, no error.
# Versions: showerdata 0.7.0, h5py 3.16.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: 3 points of 2 GeV with one of 0 among them and one behind: 6 GeV before, 4 after; both zeros behind them: 6 and 6
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q showerdata==0.7.0 h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import numpy as np
import showerdata

for where, energies in {'zero within': [2, 0, 2, 2, 0], 'zeros behind': [2, 2, 2, 0, 0]}.items():
    points = np.ones((1, 5, 5), np.float32)  # x, y, z, energy, time
    points[0, :, 3] = energies
    showerdata.save(showerdata.Showers(points=points, energies=np.full((1, 1), 20, np.float32), pdg=22), 'cloud.h5', overwrite=True)
    kept = np.asarray(showerdata.load('cloud.h5').points)[0, :, 3].sum()
    print(f'{where}: {points[0, :, 3].sum():g} GeV before, {kept:g} after')
PY
cat said
printf '%s\n' 'zero within: 6 GeV before, 4 after' 'zeros behind: 6 GeV before, 6 after' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
