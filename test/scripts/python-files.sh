#!/bin/bash
# What a Python user does with our files: scores rows with a saved classifier and with its ONNX model, every kind of member, with and without
# whitening, with voxels and without, and finds the numbers of `caloscope weights`; opens histograms with hist, puts them into a ROOT file, opens weights and tables with h5py and
# pandas, trains with the weights; has the tables of figures checked by hepdata-validator. Needs python3 with venv, and
# the package registry of Python; where they are missing it says so and does nothing. Run `npm run build` first.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q --disable-pip-version-check -r examples/python/requirements.txt; }; then
  echo 'no virtual environment of Python with the packages of examples/python/requirements.txt: not checked'
  exit
fi
node test/scripts/python-files.mjs "$work" "$work/venv/bin/python"
node test/scripts/python-histograms.mjs "$work" "$work/venv/bin/python"
node test/scripts/python-tables.mjs "$work" "$work/venv/bin/python"
node test/scripts/python-figures.mjs "$work" "$work/venv/bin/python"
