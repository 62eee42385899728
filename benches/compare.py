"""A whole comparison of two models: lockkeeper, and the same computed with numpy.

    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy pandas scikit-learn
    /tmp/venv/bin/python benches/compare.py [--rows 100000] [--resamples 2000] [--numpy-resamples 20] [--bench FILE]

50 segments (five columns of ten values), nine metrics, paired resamples. numpy computes fewer resamples, each of them in
full, and its seconds are multiplied. Values must be scikit-learn's to 1e-9.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import pandas
from sklearn import metrics as sk

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=100_000)
parser.add_argument("--resamples", type=int, default=2_000)
parser.add_argument("--numpy-resamples", type=int, default=20)
parser.add_argument("--bench", help="the compiled bench; by default cargo bench runs it")
args = parser.parse_args()

random = np.random.default_rng(5)
n = args.rows
logit = random.normal(-0.8, 1.3, n)
sigmoid = lambda x: 1 / (1 + np.exp(-x))
frame = pandas.DataFrame({"truth": (random.random(n) < sigmoid(logit)).astype(int)})
frame["candidate"] = sigmoid(logit + random.normal(0, 0.4, n))
frame["production"] = sigmoid(logit + random.normal(0, 0.6, n))
for j in range(5):
    frame[f"s{j}"] = np.char.add("v", random.integers(0, 10, n).astype(str))

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "rows.csv"
    frame.to_csv(path, index=False)
    command = [args.bench] if args.bench else ["cargo", "bench", "--bench", "compare", "--"]
    done = subprocess.run([*command, str(path), str(args.resamples)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
ours = json.loads(done.stdout.splitlines()[-1])
print(f"lockkeeper: {ours['seconds']:.3f} s for {args.resamples} resamples")


def metrics(truth, p):
    """All nine, by numpy alone."""
    clipped = np.clip(p, np.finfo(float).eps, 1 - np.finfo(float).eps)
    order = np.argsort(-p, kind="stable")
    y, score = truth[order], p[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(y) - 1)
    tp = np.cumsum(y)[last]
    fp = 1 + last - tp
    recall, precision = tp / tp[-1], tp / (tp + fp)
    label = p > 0.5
    hits, yes, found = (label & (truth == 1)).sum(), (truth == 1).sum(), label.sum()
    bins = np.minimum((p * 10).astype(int), 9)
    return {
        "log_loss": -np.where(truth == 1, np.log(clipped), np.log(1 - clipped)).mean(),
        "roc_auc": np.trapezoid(np.append(0, recall), np.append(0, fp / fp[-1])),
        "pr_auc": (np.diff(np.append(0, recall)) * precision).sum(),
        "brier": ((p - truth) ** 2).mean(),
        "accuracy": (label == truth).mean(),
        "precision": hits / found,
        "recall": hits / yes,
        "f1": 2 * hits / (found + yes),
        "calibration_error": np.abs(np.bincount(bins, p - truth, 10)).sum() / len(p),
    }


def scikit_learn(truth, p):
    label = p > 0.5
    return {
        "log_loss": sk.log_loss(truth, p), "roc_auc": sk.roc_auc_score(truth, p),
        "pr_auc": sk.average_precision_score(truth, p), "brier": sk.brier_score_loss(truth, p),
        "accuracy": sk.accuracy_score(truth, label), "precision": sk.precision_score(truth, label),
        "recall": sk.recall_score(truth, label), "f1": sk.f1_score(truth, label),
    }


truth, candidate, production = (frame[c].to_numpy() for c in ["truth", "candidate", "production"])
masks = {None: np.arange(n)} | {
    f"s{j} = v{k}": np.flatnonzero(frame[f"s{j}"] == f"v{k}") for j in range(5) for k in range(10)
}
found = {(None, r["metric"]): r for r in ours["metrics"]} | {(r["segment"], r["metric"]): r for r in ours["segments"]}
worst = 0.0
for segment, rows in masks.items():
    for name, p in [("candidate", candidate), ("production", production)]:
        for metric, value in scikit_learn(truth[rows], p[rows]).items():
            worst = max(worst, abs(found[segment, metric][name] - value))
print(f"values of {len(masks)} parts, both models: {worst:.1e} from scikit-learn's at most")
assert worst < 1e-9

def differences(rows):
    sample = rows[random.integers(0, len(rows), len(rows))]
    a, b = metrics(truth[sample], candidate[sample]), metrics(truth[sample], production[sample])
    return [a[m] - b[m] for m in a]


begun = time.perf_counter()
for _ in range(args.numpy_resamples):
    for rows in masks.values():
        differences(rows)
seconds = (time.perf_counter() - begun) * args.resamples / args.numpy_resamples
print(f"numpy: {seconds:.1f} s for {args.resamples} resamples, from {args.numpy_resamples}; {seconds / ours['seconds']:.0f} times as long")
error = np.std([differences(masks[None]) for _ in range(200)], axis=0, ddof=1)
for j, metric in enumerate(metrics(truth[:100], candidate[:100])):
    low, high = found[None, metric]["interval"]
    print(f"  {metric}: half width {(high - low) / 2:.6f}, numpy's 1.96 standard errors {1.96 * error[j]:.6f}")
