#!/bin/bash
# What the benchmarks are timed against: Python packages and Boost from apt (Debian, Ubuntu), onnxruntime-node from npm,
# and in a virtual environment outside of the repository (CALOSCOPE_BENCHMARK_VENV) gradient boosting from PyPI.
# A case whose peer is missing is skipped.
set -euo pipefail
cd "$(dirname "$0")"

packages=(python3-torch python3-h5py python3-numpy python3-sklearn libopenblas0-pthread libboost-dev
  python3-venv libgomp1)
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

environment=${CALOSCOPE_BENCHMARK_VENV:-${TMPDIR:-/tmp}/caloscope-peers}
[ -x "$environment/bin/python" ] || /usr/bin/python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r peers/gradient-boosting.txt
"$environment/bin/python" -c 'import lightgbm, sklearn; print("scikit-learn", sklearn.__version__, "LightGBM", lightgbm.__version__)'
