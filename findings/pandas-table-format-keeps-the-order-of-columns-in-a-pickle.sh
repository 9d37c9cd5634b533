#!/usr/bin/env bash
# What: DataFrame.to_hdf(format='table') puts columns that are data_columns, or of another type, into arrays of their own; each array is in
#       its own order, and the order of the frame is only in a pickle (attribute non_index_axes). Any reader but pandas that takes the
#       20 columns of an event file by position, as E, px, py, pz of one object after the other, takes others, and nothing is missing.
# Versions: pandas 3.1.1, tables 3.11.1, h5py 3.16.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: columns E px py pz with data_columns=['E']: the file has px py pz and then E; the first number of a row is px.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q pandas==3.1.1 tables==3.11.1 h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py, numpy as np, pandas as pd

frame = pd.DataFrame([[50.0, 10.0, 20.0, 30.0]], columns=['E', 'px', 'py', 'pz'])
frame.to_hdf('events.h5', key='events', format='table', data_columns=['E'])
with h5py.File('events.h5') as file:
    table = file['events/table'][:]
    print('in the file:', [float(x) for name in table.dtype.names[1:] for x in np.ravel(table[name][0])])
    print('the order is a pickle:', bytes(file['events'].attrs['non_index_axes'][:2]) == b'(l')
print('pandas:', pd.read_hdf('events.h5').iloc[0].tolist())
PY
cat said
printf '%s\n' 'in the file: [10.0, 20.0, 30.0, 50.0]' 'the order is a pickle: True' 'pandas: [50.0, 10.0, 20.0, 30.0]' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
