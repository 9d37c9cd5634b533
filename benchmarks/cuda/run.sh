#!/bin/bash
# Builds, tests and times the CUDA backend on a machine with a GPU, and leaves all of it in one JSON:
#
#   benchmarks/cuda/run.sh [OUT.json]         (default: benchmarks/results/cuda-latest.json)
#
# Needs nvcc, CMake and GoogleTest (installed, or its source in the folder GOOGLETEST_SOURCE); no Node, no network. Where
# python3 has PyTorch, that is timed beside.
set -euo pipefail
out=$(realpath -m "${1:-$(dirname "$0")/../results/cuda-latest.json}")
if [ -n "${GOOGLETEST_SOURCE:-}" ]; then GOOGLETEST_SOURCE=$(realpath "$GOOGLETEST_SOURCE"); fi
cd "$(dirname "$0")/../.."

if ! card=$(nvidia-smi --query-gpu=name,compute_cap,driver_version --format=csv,noheader 2> /dev/null | head -n 1); then
  echo 'no NVIDIA device here: nothing to time' >&2
  exit 1
fi
capability=$(cut -d , -f 2 <<< "$card" | tr -d ' .')
mkdir -p "$(dirname "$out")"
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

# Only the code for this card, so that the build is soon done, with whatever compiler is there.
export CALOSCOPE_WARNINGS_ARE_ERRORS=OFF CALOSCOPE_CUDA_ARCHITECTURES=$capability-real CALOSCOPE_JOBS=${CALOSCOPE_JOBS:-$(nproc)}
program=build/native-test-cuda/benchmarks/cuda/cuda_rates
rm -f "$program"
tests=passed
test/scripts/cuda.sh || tests=failed
if [ ! -x "$program" ]; then
  echo 'the CUDA backend could not be built' >&2
  exit 1
fi

rates=agree
"$program" "$parts/rates" || rates=disagree
[ -s "$parts/rates" ] || exit 1
# Written at once, and again with PyTorch: what was measured is not lost where the time for all of it runs out.
write() { # PyTorch's JSON
  printf '{"date":"%s","card":"%s","nvcc":"%s","tests":"%s",\n"caloscope":%s,\n"pytorch":%s}\n' "$(date -u +%F)" "$card" \
    "$(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')" "$tests" "$(cat "$parts/rates")" "$1" > "$parts/all"
  cp "$parts/all" "$out"
}
write null
if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
  if timeout 180 python3 benchmarks/cuda/pytorch_rates.py > "$parts/peer"; then write "$(cat "$parts/peer")"; fi
else
  echo 'left out: PyTorch (python3 has none that sees the device)'
fi
echo "written: $out"
[ "$tests $rates" = 'passed agree' ]
