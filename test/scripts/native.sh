#!/bin/bash
# The core's own tests under the sanitizers, without Node; and a look at the kernel objects that ship. The CUDA backend is
# in it: its kernels run on the host, in place of a GPU (native/test/cuda_on_host).
# Needs CMake, GoogleTest (Debian: libgtest-dev) and GCC or Clang.
set -euo pipefail
cd "$(dirname "$0")/../.."

generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi

for sanitizer in address,undefined thread; do
  folder=build/native-test-${sanitizer%%,*}
  echo "native tests under -fsanitize=$sanitizer"
  cmake -S . -B "$folder" "${generator[@]}" -DCALOSCOPE_ADDON=OFF -DCALOSCOPE_TESTS=ON \
    -DCALOSCOPE_CUDA=HOST -DCALOSCOPE_SANITIZE="$sanitizer" -DCMAKE_BUILD_TYPE=RelWithDebInfo > /dev/null
  cmake --build "$folder" --parallel 2
  left_out=()
  # The same small job some hundred times on one thread; the same threads with other kernels.
  if [ "$sanitizer" = thread ]; then left_out=(--exclude-regex 'Cuda.GoesOnAfter|baseline'); fi
  ctest --test-dir "$folder" --parallel 2 --output-on-failure --no-tests=error "${left_out[@]}"
done

# A weak symbol of an AVX-512 object could be taken by the linker for the whole program, which then ends with an
# illegal instruction on older machines. These are the objects that ship: those of the addon.
mapfile -t objects < <(find build/native -path '*caloscope_kernels_*' -name '*.o' 2> /dev/null)
if [ "${#objects[@]}" -eq 0 ]; then
  echo 'no kernel objects were found; run: npm run build:native' >&2
  exit 1
fi
for object in "${objects[@]}"; do
  weak=$(nm --demangle "$object" | grep -E ' [VW] ' || true)
  if [ -n "$weak" ]; then
    printf 'weak symbols in %s:\n%s\n' "$object" "$weak" >&2
    exit 1
  fi
done
echo "${#objects[@]} kernel objects, no weak symbols"
