"""Expected metrics by scikit-learn for src/evaluate/metrics_tests.rs.

    /tmp/sk/bin/python tests/oracles/evaluate/metrics.py > tests/oracles/evaluate/metrics.json

Written with scikit-learn 1.9.1 and numpy 2.4.6. Numbers are JSON's shortest round-trip text of a double.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics as sk

warnings.simplefilter("error")
rng = np.random.default_rng(20261123)


def calibration_error(confidence, hit, weights):
    """Naeini et al. 2015, ten bins of equal width; scikit-learn has none."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gap = sum(abs(np.sum(weights[bins == b] * (confidence - hit)[bins == b])) for b in range(10))
    return gap / np.sum(weights)


def binary(y, p, weights):
    label = (p > 0.5).astype(int)
    w = {"sample_weight": weights}
    return {
        "log_loss": sk.log_loss(y, np.column_stack([1 - p, p]), labels=[0, 1], **w),
        "roc_auc": sk.roc_auc_score(y, p, **w),
        "pr_auc": sk.average_precision_score(y, p, **w),
        "brier": sk.brier_score_loss(y, p, **w),
        "accuracy": sk.accuracy_score(y, label, **w),
        "precision": sk.precision_score(y, label, zero_division=0, **w),
        "recall": sk.recall_score(y, label, zero_division=0, **w),
        "f1": sk.f1_score(y, label, zero_division=0, **w),
        "calibration_error": calibration_error(p, y, weights),
    }


def multiclass(y, p, weights):
    k = p.shape[1]
    label = p.argmax(axis=1)
    w = {"sample_weight": weights}
    one_hot = np.eye(k)[y]
    return {
        "log_loss": sk.log_loss(y, p, labels=range(k), **w),
        # one against the rest, unweighted mean (written out: roc_auc_score's own takes no weights with classes)
        "roc_auc": np.mean([sk.roc_auc_score(one_hot[:, c], p[:, c], **w) for c in range(k)]),
        "pr_auc": sk.average_precision_score(one_hot, p, average="macro", **w),
        "brier": sk.brier_score_loss(y, p, labels=range(k), scale_by_half=False, **w),
        "accuracy": sk.accuracy_score(y, label, **w),
        "precision": sk.precision_score(y, label, average="macro", zero_division=0, **w),
        "recall": sk.recall_score(y, label, average="macro", zero_division=0, **w),
        "f1": sk.f1_score(y, label, average="macro", zero_division=0, **w),
        "calibration_error": calibration_error(p.max(axis=1), (label == y).astype(float), weights),
    }


def regression(y, p, weights):
    w = {"sample_weight": weights}
    return {
        "rmse": sk.root_mean_squared_error(y, p, **w),
        "mae": sk.mean_absolute_error(y, p, **w),
        "r2": sk.r2_score(y, p, **w),
        "bias": np.average(p - y, weights=weights),
    }


def cases():
    for name, n, digits, rate in [("ties", 300, 1, 0.3), ("smooth", 200, 12, 0.5), ("rare", 150, 2, 0.05)]:
        y = (rng.random(n) < rate).astype(int)
        p = np.round(1 / (1 + np.exp(-(2 * y - 1 + rng.normal(size=n)))), digits)
        yield f"binary {name}", y, np.column_stack([1 - p, p]), lambda y, P, w: binary(y, P[:, 1], w), 2
    y = np.array([0, 1, 1, 0, 1, 0])
    p = np.array([0.0, 1.0, 0.0, 1.0, 1e-20, 1e-18])
    yield "binary certain", y, np.column_stack([1 - p, p]), lambda y, P, w: binary(y, P[:, 1], w), 2
    y = np.array([0, 1, 0, 1])
    p = np.array([0.1, 0.2, 0.3, 0.4])
    yield "binary never positive", y, np.column_stack([1 - p, p]), lambda y, P, w: binary(y, P[:, 1], w), 2
    y = rng.integers(0, 4, 250)
    z = rng.normal(size=(250, 4)) + 1.5 * np.eye(4)[y]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    yield "multiclass", y, p, multiclass, 4
    y = rng.normal(100, 25, 200)
    yield "regression", y, y * 0.9 + rng.normal(5, 8, 200), regression, 0


result = []
for name, y, p, oracle, n_classes in cases():
    weights = rng.integers(0, 4, len(y)).astype(float)
    if "binary certain" in name or "never" in name:
        weights = np.arange(1.0, len(y) + 1)
    result.append(
        {
            "name": name,
            "n_classes": n_classes,
            "truth": y.tolist(),
            "predictions": np.asarray(p).ravel().tolist(),
            "weights": weights.tolist(),
            "expected": {k: float(v) for k, v in oracle(y, p, np.ones(len(y))).items()},
            "expected_weighted": {k: float(v) for k, v in oracle(y, p, weights).items()},
        }
    )
json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
