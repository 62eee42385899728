#!/usr/bin/env python3
"""Make penguins.csv, the 344 penguins of Palmer Station, in the order of their source.

    pip install palmerpenguins==0.1.6      (package MIT, data CC0; brings pandas)
    python make_penguins.py [output directory]

The same bytes come out each time. README.md describes the columns.
"""

import hashlib
import pathlib
import sys

import pandas as pd
from palmerpenguins import load_penguins

DECIMALS = {"bill_length_mm": 1, "bill_depth_mm": 1, "flipper_length_mm": 0, "body_mass_g": 0, "year": 0}


def text(value, decimals):
    if pd.isna(value):
        return ""
    return value if decimals is None else f"{float(value):.{decimals}f}"


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    t = load_penguins()
    lines = [",".join(t.columns)]
    for row in t.itertuples(index=False, name=None):
        lines.append(",".join(text(v, DECIMALS.get(c)) for v, c in zip(row, t.columns)))
    data = ("\n".join(lines) + "\n").encode()
    (out / "penguins.csv").write_bytes(data)
    print(f"penguins.csv  {len(t)} rows  {len(data)} bytes  sha256 {hashlib.sha256(data).hexdigest()}")


main()
