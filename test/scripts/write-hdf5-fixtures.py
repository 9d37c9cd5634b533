#!/usr/bin/env python3
"""Writes test/formats/hdf5/fixtures with the writers of others: python3 write-hdf5-fixtures.py FOLDER

Needs h5py and hdf5plugin (pip install h5py hdf5plugin). The numbers are a formula, which the tests know too.
"""
import sys
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np

folder = Path(sys.argv[1])
shape = (20, 4, 5, 6)
chunks = (8, 4, 2, 5)


def numbers(count):
    """Four of five are 0, the others multiples of 1/8 below 128."""
    h = (np.arange(count, dtype=np.uint64) * 2654435761 % 2**32) >> 7
    return np.where(h % 5 == 0, h % 1009 / 8, 0.0)


x = numbers(np.prod(shape)).reshape(shape)
integers = (x * 8).astype('i4')

with h5py.File(folder / 'types.h5', 'w') as f:
    for dtype in ('f2', '>f2', '>f4', '>f8', '<f8'):
        f.create_dataset(dtype, data=x.astype(dtype), chunks=chunks, compression='gzip')
    for dtype in ('i1', 'u1', '<i2', '>i2', '<u2', '>u4', '<i8', '>i8', '>u8'):
        f.create_dataset(dtype, data=(integers % 100).astype(dtype), compression='gzip')
    f.create_dataset('bool', data=integers > 0, compression='gzip')
    record = np.zeros((20, 4), dtype=[('id', 'i8'), ('cells', '>f4', (5, 6)), ('hit', [('n', 'u2'), ('t', 'f8')])])
    record['cells'] = x
    record['id'] = np.arange(80).reshape(20, 4)
    record['hit']['t'] = -record['id'] / 4
    f.create_dataset('compound', data=record, chunks=(8, 3), compression='lzf', shuffle=True)
    arrays = h5py.h5t.array_create(h5py.h5t.IEEE_F32LE, (5, 6))
    space = h5py.h5s.create_simple((20, 4))
    made = h5py.h5d.create(f.id, b'arrays', arrays, space)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(x, 'f4'), arrays)

with h5py.File(folder / 'sequences.h5', 'w') as f:
    for name, dtype, options in (
        ('float32', 'f4', {}),
        ('packed', 'f4', {'chunks': (16,), 'compression': 'gzip', 'shuffle': True}),
        ('big-endian', '>f8', {}),
        ('int64', 'i8', {'chunks': (7,), 'maxshape': (None,)}),
    ):
        d = f.create_dataset(name, (40,), h5py.vlen_dtype(np.dtype(dtype)), **options)
        for i in range(40):
            if i % 7 != 3:  # every seventh is left out
                d[i] = (np.arange(5 * (i % 11)) * 0.5 + i).astype(dtype)
    d = f.create_dataset('table', (6, 3), h5py.vlen_dtype(np.float32))
    for i in range(18):
        d[i // 3, i % 3] = np.arange(i, dtype='f4') + 100 * i

with h5py.File(folder / 'filled.h5', 'w', libver='latest') as f:
    d = f.create_dataset('part', shape, 'f4', chunks=chunks, fillvalue=-7, compression='gzip')
    d[:8, :, :2] = x[:8, :, :2]
    f.create_dataset('nothing', shape, 'f4', chunks=chunks, fillvalue=-7)

for i in range(3):
    with h5py.File(folder / f'part{i}.h5', 'w') as f:
        f.create_dataset('x', data=np.arange(24, dtype='f4').reshape(4, 2, 3) + 24 * i, chunks=(3, 2, 2), compression='gzip')


def virtual(count, shape, place, **source):
    layout = h5py.VirtualLayout(shape=shape, dtype='f4')
    for i in range(count):
        layout[place(i)] = h5py.VirtualSource(source.get('file', f'part{i}.h5'), source.get('name', 'x'), shape=(4, 2, 3))
    return layout


backwards = h5py.VirtualLayout(shape=(4, 2, 3), dtype='f4')
for i in range(4):
    backwards[i] = h5py.VirtualSource('./part0.h5', 'x', shape=(4, 2, 3))[3 - i]
virtuals = {
    'backwards': backwards,
    'rows': virtual(3, (12, 2, 3), lambda i: slice(4 * i, 4 * i + 4)),
    'stacked': virtual(3, (3, 4, 2, 3), lambda i: i),
    'side-by-side': virtual(3, (4, 6, 3), lambda i: (slice(None), slice(2 * i, 2 * i + 2))),
    'with-a-gap': virtual(2, (12, 2, 3), lambda i: slice(8 * i, 8 * i + 4)),
    'missing': virtual(4, (16, 2, 3), lambda i: slice(4 * i, 4 * i + 4)),
    'no-dataset': virtual(1, (4, 2, 3), lambda i: slice(None), name='y'),
    'above': virtual(1, (4, 2, 3), lambda i: slice(None), file='../fixtures/part0.h5'),
    'absolute': virtual(1, (4, 2, 3), lambda i: slice(None), file='/part0.h5'),
    'circle': virtual(1, (4, 2, 3), lambda i: slice(None), file='virtual-earliest.h5', name='bad/circle'),
}
for libver in ('earliest', 'latest'):
    with h5py.File(folder / f'virtual-{libver}.h5', 'w', libver=libver) as f:
        for name, layout in virtuals.items():  # at most eight links a group are plain ones
            group = f if name in ('rows', 'stacked', 'backwards') else f.require_group('bad')
            group.create_virtual_dataset(name, layout, fillvalue=-7)
        f['own'] = np.arange(24, dtype='f4').reshape(4, 2, 3)
        half = h5py.VirtualLayout(shape=(2, 2, 3), dtype='f4')
        half[:] = h5py.VirtualSource(f['own'])[1:3]
        f.create_virtual_dataset('of-this-file', half)

packings = {
    'lzf': {'compression': 'lzf'},
    'lzf-shuffle-fletcher32': {'compression': 'lzf', 'shuffle': True, 'fletcher32': True},
    'bitshuffle': hdf5plugin.Bitshuffle(cname='none'),
    'bitshuffle-lz4': hdf5plugin.Bitshuffle(cname='lz4'),
    'bitshuffle-lz4-small-blocks': hdf5plugin.Bitshuffle(nelems=64, cname='lz4'),
    'bitshuffle-zstd': hdf5plugin.Bitshuffle(cname='zstd'),
    'zstd': hdf5plugin.Zstd(),
    'zstd-most': hdf5plugin.Zstd(clevel=22),
    'zstd-least': hdf5plugin.Zstd(clevel=1),
    'zstd-shuffle': {**hdf5plugin.Zstd(clevel=9), 'shuffle': True},
    'blosc-lz4': hdf5plugin.Blosc(),
    'blosc-blosclz': hdf5plugin.Blosc(cname='blosclz', clevel=9),
    'blosc-zlib': hdf5plugin.Blosc(cname='zlib', shuffle=hdf5plugin.Blosc.BITSHUFFLE),
    'blosc-zstd': hdf5plugin.Blosc(cname='zstd', shuffle=hdf5plugin.Blosc.NOSHUFFLE),
    'blosc2': hdf5plugin.Blosc2(),
    'lz4': hdf5plugin.LZ4(),
    'bzip2': hdf5plugin.BZip2(),
    'sz3': hdf5plugin.SZ3(absolute=0.1),
}
with h5py.File(folder / 'packed.h5', 'w') as f:
    for name, options in packings.items():
        f.create_dataset(name, data=x.astype('f4'), chunks=chunks, **options)
    noise = np.frombuffer(np.random.default_rng(1).bytes(1024), 'u1')
    f.create_dataset('lzf-noise', data=noise, chunks=(1024,), compression='lzf')
    f['noise'] = noise
    long = np.tile(np.arange(500, dtype='u2'), 20)
    f.create_dataset('lzf-long', data=long, chunks=(10000,), compression='lzf')
    f.create_dataset('lz4-long', data=long, chunks=(10000,), **hdf5plugin.Bitshuffle(nelems=10000, cname='lz4'))
    f.create_dataset('zstd-long', data=long, chunks=(10000,), **hdf5plugin.Zstd())
