#!/bin/bash
# The CUDA backend: compiled for all its cards with warnings as errors, and tested against the CPU where there is a device.
# Needs CMake and nvcc, GoogleTest for the tests; no Node and no network. Where nvcc is missing, the build without CUDA is
# tested in its place, with a word.
set -euo pipefail
if [ -n "${GOOGLETEST_SOURCE:-}" ]; then GOOGLETEST_SOURCE=$(realpath "$GOOGLETEST_SOURCE"); fi
cd "$(dirname "$0")/../.."

generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi
folder=build/native-test-cuda
cuda=ON
if ! command -v nvcc > /dev/null && [ -z "${CUDACXX:-}" ]; then
  echo 'left out: the CUDA backend (no nvcc)'
  cuda=OFF
fi
options=(-DCALOSCOPE_ADDON=OFF -DCALOSCOPE_TESTS=ON -DCALOSCOPE_CUDA=$cuda -DCALOSCOPE_CUDA_BENCHMARKS=$cuda)
# OFF where the compiler at hand warns of more.
options+=("-DCALOSCOPE_WARNINGS_ARE_ERRORS=${CALOSCOPE_WARNINGS_ARE_ERRORS:-ON}")
# For one card alone, as a list of CMake: 90-real.
if [ -n "${CALOSCOPE_CUDA_ARCHITECTURES:-}" ]; then
  options+=("-DCMAKE_CUDA_ARCHITECTURES=$CALOSCOPE_CUDA_ARCHITECTURES")
else
  options+=(-U CMAKE_CUDA_ARCHITECTURES)
fi
targets=(caloscope_cuda_test)
if [ $cuda = ON ]; then targets+=(cuda_rates); fi
cmake -S . -B "$folder" "${generator[@]}" "${options[@]}" > /dev/null
cmake --build "$folder" --parallel "${CALOSCOPE_JOBS:-2}" --target "${targets[@]}"
tests="$folder/native/test/caloscope_cuda_test"
failed=0
ctest --test-dir "$folder" -L cuda --output-on-failure || failed=1
# The same where no device may be seen.
CUDA_VISIBLE_DEVICES='' "$tests" --gtest_brief=1 || failed=1

if ! command -v compute-sanitizer > /dev/null || ! nvidia-smi > /dev/null 2>&1; then
  echo 'left out: compute-sanitizer (no device)'
elif said=$(compute-sanitizer "$tests" --gtest_filter=Cuda.SortsAsTheCpu 2>&1 || true) && grep -i 'not supported' <<< "$said"; then
  echo 'left out: compute-sanitizer (it does not work on this device or machine)'
else
  # Without the tests that do the same small job some hundred times.
  for tool in memcheck racecheck; do
    compute-sanitizer --tool "$tool" --error-exitcode 1 "$tests" --gtest_brief=1 --gtest_filter='-*GoesOnAfter*' || failed=1
  done
fi
exit $failed
