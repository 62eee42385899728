"""Writes expected.json: small columns and their statistics as pandas 3.1 and numpy 2.4 compute them.

    /tmp/sk/bin/python tests/oracles/profile/make.py

The numbers come from fixed formulas and not from a generator, so every version of numpy makes the same ones.
"""

import fractions
import json
import pathlib

import numpy as np
import pandas as pd

N = 203
QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
i = np.arange(N)
columns = {
    "waves": [None if k % 17 == 0 else float(np.round(1e6 + 100 * np.sin(k * 1.7) * (k % 7), 6)) for k in i],
    "skewed": [float(np.round(np.exp((k * 37 % N) / 25.0) - 1, 6)) for k in i],
    "repeated": [float((k * k) % 5) / 2 - 1 for k in i],
    "offset": [int(9_007_199_254_740_993 + (k * 7919) % 1000) for k in i],
    "hour": [None if k % 29 == 3 else int((k * k * 5 + k) % 24) for k in i],
}
out = {"columns": {}, "texts": {}}
for name, values in columns.items():
    present = [v for v in values if v is not None]
    is_int = all(isinstance(v, int) for v in present)
    s = pd.Series(present, dtype="int64" if is_int else "float64")
    counts = s.value_counts()
    counts, edges = np.histogram(s.to_numpy(), bins=20)
    # numpy's float arithmetic has no 2^53 + 1; moments of large integers come from exact fractions.

    exact = [fractions.Fraction(v) for v in present]
    mean = sum(exact) / len(exact)
    var = sum((v - mean) ** 2 for v in exact) / (len(exact) - 1)
    out["columns"][name] = {
        "values": values,
        "n_missing": len(values) - len(present),
        "n_distinct": int(s.nunique()),
        "mean": float(mean),
        "sd": float(var) ** 0.5,
        "pandas_mean": float(s.mean()),
        "pandas_sd": float(s.std()),
        "min": min(present),
        "max": max(present),
        "quantiles": [float(np.quantile(s.to_numpy(dtype="float64"), q)) for q in QUANTILES],
        "histogram": counts.tolist(),
        "n_zeros": int((s == 0).sum()),
        "n_negative": int((s < 0).sum()),
    }
words = ["Ann", "bob", "Çelik", "", "naïve", "zoë", "日本", "a b"]
texts = [None if k % 11 == 5 else words[(k * k * 3 + k // 5) % len(words)] for k in i]
s = pd.Series(texts, dtype=object).dropna()
top = sorted(s.value_counts().items(), key=lambda e: (-e[1], e[0].encode()))
out["texts"] = {
    "values": texts,
    "n_missing": int(N - len(s)),
    "n_distinct": int(s.nunique()),
    "min": min(s, key=lambda t: t.encode()),
    "max": max(s, key=lambda t: t.encode()),
    "top": [[v, int(c)] for v, c in top[:5]],
    "mean_length": float(s.str.len().mean()),
    "max_length": int(s.str.len().max()),
}
path = pathlib.Path(__file__).with_name("expected.json")
path.write_text(json.dumps(out, ensure_ascii=False) + "\n")
