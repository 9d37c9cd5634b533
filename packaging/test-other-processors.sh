#!/bin/bash
# The kernel sets that this processor would not choose: those of older x86-64 processors, and NEON, under emulation.
# Needs CMake, GoogleTest with its sources (Debian: libgtest-dev), qemu-user and a cross compiler (g++-aarch64-linux-gnu);
# what is missing is left out with a word.
set -euo pipefail
cd "$(dirname "$0")/.."

generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi
tests='*Kernels*:*Bfloat16*:KernelChoice.*:HistogramFill*:ForwardPass*:Trainer.TakesTheSteps*'

build() { # folder, options…
  local folder=$1
  shift
  cmake -S . -B "$folder" "${generator[@]}" -DCALOSCOPE_ADDON=OFF -DCALOSCOPE_TESTS=ON "$@" > /dev/null
  cmake --build "$folder" --parallel 2 > "$folder/build.log" || { tail -40 "$folder/build.log"; return 1; }
}

# Runs the tests on an emulated processor, which must have these sets and no others.
run() { # sets, emulator…
  local expected=$1
  shift
  local found
  found=$("$@" --gtest_list_tests --gtest_filter='EverySet/Bfloat16*' | sed -nE 's, .*/([a-z0-9]+) +#.*,\1,p' | sort -u | tr -d '\n')
  if [ "$found" != "$expected" ]; then
    echo "$*: runs the sets '$found', not '$expected'" >&2
    return 1
  fi
  "$@" --gtest_brief=1 --gtest_filter="$tests"
  echo "kernel sets $expected: right under ${1##*/} ${3:-}"
}

if [ "$(uname -m)" = x86_64 ] && command -v qemu-x86_64 > /dev/null; then
  folder=build/native-test-plain
  build "$folder"
  run baseline qemu-x86_64 -cpu Nehalem "$folder/native/test/caloscope_test"
  run avx2baseline qemu-x86_64 -cpu Haswell "$folder/native/test/caloscope_test"
else
  echo 'left out: older x86-64 processors (no qemu-x86_64)'
fi

if command -v aarch64-linux-gnu-g++ > /dev/null && command -v qemu-aarch64 > /dev/null; then
  folder=build/native-test-aarch64
  build "$folder" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
    -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ -DCALOSCOPE_GTEST_SOURCES=/usr/src/googletest \
    '-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-aarch64;-L;/usr/aarch64-linux-gnu'
  run neon qemu-aarch64 -L /usr/aarch64-linux-gnu "$folder/native/test/caloscope_test"
else
  echo 'left out: NEON (no aarch64-linux-gnu-g++ or no qemu-aarch64)'
fi
