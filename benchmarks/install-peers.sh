#!/bin/bash
# What the benchmarks are timed against: Python packages and Boost from apt (Debian, Ubuntu), onnxruntime-node from npm.
# A case whose peer is missing is skipped.
set -euo pipefail
cd "$(dirname "$0")"

packages=(python3-torch python3-h5py python3-numpy python3-sklearn libopenblas0-pthread libboost-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
# The package brings its CPU library with it; its install script would only fetch those for CUDA.
npm ci --prefix peers --ignore-scripts --no-audit --no-fund
/usr/bin/python3 -c 'import h5py, numpy, sklearn, torch; print("torch", torch.__version__, "numpy", numpy.__version__)'
