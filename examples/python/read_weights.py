"""Opens the weights of `caloscope evaluate --tables csv` or `parquet` with h5py and pandas.

    python3 examples/python/read_weights.py result

Prints, for each sample and file, rows, Σw and, of tables, the weighted mean of every column with its unit. For tables in Parquet, units and meanings
are in the metadata of the file; in CSV, units stand behind the names.
"""

import json
import pathlib
import sys

import h5py
import numpy as np
import pandas as pd
import pyarrow.parquet as pq


# What caloscope says of a row; the other columns are conditions and observables.
OF_THE_ROW = {"source_file", "source_row", "weight", "log_weight", "log_weight_error", "fold", "row_weight"}


def table_of(path):
    """The rows, and the unit of each column."""
    if path.suffix == ".parquet":
        columns = json.loads(pq.read_schema(path).metadata[b"columns"])
        return pd.read_parquet(path), {name: column["unit"] for name, column in columns.items()}
    table = pd.read_csv(path, comment="#")
    split = [name.rstrip("]").split(" [") for name in table.columns]
    table.columns = [name for name, *_ in split]
    return table, {name: unit[0] if unit else "" for name, *unit in split}


folder = pathlib.Path(sys.argv[1])
with h5py.File(folder / "weights.hdf5") as weights:
    for sample in ("reference", "generated"):
        stored = weights[sample]["log_weight"]
        print(f"{sample}: {stored.attrs['long_name']}; {len(stored)} rows, sum {np.exp(stored[:]).sum():.12g}")
        for path in sorted(folder.glob(f"{sample}.*")):
            table, units = table_of(path)
            assert (table["log_weight"] == stored[:]).all() and (table["source_row"] == weights[sample]["source_row"][:]).all()
            print(f"{path.name}: {len(table)} rows, sum {table['weight'].sum():.12g}")
            for name in table.columns.drop(OF_THE_ROW, errors="ignore"):
                known = table[name].notna()
                mean = np.average(table[name][known], weights=table["weight"][known])
                print(f"  {name}: mean {mean:.6g} {units[name]}".rstrip())
