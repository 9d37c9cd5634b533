#!/usr/bin/env bash
# What: where a part of a virtual dataset is not beside it, HDF5 looks for a file of that name in the folder in which the program was
#       started. Samples whose parts have the same names (part1.h5 …) lend each other showers, depending on where the script runs; without
#       such a file the missing rows are fill values. Neither is an error.
# Versions: h5py 3.16.0 and h5wasm 0.10.3 (HDF5 2.0.0 both), NumPy 2.4.6; any Node. Seen 2026-11-29.
# Seen: geant4/all.h5 of part1.h5 (1) and part2.h5 (removed): 1, 0 from its own folder; 1, 7 from flow/, whose part2.h5 holds 7.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q h5py==3.16.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel error h5wasm@0.10.3 > npm.log 2>&1 || { tail -3 npm.log; exit 2; }
mkdir geant4 flow
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import h5py

def part(path, energy):
    with h5py.File(path, 'w') as file:
        file['showers'] = [energy]

part('geant4/part1.h5', 1.0)
part('flow/part2.h5', 7.0)
layout = h5py.VirtualLayout(shape=(2,), dtype='f8')
for row in range(2):
    layout[row : row + 1] = h5py.VirtualSource(f'part{row + 1}.h5', 'showers', shape=(1,))
with h5py.File('geant4/all.h5', 'w') as file:
    file.create_virtual_dataset('showers', layout)
PY
cat > read.py << 'PY'
import sys, h5py
print(*map(int, h5py.File(sys.argv[1])['showers'][:]))
PY
cat > read.mjs << 'JS'
import h5wasm from 'h5wasm/node';
await h5wasm.ready;
console.log(...new h5wasm.File(process.argv[2], 'r').get('showers').value);
JS
for folder in geant4 flow; do
  cd "$folder" || exit 2
  echo "h5py in $folder: $("$work/venv/bin/python" "$work/read.py" "$work/geant4/all.h5")"
  echo "h5wasm in $folder: $(node "$work/read.mjs" "$work/geant4/all.h5")"
  cd ..
done > said 2> errors
cat said
printf '%s\n' 'h5py in geant4: 1 0' 'h5wasm in geant4: 1 0' 'h5py in flow: 1 7' 'h5wasm in flow: 1 7' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
