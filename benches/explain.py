"""Contributions to single answers (TreeSHAP), beside the package shap, in turn in one run.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn xgboost shap
    /tmp/venv/bin/python benches/explain.py [--rows 1000] [--repeat 3]

A forest of 100 trees (depth 20, at least 5 rows a leaf) and 100 boosted trees of depth 6, each fitted on 15,000 rows of 20
features by ours and by scikit-learn and XGBoost with equal parameters; the leaves of each first tree are printed, because the work
grows with them. Ours is the process `lockkeeper explain MODEL --rows FILE --json`, less the same with one row: start, reading
the model and the training rows, and weighing the branches are in both. shap is timed around `shap_values` alone. CPU
seconds of all threads and wall seconds, medians of the repetitions; ours uses all cores, shap one.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import numpy as np
import shap
import xgboost
from sklearn.ensemble import RandomForestClassifier

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET_FOLDER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BINARY = os.environ.get("LOCKKEEPER_BINARY", TARGET_FOLDER / "release" / "lockkeeper")
N_TRAINING, N_FEATURES = 20_000, 20
CANDIDATES = """
[[steps.train.candidates]]
name = "forest"
algorithm = "forest"
params = { n_trees = 100, max_depth = 20, min_samples_leaf = 5 }

[[steps.train.candidates]]
name = "boosting"
algorithm = "boosting"
params = { n_trees = 100, learning_rate = 0.1, max_depth = 6, patience = 0 }
"""


def write(path, x, y):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{j}" for j in range(N_FEATURES)] + ["y"])
        for row, label in zip(x, y):
            writer.writerow([repr(float(v)) for v in row] + ["yes" if label else "no"])


def timed(run):
    """CPU and wall seconds of a child process or of this one."""
    before, wall = os.times(), time.perf_counter()
    run()
    after = os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return cpu, time.perf_counter() - wall


def median(run, repeat):
    both = [timed(run) for _ in range(repeat)]
    return tuple(statistics.median(of) for of in zip(*both))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    x = rng.normal(size=(N_TRAINING + args.rows, N_FEATURES)).astype(np.float32)
    signal = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + 0.5 * x[:, 3] + np.abs(x[:, 4])
    y = signal + rng.normal(size=len(x)) > 0.8
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockkeeper-explain-"))
    write(folder / "train.csv", x[:N_TRAINING], y[:N_TRAINING])
    write(folder / "rows.csv", x[N_TRAINING:], y[N_TRAINING:])
    write(folder / "one.csv", x[N_TRAINING:N_TRAINING + 1], y[N_TRAINING:N_TRAINING + 1])
    root = folder / "workspace"
    call = lambda *words: subprocess.run([BINARY, *map(str, words)], check=False, capture_output=True, text=True)
    print(call("init", root, "--data", folder / "train.csv", "--target", "y").stderr.strip())
    pipeline = root / "pipeline.toml"
    tables = re.split(r"(?m)^(?=\[)", pipeline.read_text())
    text = "".join(t for t in tables if not t.lstrip("[").startswith("steps.train.candidates"))
    pipeline.write_text(text.rstrip() + "\n" + CANDIDATES)
    run = call("run", "--workspace", root)
    assert run.returncode in (0, 5), run.stderr
    forest = RandomForestClassifier(100, max_depth=20, min_samples_leaf=5, random_state=1, n_jobs=2)
    forest.fit(x[:15_000], y[:15_000])
    boosted = xgboost.XGBClassifier(n_estimators=100, learning_rate=0.1, max_depth=6, tree_method="hist")
    boosted.fit(x[:15_000], y[:15_000])
    rows = x[N_TRAINING:]
    print("| | rows | leaves of the first tree, ours / peer | CPU seconds, ours | shap | ratio CPU | ratio wall |")
    for name, peer in [("forest", forest), ("boosting", boosted)]:
        explain = lambda file: call("explain", name, "--rows", folder / file, "--json", "--workspace", root)
        found = json.loads(explain("rows.csv").stdout)
        assert len(found) == args.rows
        # Local accuracy, as read by another program.
        worst = max(abs(r["base"] + sum(c["contribution"] for c in r["columns"]) - r["output"]) for r in found)
        assert worst < 1e-9, worst
        many, one = (median(lambda: explain(file), args.repeat) for file in ["rows.csv", "one.csv"])
        ours = [a - b for a, b in zip(many, one)]
        explainer = shap.TreeExplainer(peer, feature_perturbation="tree_path_dependent")
        theirs = median(lambda: explainer.shap_values(rows, check_additivity=False), args.repeat)
        tree = json.loads(call("explain", name, "--tree", "1", "--json", "--workspace", root).stdout)
        leaves = sum(node["question"] is None for node in tree["nodes"])
        if name == "forest":
            other = peer.estimators_[0].get_n_leaves()
        else:
            other = peer.get_booster().get_dump()[0].count("leaf")
        print(f"| {name} | {args.rows:,} | {leaves} / {other} | {ours[0]:.2f} | {theirs[0]:.2f} | "
              f"{ours[0] / theirs[0]:.2f} | {ours[1] / theirs[1]:.2f} |")


if __name__ == "__main__":
    main()
