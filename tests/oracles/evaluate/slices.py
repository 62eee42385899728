"""Expected values of src/evaluate/slices, from the Python package sliceline (0.3.0 wrote the committed file).

Run: python tests/oracles/evaluate/slices.py
The codes and errors are made by the same integer formula here and in the test, so that no data file is needed.
"""
import json
import pathlib

import numpy as np
from sliceline.slicefinder import Slicefinder


def uniforms(n, seed):
    """Numerical Recipes' LCG: state = 1664525 state + 1013904223 mod 2^32, divided by 2^32."""
    state, out = seed, []
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(state / 2**32)
    return np.array(out)


def data():
    x = (uniforms(800 * 5, 1).reshape(800, 5) * [3, 4, 5, 4, 2]).astype(int)
    errors = uniforms(800, 2)
    errors += 1.5 * ((x[:, 0] == 1) & (x[:, 2] == 3)) + 0.4 * ((x[:, 1] == 0) & (x[:, 3] == 2) & (x[:, 4] == 1))
    return x, errors


def main():
    x, errors = data()
    expected = []
    for alpha, k, most, least in [(0.95, 12, 3, 15), (0.85, 5, 4, 20), (0.99, 20, 2, 10), (0.9, 30, 4, 8)]:
        finder = Slicefinder(alpha=alpha, k=k, max_l=most, min_sup=least, verbose=False).fit(x, errors)
        slices = [dict(conditions=[[c, int(v)] for c, v in enumerate(row) if v is not None], n_rows=int(s["slice_size"]),
                       error=s["sum_slice_error"], score=s["slice_score"])
                  for row, s in zip(finder.top_slices_, finder.top_slices_statistics_)]
        expected.append(dict(alpha=alpha, k=k, max_conditions=most, min_rows=least, slices=slices))
    path = pathlib.Path(__file__).with_name("slices.json")
    path.write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
