#!/usr/bin/env bash
# What: energyflow.D2 of a jet is ¾ of the D2 of the papers: e2 and e3 are sums over pairs and triples of different particles there (Larkoski,
#       Moult and Neill, arXiv:1409.6298); here both run over all ordered tuples, so that e3 is 6 times and e2 twice as large, and
#       6/2³ = ¾ is left in the ratio e3/e2³. A cut on D2 taken from a paper selects other jets. C2 = e3/e2² is 3/2 of the papers'.
# Versions: energyflow 1.4.0, NumPy 1.26.4. Seen 2026-11-29.
# Seen: three particles of pT 50, 30, 20: D2 0.75 of the sums over pairs and triples, C2 1.5 of them.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q energyflow==1.4.0 numpy==1.26.4 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
from itertools import combinations
import energyflow, numpy as np

jet = np.array([[50.0, 0.1, 0.2], [30.0, -0.2, 0.1], [20.0, 0.3, -0.3]])  # pT, rapidity, azimuth
z = jet[:, 0] / jet[:, 0].sum()
angle = lambda i, j: np.hypot(*(jet[i, 1:] - jet[j, 1:]))
e2 = sum(z[i] * z[j] * angle(i, j) for i, j in combinations(range(3), 2))
e3 = sum(z[i] * z[j] * z[k] * angle(i, j) * angle(j, k) * angle(i, k) for i, j, k in combinations(range(3), 3))
options = dict(measure='hadr', beta=1, coords='ptyphim', normed=True)
for name, defined in (('D2', e3 / e2**3), ('C2', e3 / e2**2)):
    print(f'{name}: {getattr(energyflow, name)(**options).compute(jet) / defined:.6f}')
PY
cat said
printf 'D2: 0.750000\nC2: 1.500000\n' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
