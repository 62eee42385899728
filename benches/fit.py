"""Fitting, beside scikit-learn, LightGBM and XGBoost with equal parameters, each in turn in one run.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn lightgbm xgboost
    /tmp/venv/bin/python benches/fit.py [--rows 100000] [--repeat 3] [--only NAME ...]

Ours is timed as the process `lockkeeper fit`, which gets the features on stdin; the time of the same process with the
baseline, which reads all of it and fits next to nothing, is taken off. The peers are timed inside of this process around
`fit` alone. CPU seconds of all threads and wall seconds, the medians of the
repetitions; the ratio is ours over theirs.
"""
import argparse
import json
import os
import pathlib
import statistics
import struct
import subprocess
import time

import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET_FOLDER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BINARY = os.environ.get("LOCKKEEPER_BINARY", TARGET_FOLDER / "release" / "lockkeeper")
N_FEATURES = 20
TREES = dict(n_trees=100, learning_rate=0.1, max_depth=6, min_samples_leaf=20, l2=1.0, subsample=1.0, colsample=1.0,
             patience=0)
CASES = {  # name: (algorithm, parameters, target, peers)
    "logistic": ("logistic", dict(alpha=1.0, max_iterations=200, tolerance=1e-4, calibration="none"), "class",
                 {"scikit-learn": lambda: LogisticRegression(C=1.0, tol=1e-4, max_iter=200)}),
    "naive_bayes": ("naive_bayes", dict(var_smoothing=1e-9), "class", {"scikit-learn": lambda: GaussianNB()}),
    "linear": ("linear", {}, "number", {"scikit-learn": lambda: LinearRegression()}),
    "elastic_net": ("elastic_net", dict(penalty=0.01, l1_ratio=0.5, tolerance=1e-4, max_iterations=1000), "number",
                    {"scikit-learn": lambda: ElasticNet(alpha=0.01, l1_ratio=0.5, tol=1e-4)}),
    "tree of depth 8": ("tree", dict(max_depth=8, min_samples_leaf=1, smoothing=0.0), "class",
                        {"scikit-learn": lambda: DecisionTreeClassifier(max_depth=8)}),
    "forest of 100, unlimited": ("forest", dict(n_trees=100, max_depth=64, min_samples_leaf=1, max_features="sqrt",
                                                bootstrap=True), "class",
                                 {"scikit-learn": lambda: RandomForestClassifier(100, n_jobs=-1)}),
    "boosting, 100 of depth 6": ("boosting", TREES, "class", {
        "LightGBM": lambda: lightgbm.LGBMClassifier(n_estimators=100, learning_rate=0.1, num_leaves=63, max_depth=6,
                                                    min_child_samples=20, reg_lambda=1.0, verbose=-1),
        "XGBoost": lambda: xgboost.XGBClassifier(n_estimators=100, learning_rate=0.1, max_depth=6, tree_method="hist",
                                                 min_child_weight=5, reg_lambda=1.0)}),
}


def data(n):
    random = np.random.default_rng(1)
    x = random.normal(size=(n, N_FEATURES)).astype(np.float32).astype(np.float64)
    signal = x[:, 0] * x[:, 1] + 1.5 * (x[:, 2] > 0.3) + np.sin(2 * x[:, 3]) + 0.5 * x[:, 4] - x[:, 5]
    return x, (signal + random.logistic(size=n) > 0.7).astype(np.uint32), signal + random.normal(size=n)


def ours(algorithm, params, x, y):
    is_class = y.dtype == np.uint32
    header = json.dumps(dict(algorithm=algorithm, params=params, seed=1, n_rows=len(x),
                             feature_names=[f"x{j}" for j in range(x.shape[1])], n_classes=2 if is_class else None,
                             has_weights=False, memory=16 << 30)).encode()
    sent = struct.pack("<I", len(header)) + header + x.tobytes() + y.tobytes()
    begun = time.time()
    process = subprocess.Popen([BINARY, "fit"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(sent)
    process.stdin.flush()
    answer = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0 and b"Ok" in answer[:40], (algorithm, status, answer[:300])
    return used.ru_utime + used.ru_stime, time.time() - begun


def theirs(make, x, y):
    model, cpu, begun = make(), time.process_time(), time.time()
    model.fit(x, y)
    return time.process_time() - cpu, time.time() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    x, codes, numbers = data(options.rows)
    for name, (algorithm, params, target, peers) in CASES.items():
        if options.only and not any(part in name for part in options.only):
            continue
        y = codes if target == "class" else numbers
        times = {"lockkeeper": [], "transfer": [], **{peer: [] for peer in peers}}
        for _ in range(options.repeat):
            times["lockkeeper"].append(ours(algorithm, params, x, y))
            times["transfer"].append(ours("baseline", {}, x, y))
            for peer, make in peers.items():
                times[peer].append(theirs(make, x, y))
        median = {who: [statistics.median(t[k] for t in all) for k in (0, 1)] for who, all in times.items()}
        for peer in peers:
            cpu, wall = (max(a - b, 0) for a, b in zip(median["lockkeeper"], median["transfer"]))
            their_cpu, their_wall = median[peer]
            print(f"{name}: {cpu:.2f} s CPU, {wall:.2f} s; {peer} {their_cpu:.2f}, {their_wall:.2f}; "
                  f"ratio {cpu / their_cpu:.2f}, {wall / their_wall:.2f}", flush=True)


if __name__ == "__main__":
    main()
