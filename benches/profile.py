"""Profiles a CSV and a Parquet file with lockkeeper and with DuckDB's SUMMARIZE, alternately, in one run.

    cargo build --release
    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install duckdb numpy pyarrow
    /tmp/venv/bin/python benches/profile.py [--rows 2000000] [--repeat 3] [--keep DIR]

Each measurement is a process of its own: wall time, CPU seconds (user and system) and peak resident size come from wait4.
The best of the repetitions counts for both. DuckDB uses as many threads as lockkeeper.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=2_000_000)
parser.add_argument("--repeat", type=int, default=3)
parser.add_argument("--keep", help="folder for the files, which are made once")
parser.add_argument("--lockkeeper", default="target/release/lockkeeper")
args = parser.parse_args()

DUCK = "import duckdb, sys; duckdb.sql(\"SET threads=%d\"); duckdb.sql(\"SUMMARIZE SELECT * FROM '\" + sys.argv[1] + \"'\").fetchall()"


def make(path: pathlib.Path, rows: int) -> None:
    """20 columns: whole and real numbers with few and many values, texts, moments, truth values; 0 to 20 % missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    r = np.random.default_rng(20261123)

    def some(values, missing=0.0):
        return pa.array(values, mask=r.random(rows) < missing)

    words = np.array(["ok", "great value", "late, but fine", 'said "wow" twice', "très bien", "poor fit"], dtype=object)
    columns = {
        "id": pa.array(np.arange(rows, dtype=np.int64)),
        "age": some(r.integers(18, 95, rows), 0.02),
        "income": some(np.round(r.lognormal(10.5, 0.6, rows), 2), 0.05),
        "f_norm": pa.array(np.round(r.normal(0, 1, rows), 6)),
        "f_exp": pa.array(np.round(r.exponential(3.0, rows), 5)),
        "f_unif": some(np.round(r.random(rows), 6), 0.01),
        "f_heavy": pa.array(np.round(r.standard_t(2, rows), 4)),
        "i_pois": pa.array(r.poisson(4, rows)),
        "i_big": pa.array(r.integers(-(10**9), 10**9, rows)),
        "i_zero": some(np.where(r.random(rows) < 0.8, 0, r.integers(1, 1000, rows)), 0.10),
        "lat": pa.array(np.round(r.uniform(-90, 90, rows), 4)),
        "score": pa.array(np.round(1 / (1 + np.exp(-r.normal(0, 2, rows))), 4)),
        "region": pa.array(np.array(["north", "south", "east", "west", "central"], dtype=object)[r.integers(0, 5, rows)]),
        "plan": some(np.array(["free", "basic", "pro", "enterprise"], dtype=object)[r.integers(0, 4, rows)], 0.03),
        "city": pa.array(np.array([f"city_{i:03d}" for i in range(400)], dtype=object)[np.minimum(r.zipf(1.3, rows) - 1, 399)]),
        "product": pa.array(np.char.mod("SKU-%05d", np.minimum(r.zipf(1.15, rows) - 1, 19999))),
        "user": pa.array(np.char.mod("u%07d", r.integers(0, 700000, rows))),
        "comment": some(words[r.integers(0, len(words), rows)], 0.20),
        "ts": pa.array(np.datetime64("2024-01-01", "s") + r.integers(0, 2 * 365 * 86400, rows).astype("timedelta64[s]")),
        "label": pa.array(r.random(rows) < 0.3),
    }
    table = pa.table(columns)
    pyarrow.csv.write_csv(table, path.with_suffix(".csv"), pyarrow.csv.WriteOptions(quoting_style="needed"))
    pyarrow.parquet.write_table(table, path.with_suffix(".parquet"), row_group_size=122880, compression="snappy")


def measure(command: list[str]) -> dict:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} ended with {status}")
    return {
        "wall_s": time.perf_counter() - start,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
    }


folder = pathlib.Path(args.keep or tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
base = folder / f"table_{args.rows}"
if not base.with_suffix(".parquet").exists():
    # In a process of its own: what this one holds would count as its children's peak, too.
    made = multiprocessing.get_context("fork").Process(target=make, args=(base, args.rows))
    made.start()
    made.join()
threads = len(os.sched_getaffinity(0))
for suffix in [".csv", ".parquet"]:
    file = str(base.with_suffix(suffix))
    runs = {"lockkeeper": [], "duckdb": []}
    for _ in range(args.repeat):
        runs["lockkeeper"].append(measure([args.lockkeeper, "profile", file, "--json"]))
        runs["duckdb"].append(measure([sys.executable, "-c", DUCK % threads, file]))
    best = {who: {k: min(r[k] for r in rs) for k in rs[0]} for who, rs in runs.items()}
    ratio = {k: best["duckdb"][k] / best["lockkeeper"][k] for k in best["duckdb"]}
    print(json.dumps({"file": suffix, "size_mb": os.path.getsize(file) / 1e6, "threads": threads, **best, "duckdb/lockkeeper": ratio}))
