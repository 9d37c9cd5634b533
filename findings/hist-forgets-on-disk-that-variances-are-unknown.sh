#!/usr/bin/env bash
# What: a histogram of hist with its default storage (Double) has no variances once it is filled with weights or scaled, and in memory
#       it says so: None. Its file does not: from JSON of UHI and from a ROOT file it comes back with variances equal to its values, those of
#       counts. Error bars of 1000 showers of weight 0.01 are √10 then, and should be √0.1.
# Versions: hist 2.12.1, boost-histogram 1.8.1, uhi 1.2.1, uproot 5.7.7, NumPy 2.4.6. Seen 2026-11-29.
# Seen: variance in memory None, from both files 10 where 0.1 is true, 500 where 250 is; with storage Weight 0.1 throughout.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q hist==2.12.1 boost-histogram==1.8.1 uhi==1.2.1 uproot==5.7.7 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import json
import hist, numpy as np, uproot
from uhi.io.json import default, object_hook

def showers(storage, weight):
    return hist.Hist(hist.axis.Regular(1, 0, 1, name='e'), storage=storage).fill(np.full(1000, 0.5), weight=weight)

def first_variance(histogram):
    variances = histogram.variances()
    return None if variances is None else round(float(variances[0]), 6)

made = {'weighted, Double': showers(hist.storage.Double(), 0.01), 'halved, Double': showers(hist.storage.Double(), None) * 0.5,
        'weighted, Weight': showers(hist.storage.Weight(), 0.01)}
for name, histogram in made.items():
    from_json = hist.Hist(json.loads(json.dumps(histogram, default=default), object_hook=object_hook))
    with uproot.recreate('e.root') as file:
        file['e'] = histogram
    with uproot.open('e.root') as file:
        print(f"{name}: {first_variance(histogram)}, JSON {first_variance(from_json)}, ROOT {first_variance(file['e'])}")
PY
cat said
printf '%s\n' 'weighted, Double: None, JSON 10.0, ROOT 10.0' 'halved, Double: None, JSON 500.0, ROOT 500.0' \
  'weighted, Weight: 0.1, JSON 0.1, ROOT 0.1' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
