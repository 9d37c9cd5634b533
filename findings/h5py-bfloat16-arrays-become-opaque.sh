#!/usr/bin/env bash
# What: half-precision output of a network as ml_dtypes.bfloat16 (or a float8) goes into an HDF5 file as opaque bytes without a tag:
#       nothing in the file says that these are numbers, or which. h5py gives them back as void, which nothing converts. HDF5 can describe
#       bfloat16, and h5py reads that as float32; it does not write it.
# Versions: h5py 3.16.0 (HDF5 2.0.0), ml_dtypes 0.6.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: bfloat16 |V2 and float8_e4m3fn |V1, both opaque, tag empty, no conversion to float32; float16 stays float16.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 ml_dtypes==0.6.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python -W error - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import h5py, ml_dtypes, numpy as np

energies = np.array([0.5, 2, 12], 'f4')
for name, kind in {'float16': np.float16, 'bfloat16': ml_dtypes.bfloat16, 'float8_e4m3fn': ml_dtypes.float8_e4m3fn}.items():
    with h5py.File('showers.h5', 'w') as file:
        file['showers'] = energies.astype(kind)
    with h5py.File('showers.h5') as file:
        dataset = file['showers']
        stored = dataset.id.get_type()
        opaque = stored.get_class() == h5py.h5t.OPAQUE
        try:
            numbers = dataset[:].astype('f4').tolist()
        except (TypeError, ValueError):
            numbers = 'no numbers'
        print(name, dataset.dtype.str, f'opaque with tag {stored.get_tag()}' if opaque else 'a float', numbers)
PY
cat said
printf '%s\n' 'float16 <f2 a float [0.5, 2.0, 12.0]' "bfloat16 |V2 opaque with tag b'' no numbers" "float8_e4m3fn |V1 opaque with tag b'' no numbers" |
  diff - said || { echo 'changed'; exit 1; }
echo 'as described'
