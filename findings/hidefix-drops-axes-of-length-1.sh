#!/usr/bin/env bash
# What: a dataset read with hidefix comes without its axes of length 1. Incident energies of CaloChallenge and CaloGAN files are (N, 1):
#       E_dep/E_inc as scripts for h5py compute it, (N, 1) over (N, 1), becomes (N, 1) over (N,), which NumPy takes for a table
#       of every shower over every energy, without an error. And `dataset[:]` is refused; it wants one slice an axis.
# Versions: hidefix 0.12.0, h5py 3.16.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: h5py (4, 1), ratios (4, 1); hidefix (4,), ratios (4, 4); shape() of the dataset (4, 1); dataset[:] TypeError
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q hidefix==0.12.0 h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py, hidefix, numpy as np

deposits = np.arange(1, 13, dtype='f4').reshape(4, 3)
with h5py.File('showers.h5', 'w') as file:
    file.create_dataset('incident_energies', data=deposits.sum(axis=1, keepdims=True) / 2, compression='gzip')
    file.create_dataset('showers', data=deposits, compression='gzip')

def ratios(energies):
    return deposits.sum(axis=1, keepdims=True) / energies

with h5py.File('showers.h5') as file:
    energies = file['incident_energies'][:]
    print('h5py', energies.shape, 'ratios', ratios(energies).shape)
dataset = hidefix.Index('showers.h5')['incident_energies']
energies = dataset[:, :]
print('hidefix', energies.shape, 'ratios', ratios(energies).shape, 'shape()', tuple(map(int, dataset.shape())))
try:
    dataset[:]
    print('[:] is taken')
except TypeError:
    print('[:] TypeError')
PY
cat said
printf '%s\n' 'h5py (4, 1) ratios (4, 1)' 'hidefix (4,) ratios (4, 4) shape() (4, 1)' '[:] TypeError' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
