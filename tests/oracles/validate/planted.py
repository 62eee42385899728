"""Verdicts of the real program on tables with and without planted faults.

    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install pandas scikit-learn statsmodels
    cargo build --release
    /tmp/venv/bin/python tests/oracles/validate/planted.py halves
    /tmp/venv/bin/python tests/oracles/validate/planted.py faults [FAULT ...]

`halves` cuts each table in two at random and wants OK. `faults` plants one fault in one half and wants the verdict and, where
only one kind of anomaly is right, that kind. Every pair that came out otherwise is printed.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "target/release/lockkeeper"
STOP, RETRAIN, OK = "STOP", "RETRAIN", "OK"
NOT_OK = {STOP, RETRAIN}
ANY = {STOP, RETRAIN, OK}
random = np.random.default_rng(11)


def verdict(old, new):
    """The verdict and the anomalies (kind, column) of a table against another."""
    with tempfile.TemporaryDirectory() as folder:
        before, now = pathlib.Path(folder, "before.csv"), pathlib.Path(folder, "now.csv")
        old.to_csv(before, index=False)
        new.to_csv(now, index=False)
        command = [PROGRAM, "validate", now, "--against", before, "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout.strip():
        return "ERROR", [(done.stderr.strip(), None)]
    report = json.loads(done.stdout)
    return report["verdict"], [(a["kind"], a.get("column")) for a in report["anomalies"]]


def generated(n_rows, seed):
    r = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "num a": r.normal(size=n_rows),
            "skew": r.lognormal(size=n_rows),
            "count": r.poisson(3, n_rows),
            "cat": r.choice(["red", "green", "blue,dark", "ünï"], n_rows),
            "many": r.choice([f"c{i}" for i in range(60)], n_rows),
            "flag": r.choice(["yes", "no"], n_rows),
            "when": pd.date_range("2020-01-01", periods=n_rows, freq="37min").strftime("%Y-%m-%d %H:%M"),
            "id": [f"U{i:06d}" for i in range(n_rows)],
        }
    )
    for column in ["num a", "cat", "skew"]:
        table.loc[r.random(n_rows) < 0.07, column] = np.nan
    return table


def tables(most_rows):
    import sklearn.datasets
    import statsmodels.api

    found = {n: getattr(sklearn.datasets, f"load_{n}")(as_frame=True).frame for n in ("iris", "wine", "breast_cancer", "diabetes")}
    for name in dir(statsmodels.api.datasets):
        module = getattr(statsmodels.api.datasets, name)
        if hasattr(module, "load_pandas"):
            try:
                found[name] = module.load_pandas().data.reset_index(drop=True)
            except Exception:  # some need the network
                continue
    found["penguins"] = pd.read_csv(ROOT / "sample_data/penguins.csv")
    found["flights"] = pd.read_csv(ROOT / "sample_data/nyc_flights/flights_2013_01_03.csv")
    for n_rows in (100, 150, 300, 1_000, 10_000, 100_000):
        found[f"generated {n_rows}"] = generated(n_rows, n_rows)
    for name, table in found.items():
        table.columns = [str(c) for c in table.columns]
        if len(table) > most_rows:
            table = table.sample(most_rows, random_state=1).reset_index(drop=True)
        yield name, table


def halves():
    n_pairs = n_wrong = 0
    for name, table in tables(20_000):
        for share in (0.5, 0.8, 0.5, 0.8) if len(table) >= 40 else ():
            order = random.permutation(len(table))
            cut = int(len(table) * share)
            said, anomalies = verdict(table.iloc[order[:cut]], table.iloc[order[cut:]])
            n_pairs += 1
            if said != OK:
                n_wrong += 1
                print(name, len(table), share, said, anomalies[:4])
    print(f"{n_pairs} pairs, {n_wrong} not OK")


def is_text(column):
    return not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def numbers(table):
    return [c for c in table if pd.api.types.is_numeric_dtype(table[c]) and table[c].nunique() > 10]


def categories(table):
    return [c for c in table if is_text(table[c]) and 2 <= table[c].nunique() <= 15]


def changed(column, how):
    """A fault that changes one column: which ones it fits, and what becomes of it."""

    def plant(table):
        fitting = column(table)
        if not fitting:
            return None
        chosen = fitting[random.integers(len(fitting))]
        table = table.copy()
        table[chosen] = how(table[chosen])
        return table, chosen

    return plant


def some(values, share, new):
    values = values.astype(object)
    values[random.random(len(values)) < share] = new
    return values


def dropped(table):
    if table.shape[1] < 2:
        return None  # nothing would be left to validate
    chosen = list(table)[random.integers(table.shape[1])]
    return table.drop(columns=chosen), chosen


def renamed(table):
    chosen = list(table)[random.integers(table.shape[1])]
    return table.rename(columns={chosen: f"{chosen}_v2"}), chosen


def without_the_most_frequent(table):
    for chosen in categories(table):
        shares = table[chosen].value_counts(normalize=True)
        if 0.35 <= shares.iloc[0] <= 0.9:
            return table[table[chosen] != shares.index[0]], chosen
    return None


def positive(table):
    return [c for c in numbers(table) if table[c].min() > 0]


def varied(table):
    """Columns of numbers of which at most half are equal: making one of them constant changes most of its rows."""
    return [c for c in numbers(table) if table[c].value_counts(normalize=True).iloc[0] <= 0.5]


def whole(table):
    return [c for c in numbers(table) if pd.api.types.is_integer_dtype(table[c])]


def every(table):
    return list(table)


# name: how to plant it, verdicts that are right, kinds that are right (none: any in that column)
FAULTS = {
    "column missing": (dropped, {STOP}, {"SCHEMA_MISSING_COLUMN"}),
    "column renamed": (renamed, {STOP}, {"SCHEMA_MISSING_COLUMN"}),
    "column new": (lambda t: (t.assign(extra=random.normal(size=len(t))), "extra"), ANY, {"SCHEMA_NEW_COLUMN"}),
    "numbers with units": (changed(numbers, lambda v: v.map(lambda x: f"{x} kg" if pd.notna(x) else x)), {STOP}, {"UNEXPECTED_DATA_TYPE"}),
    "some texts": (changed(numbers, lambda v: some(v, 0.1, "broken")), {STOP}, {"UNEXPECTED_DATA_TYPE"}),
    "out of range": (changed(numbers, lambda v: v * 1_000 + 1e4), NOT_OK, None),
    "sign lost": (changed(positive, lambda v: -v), NOT_OK, None),
    "outliers": (changed(numbers, lambda v: some(v, 0.05, v.max() * 50 + 1e5).astype(float)), NOT_OK, None),
    "shifted by its deviation": (changed(numbers, lambda v: v + v.std()), NOT_OK, None),
    "spread to a third": (changed(numbers, lambda v: v.mean() + (v - v.mean()) * 0.3), NOT_OK, None),
    "constant": (changed(varied, lambda v: pd.Series(v.median(), index=v.index)), NOT_OK, None),
    "fractions in whole numbers": (changed(whole, lambda v: v + 0.37), NOT_OK, None),
    "a third missing": (changed(every, lambda v: some(v, 0.35, np.nan)), NOT_OK, None),
    "all missing": (changed(every, lambda v: pd.Series(np.nan, index=v.index)), {STOP}, None),
    "category new": (changed(categories, lambda v: some(v, 0.15, "Zzz_new")), NOT_OK, {"ENUM_TYPE_UNEXPECTED_STRING_VALUES"}),
    "categories spelt otherwise": (changed(categories, lambda v: v.str.upper() + "x"), NOT_OK, {"ENUM_TYPE_UNEXPECTED_STRING_VALUES"}),
    "category lost": (without_the_most_frequent, NOT_OK, None),
}


def faults(wanted):
    tally = collections.Counter()
    for name, table in tables(6_000):
        if len(table) < 100:
            continue
        order = random.permutation(len(table))
        half = len(table) // 2
        old = table.iloc[order[:half]].reset_index(drop=True)
        new = table.iloc[order[half:]].reset_index(drop=True)
        for fault, (plant, verdicts, kinds) in FAULTS.items():
            planted = plant(new) if not wanted or fault in wanted else None
            if planted is None:
                continue
            said, anomalies = verdict(old, planted[0])
            is_named = any(c == planted[1] and (kinds is None or k in kinds) for k, c in anomalies)
            tally[fault, said in verdicts and is_named] += 1
            if not (said in verdicts and is_named):
                print(fault, "|", name, len(planted[0]), planted[1], said, anomalies[:3])
    for fault in FAULTS:
        print(f"{fault:28} {tally[fault, True]} of {tally[fault, True] + tally[fault, False]}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["halves"]:
            halves()
        case ["faults", *wanted]:
            faults(wanted)
        case _:
            sys.exit(__doc__)
