#!/bin/bash
# Tries inputs on what the core reads of files (chunks, datasets of showers, checkpoints), guided by coverage, under ASan and
# UBSan. Needs CMake and Clang with its libFuzzer.
#
#   test/scripts/fuzz/fuzz-native.sh [RUNS [SECONDS [SEED]]]     default: 1,000,000 inputs each, at most a day, others each time
#
# With a SEED and without what earlier runs kept (in build/fuzz), the inputs are the same each time.
# Prints the rows of the table of docs/faults.md. What was found lies in build/fuzz-findings; ends with 1 then.
set -euo pipefail
cd "$(dirname "$0")/../../.."
runs=${1:-1000000}
seconds=${2:-86400}
seed=${3:-0}

compiler=
for name in clang++ clang++-{20..14}; do
  if command -v "$name" > /dev/null; then compiler=$name; break; fi
done
if [ -z "$compiler" ]; then
  echo 'fuzz-native: there is no clang++; install clang' >&2
  exit 1
fi
generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi
targets=(chunks showers checkpoints)
cmake -S . -B build/fuzz "${generator[@]}" -DCMAKE_CXX_COMPILER="$compiler" -DCALOSCOPE_ADDON=OFF -DCALOSCOPE_FUZZ=ON \
  -DCALOSCOPE_CUDA=OFF -DCALOSCOPE_SANITIZE=address,undefined,fuzzer-no-link -DCMAKE_BUILD_TYPE=RelWithDebInfo > /dev/null
cmake --build build/fuzz --parallel 2 --target "${targets[@]/#/caloscope_fuzz_}" > /dev/null

failed=0
for target in "${targets[@]}"; do
  kept=build/fuzz/kept-$target
  mkdir -p "$kept" build/fuzz-findings
  log=$(mktemp)
  found=0
  build/fuzz/native/test/fuzz/caloscope_fuzz_"$target" -seed="$seed" -runs="$runs" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 \
    -max_len=4096 -print_final_stats=1 -artifact_prefix="build/fuzz-findings/$target-" "$kept" > "$log" 2>&1 || found=1
  if [ "$found" -eq 1 ]; then
    failed=1
    tail -n 60 "$log" >&2
  fi
  tried=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  places=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  printf '| %s (core) | %s | %s | %s | %s |\n' "$target" "$tried" "$(find "$kept" -type f | wc -l)" "$places" "$found"
  rm "$log"
done
exit "$failed"
