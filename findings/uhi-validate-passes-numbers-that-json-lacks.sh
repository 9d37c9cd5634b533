#!/usr/bin/env bash
# What: an axis with an open end (edge ∞) or a sum that is NaN is written by hist and uhi as the words Infinity and NaN, which
#       Python's json reads and JSON does not have. `uhi validate` passes the file. JSON.parse of Node, and every reader that keeps to the
#       standard, refuses it whole, with the sound histograms in it.
# Versions: uhi 1.2.1, hist 2.12.1, NumPy 2.4.6; any Node. Seen 2026-11-29.
# Seen: uhi validate exits 0 for all three; Node reads the first alone.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q 'uhi[json,schema]==1.2.1' hist==2.12.1 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import json
import hist, numpy as np
from uhi.io.json import default

def depths(edges, weight=1.0):
    axis = hist.axis.Variable(edges, name='depth')
    return hist.Hist(axis, storage=hist.storage.Weight()).fill([0.5, 1.5], weight=weight)

histograms = {'plain': depths([0, 1, 2]), 'open': depths([0, 1, np.inf]), 'nan': depths([0, 1, 2], np.nan)}
for name, histogram in histograms.items():
    with open(f'{name}.json', 'w') as file:
        json.dump({'plain': histograms['plain'], name + ' depths': histogram}, file, default=default)
PY
for name in plain open nan; do
  venv/bin/uhi validate "$name.json" > validated 2>&1
  echo "$name: uhi validate $?, JSON.parse $(node -p "try { JSON.parse(fs.readFileSync('$name.json')); 'reads it' } catch (error) { error.name }")"
done > said
cat said
printf '%s\n' 'plain: uhi validate 0, JSON.parse reads it' 'open: uhi validate 0, JSON.parse SyntaxError' 'nan: uhi validate 0, JSON.parse SyntaxError' |
  diff - said || { echo 'changed'; exit 1; }
echo 'as described'
