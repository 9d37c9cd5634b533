"""Files of tables, as NumPy, pandas and pyarrow write them, and the numbers in them."""

import base64
import io

import numpy
import pandas
import pyarrow
import pyarrow.parquet


def columns():
    row = numpy.arange(23)
    return {"pt": numpy.sqrt(row + 0.5), "eta": (row % 7 - 3) / 2.5, "count": row.astype("i8") * 3}


def npy(array):
    out = io.BytesIO()
    numpy.save(out, array)
    return out.getvalue()


def npz(**arrays):
    out = io.BytesIO()
    numpy.savez_compressed(out, **arrays)
    return out.getvalue()


def text(**options):
    out = io.BytesIO()
    numpy.savetxt(out, numpy.stack(list(columns().values()), 1), **options)
    return out.getvalue()


def parquet(table, **options):
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, **options)
    return out.getvalue()


def entry(data, names, values):
    return {
        "file": base64.b64encode(data).decode(),
        "columns": names,
        "values": numpy.asarray(values, "f4").ravel().astype(float).tolist(),
    }


def numbers():
    of = columns()
    names = list(of)
    together = numpy.stack(list(of.values()), 1)
    plain = [f"column_{i}" for i in range(3)]
    record = numpy.zeros(23, [("pt", ">f4"), ("eta", "<f2"), ("cell", "<i2", (2,)), ("good", "?")])
    record["pt"], record["eta"], record["good"] = of["pt"], of["eta"], of["count"] % 2 == 0
    record["cell"] = numpy.stack([of["count"], -of["count"]], 1)
    record_values = numpy.column_stack([record[name].astype("f8") for name in ("pt", "eta", "cell", "good")])
    cube = numpy.arange(5 * 2 * 3, dtype="<u2").reshape(5, 2, 3)
    lists = pyarrow.table({**of, "cells": [[row, row / 2] for row in range(23)]})
    list_values = numpy.column_stack([together, numpy.arange(23), numpy.arange(23) / 2])
    frame = pandas.DataFrame(of)
    tables = {
        "npy": entry(npy(together), plain, together),
        "npy, one axis": entry(npy(of["eta"]), ["column"], of["eta"]),
        "npy, Fortran order": entry(npy(numpy.asfortranarray(together.astype("f4"))), plain, together),
        "npy, big-endian": entry(npy(together.astype(">f8")), plain, together),
        "npy, three axes": entry(npy(cube), [f"column_{i}" for i in range(6)], cube),
        "npy, three axes in Fortran order": entry(npy(numpy.asfortranarray(cube)), [f"column_{i}" for i in range(6)], cube),
        "npy, structured": entry(npy(record), ["pt", "eta", "cell_0", "cell_1", "good"], record_values),
        "npz": entry(npz(**of, cells=cube.repeat(5, 0)[:23]), [*names, *(f"cells_{i}" for i in range(6))], numpy.column_stack([together, cube.repeat(5, 0)[:23].reshape(23, 6)])),
        "text with blanks": entry(text(), plain, together),
        "text with commas and names in a comment": entry(text(delimiter=",", header=",".join(names)), names, together),
        "csv of pandas": entry(frame.to_csv(index=False).encode(), names, together),
        "csv with tabs": entry(frame.to_csv(index=False, sep="\t", lineterminator="\r\n").encode("utf-8-sig"), names, together),
        "csv without names": entry(frame.to_csv(index=False, header=False).encode(), plain, together),
        "parquet": entry(parquet(pyarrow.table(of)), names, together),
        "parquet, row groups of 5, zstd": entry(parquet(pyarrow.table(of), row_group_size=5, compression="zstd"), names, together),
        "parquet, gzip, plain pages": entry(parquet(pyarrow.table(of), compression="gzip", use_dictionary=False, data_page_version="2.0"), names, together),
        "parquet, lists": entry(parquet(lists, compression="lz4", row_group_size=7), [*names, "cells_0", "cells_1"], list_values),
    }
    kept = frame[frame["count"] % 2 == 0]
    out = io.BytesIO()
    kept.to_parquet(out)
    tables["parquet of a frame with an index"] = entry(out.getvalue(), names, kept)
    counted = pandas.DataFrame(together).to_csv(index=False).encode()
    tables["csv with counted names"] = entry(counted, ["0", "1", "2"], together)
    tables["parquet with a gap"] = {
        **entry(parquet(pyarrow.table({"pt": [1.5, None, 2.5]})), ["pt"], []),
        "values": [1.5, None, 2.5],
    }
    stored = io.BytesIO()
    numpy.savez(stored, **of)
    damaged = bytearray(stored.getvalue())
    damaged[200] ^= 1
    refused = {
        "npz with a flipped bit": bytes(damaged),
        "npy without columns": npy(numpy.zeros((3, 0))),
        "csv with an index": kept.to_csv().encode(),
        "npy of objects": npy(numpy.array([1, "a"], dtype=object)),
        "npy of words": npy(numpy.array(["a", "b"])),
        "npy cut short": npy(together)[:300],
        "npz cut short": npz(**of)[:400],
        "npz of unequal lengths": npz(pt=of["pt"], eta=of["eta"][:9]),
        "parquet cut short": parquet(pyarrow.table(of))[:900],
        "parquet with words": parquet(pyarrow.table({"pt": [1.5, 2.5], "particle": ["e", "pi"]})),
        "parquet with lists of two lengths": parquet(pyarrow.table({"cells": [[1.0, 2.0], [3.0]]})),
    }
    return {"tables": tables, "refused": {name: base64.b64encode(data).decode() for name, data in refused.items()}}
