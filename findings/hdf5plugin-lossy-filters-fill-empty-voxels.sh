#!/usr/bin/env bash
# What: four filters of hdf5plugin lose when they are given no options: Zfp, SZ, SZ3 and Sperr. Voxels that were empty come back with an
#       energy, some below 0: occupancies, numbers of hits and every cut "> 0" are those of the filter. What SZ3 keeps by default is 10⁻⁴ in the
#       unit of the file, which in GeV is more than a usual readout threshold. Only SZ3 prints a word.
# Versions: hdf5plugin 7.1.0, h5py 3.16.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: of 40 × 60 voxels, half of them empty: empty ones filled by all four, below 0 by Zfp, SZ3 and Sperr; Zfp(reversible=True), Blosc2,
#       Zstd and Bitshuffle give back what they got.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q hdf5plugin==7.1.0 h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
unset HDF5_PLUGIN_PATH
venv/bin/python -W ignore - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py, hdf5plugin, numpy as np

rng = np.random.default_rng(17)
energies = rng.exponential(2e-4, (40, 60)).astype('f4')  # GeV
energies[rng.random(energies.shape) < 0.5] = 0
filters = {name: getattr(hdf5plugin, name)() for name in ('Zfp', 'SZ', 'SZ3', 'Sperr', 'Blosc2', 'Zstd', 'Bitshuffle')}
filters['Zfp, reversible'] = hdf5plugin.Zfp(reversible=True)
for name, options in filters.items():
    with h5py.File('showers.h5', 'w') as file:
        file.create_dataset('showers', data=energies, chunks=(20, 60), **options)
    with h5py.File('showers.h5') as file:
        read = file['showers'][:]
    filled, negative = (read[energies == 0] != 0).sum(), (read < 0).sum()
    print(f'{name}:', 'the same' if np.array_equal(read, energies) else f"fills empty voxels {filled > 0}, energies below 0 {negative > 0}")
PY
grep -v '^Defaulting to absolute' said > answers
cat answers
printf '%s\n' 'Zfp: fills empty voxels True, energies below 0 True' 'SZ: fills empty voxels True, energies below 0 False' \
  'SZ3: fills empty voxels True, energies below 0 True' 'Sperr: fills empty voxels True, energies below 0 True' 'Blosc2: the same' 'Zstd: the same' \
  'Bitshuffle: the same' 'Zfp, reversible: the same' | diff - answers || { echo 'changed'; exit 1; }
echo 'as described'
