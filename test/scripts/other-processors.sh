#!/bin/bash
# The kernel sets that this processor would not choose: the one for older x86-64 processors runs under emulation, the one
# for 64-bit ARM is compiled. Needs CMake, GoogleTest, qemu-user and a cross compiler (g++-aarch64-linux-gnu); what is
# missing is left out with a word.
set -euo pipefail
cd "$(dirname "$0")/../.."

generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi

if [ "$(uname -m)" = x86_64 ] && command -v qemu-x86_64 > /dev/null; then
  folder=build/native-test-plain
  cmake -S . -B "$folder" "${generator[@]}" -DCALOSCOPE_ADDON=OFF -DCALOSCOPE_TESTS=ON \
    -DCALOSCOPE_CUDA=OFF -DCALOSCOPE_BENCHMARKS=ON > /dev/null
  # With the programs of the benchmarks, which nothing else compiles.
  cmake --build "$folder" --parallel 2 --target caloscope_test fma_rate histogram_fill boosted_trees
  emulated=(qemu-x86_64 -cpu Nehalem "$folder/native/test/caloscope_test")
  # An emulated processor that had more sets would prove nothing about the lowest.
  sets=$("${emulated[@]}" --gtest_list_tests --gtest_filter='EverySet/Bfloat16*' 2> /dev/null |
    sed -nE 's, .*/([a-z0-9]+) +#.*,\1,p' | sort -u)
  if [ "$sets" != baseline ]; then
    echo "the emulated processor runs the sets '$sets', not baseline alone" >&2
    exit 1
  fi
  "${emulated[@]}" --gtest_brief=1 \
    --gtest_filter='*Kernels*:*Bfloat16*:KernelChoice.*:HistogramFill*:ScoringPass*:Trainer.TakesTheSteps*'
  echo 'kernel set baseline: right on an emulated Nehalem'
else
  echo 'left out: older x86-64 processors (no qemu-x86_64)'
fi

if command -v aarch64-linux-gnu-g++ > /dev/null; then
  folder=build/kernels-aarch64
  mkdir -p "$folder"
  for source in matrix_kernels fill_kernels; do
    aarch64-linux-gnu-g++ -std=c++20 -O3 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Inative \
      -DCALOSCOPE_KERNELS_NAME=neon -DCALOSCOPE_VECTOR_BYTES=16 -DCALOSCOPE_ROW_BLOCK=12 \
      -DCALOSCOPE_PAIR_ROW_BLOCK=10 -c "native/cpu/kernels/$source.cc" -o "$folder/$source.o"
  done
  echo 'kernel set neon: compiles'
else
  echo 'left out: NEON (no aarch64-linux-gnu-g++)'
fi
