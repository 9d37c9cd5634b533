"""Scores rows with a classifier that `caloscope export` wrote: NumPy and onnxruntime only.

    caloscope export result/classifier --out classifier.onnx
    python3 examples/python/score_onnx.py classifier.onnx rows.npy scores.npy

rows.npy: rows x columns, the features that the model names in its metadata (their definitions: docs/classifier-files.md). scores.npy:
ln w = ln(p_reference / p_generated), one a row, as `caloscope weights` writes it.
"""

import json
import sys

import numpy
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
rows = numpy.load(sys.argv[2]).astype("f4")
names = json.loads(session.get_modelmeta().custom_metadata_map["features"])
if rows.shape[1] != len(names):
    sys.exit(f"{rows.shape[1]} columns; the model reads {len(names)}: {', '.join(names[:5])}, ...")
(logits,) = session.run(["logit"], {"features": rows})
numpy.save(sys.argv[3], logits[:, 0].astype("f8"))
