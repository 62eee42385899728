"""Small files of every format that is not plain delimited text, and what they hold.

    python make.py        # pyarrow, pandas, polars, openpyxl, xlwt, odfpy; writes beside itself

expected.json has, for each file, its columns as [name, type, values]: values as they would stand in a CSV file, null where
missing. The values are written here by hand or come from the library that wrote the file, never from Lockkeeper.
"""

import datetime as dt
import decimal
import gzip
import json
import math
import pathlib
import sqlite3

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
expected = {}
D = decimal.Decimal


def typed():
    """One column for every type that a table may bring: arrow array, our type, our values."""
    day, moment = dt.date(2013, 1, 31), dt.datetime(2013, 1, 31, 12, 30, 15, 123456)
    before_1970 = dt.datetime(1969, 12, 31, 23, 59, 59, 999500)
    zone = pa.timestamp("us", tz="Europe/Berlin")
    return {
        "i8": (pa.array([-128, 127, None], pa.int8()), "integer", ["-128", "127", None]),
        "i64": (pa.array([2**63 - 1, -(2**63), None], pa.int64()), "integer", [str(2**63 - 1), str(-(2**63)), None]),
        "u32": (pa.array([0, 2**32 - 1, None], pa.uint32()), "integer", ["0", str(2**32 - 1), None]),
        "u64_small": (pa.array([0, 2**63 - 1, None], pa.uint64()), "integer", ["0", str(2**63 - 1), None]),
        "u64_big": (pa.array([1, 2**64 - 1, None], pa.uint64()), "text", ["1", str(2**64 - 1), None]),
        "f32": (pa.array([0.5, -1.25, None], pa.float32()), "number", ["0.5", "-1.25", None]),
        "f64": (pa.array([0.1, 1e300, None], pa.float64()), "number", ["0.1", "1" + "0" * 300, None]),
        "price": (pa.array([D("12.34"), D("-0.05"), None], pa.decimal128(9, 2)), "number", ["12.34", "-0.05", None]),
        "long": (
            pa.array([D("12345678901234567890.12"), D("0.10"), None], pa.decimal128(30, 2)),
            "number",
            ["12345678901234567000", "0.1", None],
        ),
        "whole": (pa.array([D("12"), D("-7"), None], pa.decimal128(20, 0)), "integer", ["12", "-7", None]),
        "bool": (pa.array([True, False, None]), "boolean", ["true", "false", None]),
        "text": (pa.array(["a", "NA", None]), "text", ["a", "NA", None]),
        "large": (pa.array(["é", "", None], pa.large_string()), "text", ["é", "", None]),
        "utf8_bytes": (pa.array([b"x", b"yz", None], pa.binary()), "text", ["x", "yz", None]),
        "raw_bytes": (pa.array([b"\x00\xff", b"a", None], pa.binary()), "text", ["00ff", "61", None]),
        "cat": (pa.array(["b", "a", None]).dictionary_encode(), "text", ["b", "a", None]),
        "date": (pa.array([day, dt.date(1969, 12, 31), None], pa.date32()), "date", ["2013-01-31", "1969-12-31", None]),
        "time": (pa.array([dt.time(1, 2, 3), dt.time(23, 59), None], pa.time32("s")), "text", ["01:02:03", "23:59:00", None]),
        "ts_s": (pa.array([moment.replace(microsecond=0), None, None], pa.timestamp("s")), "timestamp", ["2013-01-31T12:30:15", None, None]),
        "ts_us": (
            pa.array([moment, before_1970, None], pa.timestamp("us")),
            "timestamp",
            ["2013-01-31T12:30:15.123", "1969-12-31T23:59:59.999", None],
        ),
        "ts_ns": (pa.array([moment, None, None], pa.timestamp("ns")), "timestamp", ["2013-01-31T12:30:15.123", None, None]),
        "ts_berlin": (
            # 12:30:15 in UTC is 13:30:15 in Berlin; the moment is the same.
            pa.array([moment.replace(microsecond=0, tzinfo=dt.timezone.utc), None, None], zone),
            "timestamp",
            ["2013-01-31T12:30:15", None, None],
        ),
        "wait": (pa.array([90, -1, None], pa.duration("ms")), "integer", ["90", "-1", None]),
        "list": (pa.array([[1, 2], [], None], pa.list_(pa.int32())), "text", ["[1,2]", "[]", None]),
        "struct": (
            pa.array([{"a": 1, "b": "x"}, {"a": None, "b": "y"}, None]),
            "text",
            ['{"a":1,"b":"x"}', '{"a":null,"b":"y"}', None],
        ),
        "empty": (pa.nulls(3), "text", [None, None, None]),
    }


def note(name, columns):
    expected[name] = [[column, kind, values] for column, kind, values in columns]


def arrow_files():
    columns = typed()
    table = pa.table({name: array for name, (array, _, _) in columns.items()})
    wanted = [(name, kind, values) for name, (_, kind, values) in columns.items()]
    pq.write_table(table, here / "typed.parquet", row_group_size=2, compression="snappy")
    pq.write_table(table, here / "typed_zstd.parquet", compression="zstd", use_dictionary=False, data_page_version="2.0")
    for name in ("typed.parquet", "typed_zstd.parquet"):
        note(name, wanted)
    feather.write_feather(table, here / "typed.feather", compression="lz4")
    with ipc.new_stream(here / "typed.arrows", table.schema) as stream:
        for batch in table.to_batches(max_chunksize=2):
            stream.write_batch(batch)
    for name in ("typed.feather", "typed.arrows"):
        note(name, wanted)

    frame = pd.DataFrame({"x": [1, 2], "when": pd.to_datetime(["2013-01-31 00:00", "2013-02-01 06:00"])}, index=["r1", "r2"])
    frame.to_parquet(here / "pandas_index.parquet")
    moments = ["2013-01-31T00:00:00", "2013-02-01T06:00:00"]
    index = ["__index_level_0__", "text", ["r1", "r2"]]
    note("pandas_index.parquet", [["x", "integer", ["1", "2"]], ["when", "timestamp", moments], index])

    frame = pl.DataFrame({"c": ["u", None, "v"], "n": [1, 2, 3], "e": ["p", "q", "p"]})
    frame = frame.with_columns(pl.col("e").cast(pl.Categorical))
    frame.write_parquet(here / "polars.parquet")
    frame.write_ipc(here / "polars.arrow", compression="zstd")
    for name in ("polars.parquet", "polars.arrow"):
        note(name, [["c", "text", ["u", None, "v"]], ["n", "integer", ["1", "2", "3"]], ["e", "text", ["p", "q", "p"]]])


JSON_ROWS = [
    '{"id": 1, "x": 1.50, "day": "2013-01-31", "when": "2013-01-31T10:00:00+02:00", "tags": ["a", "b"], "mixed": 1}',
    '{"id": 2, "x": 3, "day": "2013-02-01", "when": null, "tags": null, "mixed": "two"}',
    '{"id": 9007199254740993, "day": null, "when": "2013-01-31T08:00:00Z", "late": true, "big": 18446744073709551616}',
]
JSON_COLUMNS = [
    ["id", "integer", ["1", "2", "9007199254740993"]],
    ["x", "number", ["1.5", "3", None]],
    ["day", "date", ["2013-01-31", "2013-02-01", None]],
    ["when", "timestamp", ["2013-01-31T08:00:00", None, "2013-01-31T08:00:00"]],
    ["tags", "text", ['["a", "b"]', None, None]],
    ["mixed", "text", ["1", "two", None]],
    ["late", "boolean", [None, None, "true"]],
    ["big", "text", [None, None, "18446744073709551616"]],
]


def json_files():
    lines = "\n".join(JSON_ROWS)
    (here / "rows.jsonl").write_text(lines + "\n")
    (here / "crlf.ndjson").write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(JSON_ROWS).encode())
    (here / "array.json").write_text("[" + ",\n".join(JSON_ROWS) + "]")
    pretty = [json.dumps(json.loads(row, parse_float=D), indent=2, default=float) for row in JSON_ROWS]
    (here / "pretty.json").write_text("\n".join(pretty))
    (here / "rows.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    for name in ("rows.jsonl", "crlf.ndjson", "array.json", "rows.jsonl.gz"):
        note(name, JSON_COLUMNS)
    tags = ["tags", "text", ['[\n    "a",\n    "b"\n  ]', None, None]]
    note("pretty.json", [tags if c[0] == "tags" else c for c in JSON_COLUMNS])


def text_archives():
    header, first, second = b"a,b\n", b"1,x\n2,y\n", b"3,z\n"
    note_as = [["a", "integer", ["1", "2", "3"]], ["b", "text", ["x", "y", "z"]]]
    members = gzip.compress(header + first, mtime=0) + gzip.compress(second, mtime=0)
    (here / "two_members.csv.gz").write_bytes(members)
    import zstandard

    pack = zstandard.ZstdCompressor().compress
    (here / "two_frames.csv.zst").write_bytes(pack(header + first) + pack(second))
    note("two_members.csv.gz", note_as)
    note("two_frames.csv.zst", note_as)


def databases():
    path = here / "one.sqlite"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE flights (id INTEGER PRIMARY KEY, delay, day DATE, late BOOLEAN, note TEXT, raw BLOB)")
    rows = [
        (1, 5, "2013-01-31", 1, "ok", b"\x00\xff"),
        (2, 2.5, "2013-02-01", 0, None, None),
        (3, "", None, None, "", b"abc"),
        (9223372036854775807, None, "2013-02-03", 1, "é", None),
    ]
    db.executemany("INSERT INTO flights VALUES (?, ?, ?, ?, ?, ?)", rows)
    db.commit()
    db.close()
    columns = [
        ["id", "integer", ["1", "2", "3", "9223372036854775807"]],
        ["delay", "number", ["5", "2.5", None, None]],
        ["day", "date", ["2013-01-31", "2013-02-01", None, "2013-02-03"]],
        ["late", "boolean", ["true", "false", None, "true"]],
        ["note", "text", ["ok", None, "", "é"]],
        ["raw", "text", ["00ff", None, "abc", None]],
    ]
    note("one.sqlite", columns)
    path = here / "two.sqlite"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE a (x INTEGER)")
    db.execute('CREATE TABLE "b ""c" (x)')
    db.execute("INSERT INTO a VALUES (1)")
    db.executemany('INSERT INTO "b ""c" VALUES (?)', [(1,), ("one",)])
    db.execute("CREATE VIEW v AS SELECT x + 1 AS y FROM a")
    db.commit()
    db.close()


def workbooks():
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "Empty"
    sheet = book.create_sheet("Data")
    sheet["B2"] = "Flights of January"
    rows = [
        ["id", "delay", "day", "when", "late", "code", "carrier"],
        [1, 2.5, dt.date(2013, 1, 31), dt.datetime(2013, 1, 31, 6, 30), True, "007", "UA"],
        [2, "=1/0", None, None, False, "010", "NA"],
        [3, "4", dt.date(2013, 2, 1), dt.datetime(2013, 2, 1), None, "011", "AA"],
    ]
    for at, row in enumerate(rows, start=4):
        for column, value in enumerate(row, start=2):
            sheet.cell(at, column, value)
    sheet["C6"] = "#DIV/0!"
    sheet["C6"].data_type = "e"
    sheet.merge_cells("B2:D2")
    other = book.create_sheet("Other")
    other.append(["only"])
    other.append([1])
    book.save(here / "book.xlsx")
    columns = [
        ["id", "integer", ["1", "2", "3"]],
        ["delay", "number", ["2.5", None, "4"]],
        ["day", "date", ["2013-01-31", None, "2013-02-01"]],
        ["when", "timestamp", ["2013-01-31T06:30:00", None, "2013-02-01T00:00:00"]],
        ["late", "boolean", ["true", "false", None]],
        ["code", "text", ["007", "010", "011"]],
        ["carrier", "text", ["UA", None, "AA"]],
    ]
    note("book.xlsx", columns)
    frame = pd.DataFrame({"n": [1, 2], "t": ["a", "b"], "d": [dt.date(2013, 1, 31), dt.date(2013, 2, 1)]})
    frame.to_excel(here / "sheet.ods", index=False)
    small = [["n", "integer", ["1", "2"]], ["t", "text", ["a", "b"]], ["d", "date", ["2013-01-31", "2013-02-01"]]]
    note("sheet.ods", small)
    import xlwt

    old = xlwt.Workbook()
    sheet = old.add_sheet("Old")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for column, name in enumerate(frame.columns):
        sheet.write(0, column, name)
    for row, (n, t, d) in enumerate(frame.itertuples(index=False), start=1):
        sheet.write(row, 0, n)
        sheet.write(row, 1, t)
        sheet.write(row, 2, d, style)
    old.save(str(here / "old.xls"))
    note("old.xls", small)


arrow_files()
json_files()
text_archives()
databases()
workbooks()
assert math.isclose(float(D("12345678901234567890.12")), 12345678901234567000)
(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
