#!/usr/bin/env bash
# What: `uhi add` into a .root file, offered in place of ROOT's hadd, writes an RNTuple of the fields of the histogram: a macro that gets
#       a TH1 finds none, and uproot cannot turn it into one. uproot itself does write a TH1, but names the axis "xaxis" and makes the
#       sum of weights the number of entries.
# Versions: uhi 1.2.1, hist 2.12.1, uproot 5.7.7, NumPy 2.4.6. Seen 2026-11-29.
# Seen: class ROOT::RNTuple without to_hist; uproot: TH1D, axis xaxis with its label, 25 entries of 50 showers of weight 0.5.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q 'uhi[json,schema]==1.2.1' hist==2.12.1 uproot==5.7.7 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import json
import hist, numpy as np, uproot
from uhi.io.json import default

axis = hist.axis.Regular(4, 0, 4, name='layer', label='energy of layer 1')
histogram = hist.Hist(axis, storage=hist.storage.Weight()).fill(np.full(50, 1.5), weight=0.5)
with open('layer.json', 'w') as file:
    json.dump({'layer': histogram}, file, default=default)
with uproot.recreate('by-uproot.root') as file:
    file['layer'] = histogram
PY
venv/bin/uhi add by-uhi.root layer.json 2> errors || { tail -3 errors; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import uproot

for name in ('by-uhi', 'by-uproot'):
    with uproot.open(f'{name}.root') as file:
        stored = file['layer']
        print(name, file.classname_of('layer'), 'to_hist' if hasattr(stored, 'to_hist') else 'no to_hist')
axis = stored.to_hist().axes[0]
print('axis', axis.name, 'labelled', axis.label, 'entries', stored.member('fEntries'))
PY
cat said
printf '%s\n' 'by-uhi ROOT::RNTuple no to_hist' 'by-uproot TH1D to_hist' 'axis xaxis labelled energy of layer 1 entries 25.0' |
  diff - said || { echo 'changed'; exit 1; }
echo 'as described'
