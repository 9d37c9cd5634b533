#!/bin/bash
# What the benchmarks are timed against: the packages that users install today, from PyPI, in a virtual environment outside
# of the repository (CALOSCOPE_BENCHMARK_VENV). A case whose peer is missing is skipped. Needs python3 with venv, and a C++
# compiler for torch.compile.
set -euo pipefail
cd "$(dirname "$0")"

environment=${CALOSCOPE_BENCHMARK_VENV:-${TMPDIR:-/tmp}/caloscope-peers}
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r peers/requirements.txt
"$environment/bin/python" -m pip list --disable-pip-version-check --format freeze |
  grep -iE "^($(sed 's/==.*//' peers/requirements.txt | paste -sd '|'))=="
