#!/bin/bash
# The whole program with CUDA kernels that run on the host (native/test/cuda_on_host): what asks for a device, from
# JavaScript to the kernels and back. Run `npm run build` first.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=build/cuda-on-host
npm run build:native -- --out "$folder/build" --CDCALOSCOPE_CUDA=HOST
CALOSCOPE_CORE=$PWD/$folder/build/Release/caloscope.node npx vitest run test/native/devices.test.ts test/evaluation/device.test.ts
