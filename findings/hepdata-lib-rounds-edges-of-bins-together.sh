#!/usr/bin/env bash
# What: hepdata_lib rounds every number of a Variable to five significant digits unless `digits` says otherwise, edges of bins too.
#       Edges that agree in five digits, as those of incident energies in keV or of time stamps may, fall together, and the bins have no width.
#       hepdata-validator lets such a table pass.
# Versions: hepdata_lib 0.21.0, hepdata-validator 0.3.6, NumPy 2.4.6. Seen 2026-11-29.
# Seen: bins 131072..131073 and 131073..131074 become 131070..131070 twice; the table is valid; with digits=8 they stay.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q hepdata_lib==0.21.0 hepdata-validator==0.3.6 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import yaml
from hepdata_lib import Variable
from hepdata_validator.data_file_validator import DataFileValidator

def written(digits=None):
    energies = Variable('E', is_independent=True, is_binned=True, units='keV')
    if digits is not None:
        energies.digits = digits
    energies.values = [(131072.0, 131073.0), (131073.0, 131074.0)]
    return [{side: float(edge) for side, edge in row.items()} for row in energies.make_dict()['values']]

for digits in (None, 8):
    bins = written(digits)
    print(digits or 'default', *(f"{row['low']:.0f}..{row['high']:.0f}" for row in bins))
    table = {'independent_variables': [{'header': {'name': 'E'}, 'values': bins}],
             'dependent_variables': [{'header': {'name': 'showers'}, 'values': [{'value': 3}, {'value': 4}]}]}
    with open('table.yaml', 'w') as file:
        yaml.safe_dump(table, file)
    print('valid', DataFileValidator().validate(file_path='table.yaml'))
PY
cat said
printf '%s\n' 'default 131070..131070 131070..131070' 'valid True' '8 131072..131073 131073..131074' 'valid True' |
  diff - said || { echo 'changed'; exit 1; }
echo 'as described'
