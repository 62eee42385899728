"""Expected values of a few hundred expressions over a small table, computed by DuckDB (2.0.1).

    python3.11 -m venv venv && venv/bin/pip install duckdb==2.0.1
    venv/bin/python tests/oracles/expression/expressions.py > tests/oracles/expression/expressions.json

The text that DuckDB is given is the text that Lockkeeper is given: each expression stands unchanged in
`select EXPRESSION from t`. Expressions that are not of the language on purpose (integers beyond 64 bits) are not made.
"""

import datetime
import json
import math
import random

import duckdb

N_ROWS = 48
EMPTY = "''"
COLUMNS = {"i": "bigint", "j": "bigint", "x": "double", "y": "double", "t": "varchar", "s": "varchar",
           "b": "boolean", "c": "boolean", "d": "date", "e": "date", "m": "timestamp"}
TYPES = {"bigint": "integer", "double": "number", "varchar": "text", "boolean": "boolean", "date": "date",
         "timestamp": "timestamp"}
WORDS = ["alpha", "Beta", "gamma%", "d_lta", "", "  pad ", "Ünïcode", "a\\b", "alphabet", "it's", "BETA", "🙂 smile"]


def table(rng):
    def maybe(value):
        return None if rng.random() < 0.18 else value

    day = datetime.date(2012, 12, 20)
    columns = {
        "i": [maybe(rng.choice([0, 1, -1, 2, 3, 5, 7, 12, -8, 100])) for _ in range(N_ROWS)],
        "j": [maybe(rng.randint(-4, 9)) for _ in range(N_ROWS)],
        "x": [maybe(rng.choice([0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 3.25, 1e-3, 12.75, -100.125, 4.0])) for _ in range(N_ROWS)],
        "y": [maybe(round(rng.uniform(-5, 20), 3)) for _ in range(N_ROWS)],
        "t": [maybe(rng.choice(WORDS)) for _ in range(N_ROWS)],
        "s": [maybe(rng.choice(WORDS[:5])) for _ in range(N_ROWS)],
        "b": [maybe(rng.random() < 0.5) for _ in range(N_ROWS)],
        "c": [maybe(rng.random() < 0.3) for _ in range(N_ROWS)],
        "d": [maybe(day + datetime.timedelta(days=rng.randint(0, 40))) for _ in range(N_ROWS)],
        "e": [maybe(datetime.date(1968, 2, 27) + datetime.timedelta(days=rng.randint(0, 1200))) for _ in range(N_ROWS)],
        "m": [maybe(datetime.datetime(2012, 12, 30) + datetime.timedelta(milliseconds=rng.randint(0, 9 * 86_400_000)))
              for _ in range(N_ROWS)],
    }
    return columns


class Maker:
    """Random expressions of a type; depth bounds how deep they get."""

    def __init__(self, rng):
        self.rng = rng
        self.aggregate = False

    def one(self, *choices):
        return self.rng.choice(choices)

    def of(self, kind, depth):
        return getattr(self, kind)(depth)

    def integer(self, depth):
        if depth <= 0:
            return self.one("i", "j", "i", "j", str(self.rng.randint(-3, 12)))
        a, b = self.integer(depth - 1), self.integer(depth - 1)
        return self.one(
            f"({a} {self.one('+', '-', '*')} {b})", f"({a} % {self.one('3', '5', '-4', '7')})", f"-({a})", f"abs({a})",
            f"coalesce({a}, {b})", f"nullif({a}, {b})", f"least({a}, {b})", f"greatest({a}, {b}, 1)",
            f"case when {self.boolean(depth - 1)} then {a} else {b} end", f"case {a} when 1 then {b} when 2 then 5 end",
            f"length({self.text(depth - 1)})", f"{self.one('year', 'month', 'day', 'quarter', 'week')}({self.one('d', 'e', 'm')})",
            f"extract({self.one('year', 'month', 'day', 'hour', 'minute', 'second', 'dow', 'doy', 'week')} from {self.one('d', 'e', 'm')})",
            "(d - e)", f"hour({self.one('m', 'd')})", f"cast({self.one('x', 'y')} as bigint)", f"round({a})",
            f"round({a}, -1)", f"cast({self.boolean(depth - 1)} as bigint)")

    def number(self, depth):
        if depth <= 0:
            return self.one("x", "y", "x", "y", "1.5e0", "0.25e0", "-2e0")
        a, b = self.number(depth - 1), self.number(depth - 1)
        k = self.integer(depth - 1)
        return self.one(
            f"({a} {self.one('+', '-', '*', '/')} {b})", f"({a} + {k})", f"({k} / {self.one('2', '4', 'j', 'i')})", f"-({a})", f"abs({a})",
            f"round({a})", f"round({self.one('x', 'y')}, {self.one('0', '1', '2', '-1')})", f"floor({a})", f"ceil({a})",
            f"sqrt(abs({a}))", f"ln(abs({a}) + 1)", f"exp(least({a}, 5e0))", f"power({self.one('x', 'y')}, 2)",
            f"coalesce({a}, {b})", f"nullif({a}, 0)", f"greatest({a}, {b})", f"least({a}, {k})",
            f"case when {self.boolean(depth - 1)} then {a} else {b} end", f"cast({k} as double)", f"({a} % 3e0)")

    def text(self, depth):
        if depth <= 0:
            return self.one("t", "s", "t", "s", "'alpha'", "'Be_a%'", "''", "'it''s'")
        a, b = self.text(depth - 1), self.text(depth - 1)
        return self.one(
            f"({a} || {b})", f"lower({a})", f"upper({a})", f"trim({a})", f"ltrim({a})", f"rtrim({a})",
            f"substr({a}, {self.one('1', '2', '-3', '0', '9')}, {self.one('1', '3', '0', '20')})", f"substr({a}, {self.one('2', '-2', '1')})",
            f"replace({a}, 'a', 'oo')", f"replace({a}, '', 'x')", f"coalesce({a}, 'none')", f"nullif({a}, 'alpha')",
            f"greatest({a}, {b})", f"case when {self.boolean(depth - 1)} then {a} else {b} end", "cast(i as varchar)",
            "cast(d as varchar)", "cast(b as varchar)", "cast(x as varchar)", "cast(m as varchar)", f"substring({a} from 2 for 2)")

    def temporal(self, depth):
        return self.one("d", "e", "m", "date '2013-01-01'", "timestamp '2013-01-02 12:30:00'", "(d + 3)", "(d - j)",
                        "date_trunc('month', e)", "date_trunc('week', m)", "date_trunc('hour', m)", "date_trunc('quarter', d)",
                        "date_trunc('year', e)", "cast(m as date)", "coalesce(d, e)", "greatest(d, e)")

    def boolean(self, depth):
        if depth <= 0:
            return self.one("b", "c", "true", "false", "null", "b")
        comparison = self.one("=", "<>", "<", "<=", ">", ">=", "!=", "is distinct from", "is not distinct from")
        kind = self.one("integer", "number", "text", "boolean", "integer", "number")
        a, b = self.of(kind, depth - 1), self.of(kind, depth - 1)
        p, q = self.boolean(depth - 1), self.boolean(depth - 1)
        choice = self.rng.randint(0, 15)
        if choice <= 2:
            return f"({a} {comparison} {b})"
        if choice == 3:
            return f"({self.temporal(0)} {comparison} {self.temporal(0)})"
        if choice == 4:
            return f"({p} and {q})"
        if choice == 5:
            return f"({p} or {q})"
        if choice == 6:
            return f"(not {p})"
        if choice == 7:
            return f"({a} is {self.one('', 'not ')}null)"
        if choice == 8:
            return f"({p} is {self.one('', 'not ')}{self.one('true', 'false', 'unknown')})"
        if choice == 9:
            return f"({self.integer(depth - 1)} {self.one('', 'not ')}in (1, 3, {self.one('null', 'j', '-8', '5, 7, 12, 100, 0, 2, 9, 4')}))"
        if choice == 10:
            return f"({self.text(0)} {self.one('', 'not ')}in ('alpha', 'BETA', {self.one('null', 's', EMPTY)}))"
        if choice == 11:
            return f"({self.number(depth - 1)} {self.one('', 'not ')}between {self.number(0)} and {self.number(0)})"
        if choice == 12:
            return (f"({self.text(depth - 1)} {self.one('', 'not ')}{self.one('like', 'ilike')} "
                    f"{self.one(repr('a%'), repr('%a'), repr('%et%'), repr('_eta'), repr('%'), repr('a%b%t'), 's', repr('ü%'))})")
        if choice == 13:
            return "(t like '%!%' escape '!')" if self.rng.random() < 0.5 else "(t like '%\\%' )"
        if choice == 14:
            return f"starts_with({self.text(depth - 1)}, {self.one(repr('a'), 's')})"
        return f"({self.one('d', 'm')} {self.one('', 'not ')}between '2012-12-28' and date '2013-01-05')"

    def aggregates(self, depth):
        kind = self.one("integer", "number")
        inner = self.of(kind, depth)
        name = self.one("sum", "avg", "min", "max", "stddev", "median", "count", "count_distinct", "rows", "extreme", "share", "filter")
        if name == "count_distinct":
            return f"count(distinct {self.of(self.one('integer', 'text', 'number', 'boolean'), depth)})"
        if name == "rows":
            return "count(*)"
        if name == "extreme":
            return f"{self.one('min', 'max')}({self.one('t', 'd', 'm', 'b', 'e', 'lower(s)')})"
        if name == "share":
            return f"avg(case when {self.boolean(depth)} then 1 else 0 end)"
        if name == "filter":
            return f"{self.one('sum', 'avg', 'count')}({inner}) filter (where {self.boolean(depth)})"
        return f"{name}({inner})"


FIXED = [
    "i between 0 and 5 and t is not null", "x in (0, 1.5, 2.5)", "d >= '2013-01-01'", "m >= '2013-01-01 06:00:00'",
    "d = m", "hour(m) between 17 and 20", "i / 0", "x / 0", "-x / 0", "0e0 / 0", "x = -0.0e0", "i % 4 = 0", "t || 'x'",
    "\"i\" + 1", "I + 1", "try_cast(t as bigint)", "try_cast('12' as bigint) + i", "cast('2013-01-31' as date) - d",
    "cast('1.5' as double) * x", "cast('yes' as boolean) and b", "9223372036854775807 - abs(i)", "i = 9223372036854775807",
    "-9223372036854775808 < i", "case when i <> 0 then 10 / i end", "case when length(t) > 0 then t else s end",
    "case when i > 3 then x when i > 0 then i end", "coalesce(null, i, 7)", "nullif(i, i)", "greatest(null, i, null)",
    "least(x, null)", "t in ('alpha')", "t not in ('alpha', null)", "null in (1, 2)", "i in (1, x, 2.5)", "not b or c",
    "null and b", "null or b", "b = c", "b > c", "b is not distinct from c", "x is distinct from y", "lower(t) like '%beta%'",
    "t like 'a\\b'", "t like '%''%'", "t ilike 'BET_'", "'🙂 smile' like '_ smile'", "length(t) = 7", "substr(t, -3, 2)",
    "substr(t, 0, 2)", "substr(t, 3, -1)", "substr(t, -20, 18)", "substr(t, -4)", "round(2.5e0)", "round(-2.5e0)", "round(x)",
    "floor(-x)", "ceil(x)", "power(i, 2)", "sqrt(x)", "ln(x)", "extract(dow from e)", "extract(week from e)", "dayofweek(d)",
    "dayofyear(e)", "date_trunc('day', m)", "date_trunc('minute', m)", "date_trunc('second', m)", "e - 400", "7 + d",
    "1 = 1", "1 < 2 and null is null", "date '2013-01-01' = timestamp '2013-01-01 00:00:00'", "(i + j) * 2 - -3",
    "- i", "+i", "i <= 1.5", "cast(x as bigint)", "cast(b as double)", "cast(i as boolean)", "cast(d as timestamp)",
    "replace(t, 'l', '')", "trim(both ' ' from t)", "upper(t) || lower(s)", "extract(hour from d)", "i is null = (j is null)",
    "avg(x) between -20 and 60", "count(*)", "count(i)", "count(distinct t)", "sum(i)", "sum(x)", "avg(i)", "min(t)", "max(m)",
    "stddev(x)", "median(i)", "median(y)", "sum(i) / count(*)", "max(d) - min(d)", "max(i) > 10 and count(*) > 5",
    "avg(case when b then 1.0 else 0.0 end)", "count(*) filter (where b)", "sum(x) filter (where i > 1000)", "sum(i) is null",
    "count(distinct x)", "count(distinct d)", "min(x) + max(y)", "round(avg(y), 2)", "case when count(*) > 1 then 'many' else 'few' end",
    "coalesce(sum(x) filter (where false), 0)", "1 + count(b)", "min(b)", "max(x) is null or max(x) > 1",
]


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, datetime.datetime):
        text = value.isoformat(timespec="milliseconds")
        return text.removesuffix(".000")
    if isinstance(value, datetime.date):
        return value.isoformat()
    value = float(value)
    if math.isnan(value):
        return {"real": "nan"}
    if math.isinf(value):
        return {"real": "inf" if value > 0 else "-inf"}
    return value


def main():
    rng = random.Random(20131)
    columns = table(rng)
    connection = duckdb.connect()
    connection.execute("create table t (" + ", ".join(f"{n} {k}" for n, k in COLUMNS.items()) + ")")
    connection.executemany("insert into t values (" + ",".join("?" * len(COLUMNS)) + ")", list(zip(*columns.values())))
    maker = Maker(rng)
    texts = list(FIXED)
    for _ in range(420):
        texts.append(maker.of(maker.one("integer", "number", "text", "boolean", "boolean", "boolean"), maker.one(1, 2, 3)))
    for _ in range(140):
        texts.append(maker.aggregates(maker.one(0, 1, 2)))
    for _ in range(40):
        texts.append(f"{maker.aggregates(1)} {maker.one('>', '<=', '=')} {maker.one('1', '0.5', '10')}"
                     if rng.random() < 0.3 else f"{maker.one('sum', 'avg', 'min')}({maker.number(1)}) "
                     f"{maker.one('+', '*', '/', '<', '>=')} {maker.one('max', 'count')}({maker.integer(0)})")
    cases, seen = [], set()
    for text in texts:
        if text in seen:
            continue
        seen.add(text)
        try:
            rows = connection.execute(f"select {text} from t").fetchall()
        except duckdb.Error as error:
            if text in FIXED:
                raise SystemExit(f"{text}: {error}") from error
            continue
        cases.append({"expression": text, "values": [plain(row[0]) for row in rows]})
    data = [{"name": n, "type": TYPES[k], "values": [plain(v) for v in columns[n]]} for n, k in COLUMNS.items()]
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    head = ",\n".join("  " + json.dumps(column, ensure_ascii=False) for column in data)
    print('{"duckdb": "' + duckdb.__version__ + '",\n"columns": [\n' + head + '\n],\n"cases": [\n' + lines + "\n]}")


if __name__ == "__main__":
    main()
