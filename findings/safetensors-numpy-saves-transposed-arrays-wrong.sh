#!/usr/bin/env bash
# What: save_file of safetensors.numpy stores the bytes of an array as they lie in memory, under the shape that the array shows. For
#       a transposed or strided one these do not belong together: the file loads without an error and holds another matrix. A layer
#       that is turned from inputs × outputs to outputs × inputs with `.T` on its way into a classifier file is such an array.
# Versions: safetensors 0.8.0, NumPy 2.4.6. Seen 2026-11-29.
# Seen: as it is right; transposed wrong; every second row wrong; copy of the transposed right
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q safetensors==0.8.0 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import numpy as np
from safetensors import numpy as tensors

layer = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
ways = {'as it is': layer, 'transposed': layer.T, 'every second row': layer[::2], 'copy of the transposed': layer.T.copy()}
for way, stored in ways.items():
    tensors.save_file({'layers.0.weight': stored}, 'member.safetensors')
    loaded = tensors.load_file('member.safetensors')['layers.0.weight']
    print(way, 'right' if np.array_equal(loaded, stored) else 'wrong')
PY
cat said
printf '%s\n' 'as it is right' 'transposed wrong' 'every second row wrong' 'copy of the transposed right' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
