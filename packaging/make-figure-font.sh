#!/bin/bash
# fonts/figures.woff, the font of figures for papers: Latin, Greek, indices, arrows and mathematics of DejaVu Sans Condensed 2.37, which is
# its argument. Needs fonttools 4.68.0 of Python (pyftsubset).
set -euo pipefail
cd "$(dirname "$0")/.."
letters='U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+0160-0161,U+017D-017E,U+0192,U+02C6-02DC,U+0300-0304,U+0370-03FF,U+2010-2015'
letters+=',U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2070-209C,U+210F,U+2113,U+211D,U+2190-2194,U+21D2,U+2200-22FF,U+25A0-25FF'
letters+=',U+27E8-27E9'
pyftsubset "$1" --unicodes="$letters" --flavor=woff --layout-features=kern --no-hinting --output-file=fonts/figures.woff
