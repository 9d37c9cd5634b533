#!/usr/bin/env bash
# What: fpd of jetnet extrapolates a distance to endless statistics from batches of 20,000 to 50,000 rows, which it draws with
#       replacement, from 1,000 rows too. The bias that it is there to remove then stays, and the error is that of the fit alone: two samples
#       of one distribution differ by many errors, and a generator that is tested on few jets never passes.
# Versions: jetnet 0.2.5 (does not import with NumPy 2), PyTorch 2.14.1, NumPy 1.26.4, SciPy 1.17.1, energyflow 1.4.0, awkward 2.14.0. Seen 2026-11-29.
# Seen, for two samples of one normal distribution in 5 dimensions: 1,000 rows more than 10 errors from 0; 20,000 rows in batches of 2,000
#       to 10,000 less.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried. Downloads PyTorch.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q torch==2.14.1 jetnet==0.2.5 numpy==1.26.4 scipy==1.17.1 energyflow==1.4.0 awkward==2.14.0 > pip.log 2>&1 ||
  { tail -3 pip.log; exit 2; }
venv/bin/pip uninstall -q -y pyarrow >> pip.log 2>&1  # the newest wants NumPy 2; awkward does without
venv/bin/python -W ignore - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import numpy as np
from jetnet.evaluation import fpd

geant4, again = np.random.default_rng(8).normal(size=(2, 20000, 5))
distances = {'1000 rows': fpd(geant4[:1000], again[:1000]), '20000 rows': fpd(geant4, again, min_samples=2000, max_samples=10000)}
for rows, (distance, error) in distances.items():
    print(f'{rows}: {distance:.1e} ± {error:.1e},', 'not 0' if distance > 10 * error else 'as 0')
PY
cat said
sed 's/:.*,/:/' said > answers
printf '%s\n' '1000 rows: not 0' '20000 rows: as 0' | diff - answers || { echo 'changed'; exit 1; }
echo 'as described'
