"""Slice discovery on tables of the sizes of Adult and Covertype: lockkeeper, and the package sliceline where it is wanted.

    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy pandas sliceline
    /tmp/venv/bin/python benches/slices.py [--rows N] [--table adult|covertype] [--predicates 3] [--sliceline] [--bench FILE]

The tables are generated: as many columns, with as many different values and shares as skewed; errors are noise with two
planted slices. Both get the same codes, the same score (alpha 0.95) and the same fewest rows, and must find the same slices.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import pandas

parser = argparse.ArgumentParser()
parser.add_argument("--table", default="adult", choices=["adult", "covertype"])
parser.add_argument("--rows", type=int)
parser.add_argument("--predicates", type=int, default=3)
parser.add_argument("--top", type=int, default=10)
parser.add_argument("--sliceline", action="store_true")
parser.add_argument("--bench", help="the compiled bench; by default cargo bench runs it")
args = parser.parse_args()

# Different values of each column; six of Adult's fourteen and ten of Covertype's 54 are numbers in ten bins.
SIZES = {"adult": [10, 9, 10, 16, 10, 7, 15, 6, 5, 2, 10, 10, 10, 42], "covertype": [10] * 10 + [2] * 44}[args.table]
ROWS = args.rows or {"adult": 48_842, "covertype": 500_000}[args.table]


def data():
    random = np.random.default_rng(3)
    columns = {}
    for j, size in enumerate(SIZES):
        if size == 10:
            values = random.integers(0, 10, ROWS)
        elif size == 2:
            values = (random.random(ROWS) < random.choice([0.02, 0.05, 0.1, 0.3])).astype(int)
        else:
            share = 1 / np.arange(1, size + 1) ** 1.3
            values = random.choice(size, ROWS, p=share / share.sum())
        columns[f"c{j:02d}"] = values
    frame = pandas.DataFrame(columns)
    error = random.random(ROWS)
    error += 4.0 * ((frame.c00 == 3) & (frame.c01 == 1)) + 2.5 * ((frame.c02 == 5) & (frame.c04 == 2))
    return frame, error


frame, error = data()
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "table.csv"
    # Values as texts, so that none is taken for a number to be binned.
    frame.apply(lambda c: "v" + c.astype(str)).assign(error=error).to_csv(path, index=False)
    command = [args.bench] if args.bench else ["cargo", "bench", "--bench", "slices", "--"]
    done = subprocess.run([*command, str(path), str(args.top), str(args.predicates)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
ours = json.loads(done.stdout.splitlines()[-1])
slices = ours.pop("slices")
print(json.dumps(ours))
for found in slices[:3]:
    print(f"  {found['text']}: {found['n_rows']} rows, score {found['score']:.4f}")
if args.sliceline:
    from sliceline.slicefinder import Slicefinder

    least = max(32, -(-ROWS // 100))
    begun = time.perf_counter()
    finder = Slicefinder(alpha=0.95, k=args.top, max_l=args.predicates, min_sup=least, verbose=False)
    finder.fit(frame.to_numpy(), error.to_numpy())
    seconds = time.perf_counter() - begun
    theirs = [(round(s["slice_score"], 9), int(s["slice_size"])) for s in finder.top_slices_statistics_]
    mine = [(round(s["score"], 9), s["n_rows"]) for s in slices]
    assert theirs == mine, (theirs, mine)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"sliceline: {seconds:.1f} s, peak {peak:.0f} MiB: {seconds / ours['wall_s']:.0f} times; the same {len(mine)} slices")
