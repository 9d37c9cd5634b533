#!/bin/bash
# The whole program with CUDA kernels that run on the host (native/test/cuda_on_host): what asks for a device, from
# JavaScript to the kernels and back. Run `npm run build` first.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=build/cuda-on-host
npx cmake-js compile --out "$folder/build" --CDCALOSCOPE_CUDA=HOST --parallel 2
# The folder whose build/Release/ is loaded in place of the package's own.
CALOSCOPE_PREBUILD=$PWD/$folder npx vitest run test/native/devices.test.ts test/evaluation/device.test.ts
