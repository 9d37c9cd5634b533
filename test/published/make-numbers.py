"""Writes numbers/SUBJECT.json: what published packages answer on small inputs that inputs.ts makes too.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn boost-histogram safetensors pandas pyarrow onnx onnxruntime
    venv/bin/python test/published/make-numbers.py
    npm run format
"""

import json
from pathlib import Path

import boost_histogram
import numpy
import onnx
import onnxruntime
import pandas
import pyarrow
import safetensors
import scipy
import sklearn

import calibration
import histograms
import models
import networks
import ranks
import showers
import support
import tables
import weights

used = (numpy, scipy, sklearn, boost_histogram, safetensors, pandas, pyarrow, onnx, onnxruntime)
packages = {one.__name__: one.__version__ for one in used}
folder = Path(__file__).with_name("numbers")
folder.mkdir(exist_ok=True)
for subject in (calibration, histograms, models, networks, ranks, showers, support, tables, weights):
    text = json.dumps({"packages": packages, **subject.numbers()}, indent=1)
    (folder / f"{subject.__name__}.json").write_text(text + "\n")
