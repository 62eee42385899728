"""Holds a batch of 2,000,000 rows x 20 columns in memory against 60 expectations: lockkeeper, pandera, Great Expectations and
TensorFlow Data Validation (whichever of these can be imported), alternately, in one run.

    python3.11 -m venv /tmp/venv && /tmp/venv/bin/pip install pandera great_expectations pyarrow numpy
    /tmp/venv/bin/python benches/validate.py DATA.parquet [--repeat 3] [--slack 1.0]

DATA.parquet is that of benches/profile.py (`--keep DIR`). Every validator gets the rows in its own form in memory and the
same 60 conditions (TFDV an inferred schema, which our own check holds besides); CPU seconds (user and system, all threads) of the validation alone count, the best of the repetitions.
With `--slack 0.999` the bounds cut off a few values, so that conditions fail and every one has to look at rows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--repeat", type=int, default=3)
parser.add_argument("--slack", type=float, default=1.0, help="bounds are multiplied by it")
parser.add_argument("--bench", help="the compiled bench; by default cargo bench runs it")
parser.add_argument("--only", default="lockkeeper,pandera,great_expectations,tfdv")
args = parser.parse_args()

S = args.slack
RANGES = {
    "id": (0, 2_000_000), "age": (18, 95), "income": (0, 10_000_000), "f_norm": (-8, 8), "f_exp": (0, 80),
    "f_unif": (0, 1), "f_heavy": (-100_000, 100_000), "i_pois": (0, 40), "i_big": (-(10**9), 10**9),
    "i_zero": (0, 1000), "lat": (-90, 90), "score": (0, 1),
}
if S != 1.0:
    RANGES |= {"age": (19, 94), "f_norm": (-4, 4), "f_unif": (0.001, S), "i_big": (-999_000_000, 999_000_000),
               "i_zero": (0, 990), "lat": (-89.9, 89.9), "score": (0.001, 0.999), "income": (3000, 500_000),
               "f_exp": (0.001, 30), "f_heavy": (-100, 100), "i_pois": (0, 12), "id": (10, 1_999_000)}
LENGTHS = {"region": (4, 7), "plan": (3, 10), "city": (8, 8), "product": (9, 9), "user": (8, 8), "comment": (1, 40)}
PREFIXES = {"city": "city_", "product": "SKU-", "user": "u"}
SETS = {
    "region": ["north", "south", "east", "west", "central"],
    "plan": ["free", "basic", "pro", "enterprise"],
}
OTHER = {"age": 1000, "income": -1.5, "f_norm": 99.5, "i_pois": 77, "i_big": 5_000_000_000, "lat": 91.5, "score": 1.5,
         "f_heavy": 1e7}
PRESENT = ["id", "f_norm", "f_exp", "f_heavy", "i_pois", "i_big", "lat", "score", "region", "city", "product"]
PAIRS = [("f_unif", "f_exp", 1.0), ("score", "i_pois", 1.0), ("lat", "income", 90.0), ("f_norm", "age", 90.0)]

# (kind, column, arguments): 12 + 12 + 8 + 6 + 3 + 2 + 11 + 4 + 2 = 60
CHECKS = (
    [("between", c, r) for c, r in RANGES.items()]
    + [("at_least", c, r[0]) for c, r in RANGES.items()]
    + [("not_equal", c, v) for c, v in OTHER.items()]
    + [("length", c, r) for c, r in LENGTHS.items()]
    + [("begins", c, p) for c, p in PREFIXES.items()]
    + [("one_of", c, v) for c, v in SETS.items()]
    + [("present", c, None) for c in PRESENT]
    + [("below", a, (b, d)) for a, b, d in PAIRS]
    + [("since", "ts", "2020-01-01"), ("until", "ts", "2030-01-01")]
)
assert len(CHECKS) == 60


def sql(kind, c, a):
    quoted = lambda v: "'" + v + "'"
    return {
        "between": lambda: f"{c} between {a[0]} and {a[1]}",
        "at_least": lambda: f"{c} >= {a}",
        "not_equal": lambda: f"{c} <> {a}",
        "length": lambda: f"length({c}) between {a[0]} and {a[1]}",
        "begins": lambda: f"starts_with({c}, '{a}')",
        "one_of": lambda: f"{c} in ({', '.join(map(quoted, a))})",
        "present": lambda: f"{c} is not null",
        "below": lambda: f"{c} <= {a[0]} + {a[1]}",
        "since": lambda: f"{c} >= timestamp '{a} 00:00:00'",
        "until": lambda: f"{c} < timestamp '{a} 00:00:00'",
    }[kind]()


def lockkeeper():
    path = os.path.join(tempfile.mkdtemp(), "expectations.json")
    with open(path, "w") as file:
        names = [f"{n:02d}" for n in range(len(CHECKS))]
        json.dump([{"name": n, "expression": sql(*check)} for n, check in zip(names, CHECKS)], file)
    command = [args.bench] if args.bench else ["cargo", "bench", "--bench", "validate", "--"]
    done = subprocess.run([*command, args.data, path], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def timed(work):
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def pandera(frame):
    import pandera.pandas as pa

    columns, across = {}, []
    for kind, c, a in CHECKS:
        check = {
            "between": lambda: pa.Check.in_range(*a),
            "at_least": lambda: pa.Check.ge(a),
            "not_equal": lambda: pa.Check.ne(a),
            "length": lambda: pa.Check.str_length(*a),
            "begins": lambda: pa.Check.str_startswith(a),
            "one_of": lambda: pa.Check.isin(a),
            "present": lambda: pa.Check(lambda s: s.notna(), ignore_na=False),
            "since": lambda: pa.Check.ge(__import__("pandas").Timestamp(a)),
            "until": lambda: pa.Check.lt(__import__("pandas").Timestamp(a)),
        }
        if kind == "below":
            across.append(pa.Check(lambda df, c=c, a=a: (df[c] <= df[a[0]] + a[1]) | df[c].isna() | df[a[0]].isna()))
        else:
            columns.setdefault(c, []).append(check[kind]())
    schema = pa.DataFrameSchema({c: pa.Column(checks=k, nullable=True) for c, k in columns.items()}, checks=across)

    def work():
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors:
            assert S != 1.0, "the batch should be valid"

    return work


def great_expectations(frame):
    import great_expectations as gx

    frame = frame.copy()
    for n, (kind, c, a) in enumerate(CHECKS):
        if kind == "below":
            frame[f"_{n}"] = frame[a[0]] + a[1]
    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    e = gx.expectations
    suite = gx.ExpectationSuite(name="s")
    for n, (kind, c, a) in enumerate(CHECKS):
        suite.add_expectation({
            "between": lambda: e.ExpectColumnValuesToBeBetween(column=c, min_value=a[0], max_value=a[1]),
            "at_least": lambda: e.ExpectColumnValuesToBeBetween(column=c, min_value=a),
            "not_equal": lambda: e.ExpectColumnValuesToNotBeInSet(column=c, value_set=[a]),
            "length": lambda: e.ExpectColumnValueLengthsToBeBetween(column=c, min_value=a[0], max_value=a[1]),
            "begins": lambda: e.ExpectColumnValuesToMatchRegex(column=c, regex="^" + a),
            "one_of": lambda: e.ExpectColumnValuesToBeInSet(column=c, value_set=a),
            "present": lambda: e.ExpectColumnValuesToNotBeNull(column=c),
            "below": lambda: e.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=f"_{n}", column_B=c, or_equal=True, ignore_row_if="either_value_is_missing"),
            "since": lambda: e.ExpectColumnValuesToBeBetween(column=c, min_value=a),
            "until": lambda: e.ExpectColumnValuesToBeBetween(column=c, max_value=a, strict_max=True),
        }[kind]())
    suite = context.suites.add(suite)
    definition = gx.ValidationDefinition(name="v", data=batch, suite=suite)
    context.validation_definitions.add(definition)
    return lambda: definition.run(batch_parameters={"dataframe": frame})


def tfdv(frame):
    """Its schema knows ranges, domains and presence; a validation computes statistics and holds them against it."""
    import tensorflow_data_validation as tfdv

    frame = frame.assign(ts=frame["ts"].astype(str))
    schema = tfdv.infer_schema(tfdv.generate_statistics_from_dataframe(frame.head(10_000)))
    return lambda: tfdv.validate_statistics(tfdv.generate_statistics_from_dataframe(frame), schema)


import pandas

frame = pandas.read_parquet(args.data)
works = {}
for name, make in [("pandera", pandera), ("great_expectations", great_expectations), ("tfdv", tfdv)]:
    if name not in args.only:
        continue
    try:
        works[name] = make(frame)
    except ImportError as error:
        print(f"{name} is left out: {error}")
best, ours = {}, None
for _ in range(args.repeat):
    if "lockkeeper" in args.only:
        figures = lockkeeper()
        if ours is None or figures["check"]["cpu_s"] < ours["check"]["cpu_s"]:
            ours = figures
    for name, work in works.items():
        best[name] = min(best.get(name, (1e9, 1e9)), timed(work))
print(json.dumps({k: v for k, v in ours.items() if k != "anomalies"}), len(ours.get("anomalies", [])), "findings") if ours else None
for name, (cpu, wall) in best.items():
    ratios = ""
    if ours:
        # TFDV holds statistics against an inferred schema, as our whole check does; the others are given the 60 conditions.
        check = ours["check" if name == "tfdv" else "expectations_alone"]
        ratios = f" = {cpu / check['cpu_s']:.1f} times lockkeeper's CPU seconds, {wall / check['wall_s']:.1f} times its wall time"
    print(f"{name}: {cpu:.2f} CPU s, {wall:.2f} s{ratios}")
