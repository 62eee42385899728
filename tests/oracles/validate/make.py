"""Writes expected.json: distances of distributions as scipy 1.17 computes them.

    /tmp/sk/bin/python tests/oracles/validate/make.py

scipy's jensenshannon is the square root of the divergence; with base 2 the divergence is its square.
"""

import json
import pathlib

import numpy as np
from scipy.spatial.distance import chebyshev, jensenshannon
from scipy.stats import chi2_contingency, ks_2samp
from scipy.stats.contingency import association

pairs = [
    [[1, 0], [0, 1]],
    [[5, 5], [5, 5]],
    [[10, 20, 30, 40], [40, 30, 20, 10]],
    [[0, 3, 0, 97], [12, 3, 0, 1]],
    [[1000, 1, 0, 0, 7], [990, 0, 0, 3, 20]],
    [list(range(1, 21)), [(k * 7) % 13 for k in range(20)]],
]
out = []
for p, q in pairs:
    a, b = np.array(p) / sum(p), np.array(q) / sum(q)
    # The counts are those of the whole numbers 0, 1, 2 …; for psi an empty bin counts for a share of 0.0001.
    values = np.arange(len(p))
    ks = ks_2samp(np.repeat(values, p), np.repeat(values, q)).statistic
    used = np.array([p, q])[:, (np.array(p) + np.array(q)) > 0]
    chi = chi2_contingency(used, correction=False)
    v = association(used, method="cramer")
    c, d = np.maximum(a, 1e-4)[(a + b) > 0], np.maximum(b, 1e-4)[(a + b) > 0]
    out.append(
        {
            "p": p,
            "q": q,
            "js": float(jensenshannon(a, b, base=2) ** 2),
            "linf": float(chebyshev(a, b)),
            "ks": float(ks),
            "chi": float(chi.statistic),
            "dof": int(chi.dof),
            "v": float(v),
            "psi": float(((d - c) * np.log(d / c)).sum()),
            "nad": float(np.abs(np.array(p) - np.array(q)).max() / (sum(p) + sum(q))),
        }
    )
pathlib.Path(__file__).with_name("expected.json").write_text(json.dumps(out) + "\n")
