#!/usr/bin/env bash
# What: rebin(n) of hist on an axis whose number of bins n does not divide makes whole groups and moves the bins that are left over
#       into the overflow, which plots and sum() leave out; an axis made without overflow loses them. The axis ends earlier than before. Between
#       two samples that are rebinned alike, the high end of the energies is then compared with nothing.
# Versions: hist 2.12.1, boost-histogram 1.8.1, NumPy 2.4.6. Seen 2026-11-29.
# Seen: 8 bins of one shower each in groups of 3: 6 showers left on an axis to 6; with overflow 2 are in it, without it they are gone.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q hist==2.12.1 boost-histogram==1.8.1 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python -W error - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import hist, numpy as np

for flow in (True, False):
    axis = hist.axis.Regular(8, 0, 8, name='energy', overflow=flow)
    rebinned = hist.Hist(axis).fill(np.linspace(0.5, 7.5, 8))[:: hist.rebin(3)]
    print('overflow' if flow else 'none', int(rebinned.sum()), 'in bins,', int(rebinned.sum(flow=True)), 'in all, axis to', float(rebinned.axes[0].edges[-1]))
PY
cat said
printf '%s\n' 'overflow 6 in bins, 8 in all, axis to 6.0' 'none 6 in bins, 6 in all, axis to 6.0' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
