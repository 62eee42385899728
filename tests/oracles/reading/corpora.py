"""Scores how the real binary reads dirty delimited files of public corpora.

    corpora.py BINARY DIRECTORY [--show WORD ...]

DIRECTORY holds one checked-out repository per corpus, named OWNER+NAME. No file of a corpus belongs to this project.
Every file is profiled (`BINARY profile FILE --json`); the outcome is compared with what the corpus expects, where it
says so, and with Python's reading of the corpus's clean counterpart. The outcomes:

    right     names and number of rows (and missing values of each column, where the counterpart says them) are expected
    stated    other than expected, but a finding of the file says what was done
    refused   exit code 3 with a reason
    WRONG     other than expected and nothing said
    CRASH     a signal, a panic, exit code 70, or more than 20 s
    read      read, and the corpus has no expectation
"""

import collections
import csv
import glob
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

NULLS = {"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "-", "#N/A"}


def profile(binary, path):
    """The profile, or the message and the exit code."""
    try:
        done = subprocess.run(
            [binary, "profile", path, "--json"], capture_output=True, timeout=20
        )
    except subprocess.TimeoutExpired:
        return None, "takes more than 20 s", -1
    text = done.stderr.decode(errors="replace")
    if done.returncode == 0:
        return json.loads(done.stdout), text, 0
    return None, (done.stdout.decode(errors="replace") + text).strip(), done.returncode


def clean_table(path, delimiter=",", encoding="utf-8-sig"):
    """Names and rows of a clean file."""
    with open(path, newline="", encoding=encoding) as stream:
        rows = [row for row in csv.reader(stream, delimiter=delimiter) if row]
    return (rows[0], rows[1:]) if rows else ([], [])


def expectations(root):
    """Path of each file, and its names and rows as expected; `None` where nothing is."""
    pollock = os.path.join(root, "HPI-Information-Systems+Pollock")
    for part in ("polluted_files", "survey_sample"):
        for path in sorted(glob.glob(os.path.join(pollock, part, "csv", "*"))):
            clean = os.path.join(pollock, part, "clean", os.path.basename(path))
            try:
                yield path, clean_table(clean)
            except (OSError, UnicodeError, csv.Error):
                yield path, None
    for name, folder in (("max-mapper+csv-spectrum", "csvs"), ("sineemore+csv-test-data", "csv")):
        for path in sorted(glob.glob(os.path.join(root, name, folder, "*.csv"))):
            base = os.path.basename(path)[: -len(".csv")]
            answer = os.path.join(root, name, "json", base + ".json")
            yield path, json_table(answer) if os.path.exists(answer) else None
    for pattern in ("**/*.csv", "**/*.tsv", "**/*.CSV", "**/*.csv.gz", "**/*.TSV", "**/*.txt"):
        for path in sorted(glob.glob(os.path.join(root, "*/", pattern), recursive=True)):
            known = ("Pollock", "csv-spectrum", "csv-test-data")
            if os.path.getsize(path) and not any(k in path for k in known):
                yield path, None


def json_table(path):
    """Names and rows of a list of objects, or of a list of lists."""
    with open(path, encoding="utf-8") as stream:
        rows = json.load(stream)
    if isinstance(rows, dict):
        rows = rows.get("rows") or rows.get("records") or [rows]
    if rows and isinstance(rows[0], list):
        return rows[0], rows[1:]
    names = list(rows[0]) if rows else []
    return names, [[row.get(name, "") for name in names] for row in rows]


def missing(rows, n_columns):
    cells = [[(row[c] if c < len(row) else "") for row in rows] for c in range(n_columns)]
    return [sum(cell.strip() in NULLS for cell in column) for column in cells]


def same_names(found, expected):
    """Whether names are the expected ones, or what stands for no name and for a second time the same."""
    if len(found) != len(expected):
        return False
    made = [f"column_{n + 1}" for n in range(len(found))]
    numbered = [re.fullmatch(r"col_\d+", name) for name in expected]
    if found == made and all(numbered):
        return True
    return all(
        name == wanted
        or (not wanted and name == own)
        or (expected.count(wanted) > 1 and re.fullmatch(re.escape(wanted) + r"_\d+", name))
        for name, wanted, own in zip(found, expected, made)
    )


def same_table(found, expected):
    """What differs: the column, if it is about one, and in words."""
    names, rows = expected
    columns = found["columns"]
    differences = []
    if len(rows) != found["n_rows"]:
        differences.append((None, f"{found['n_rows']} rows instead of {len(rows)}"))
    if not same_names([c["name"] for c in columns], [n.strip() for n in names]):
        differences.append((None, f"names {[c['name'] for c in columns]} instead of {names}"))
    elif not differences:
        for column, n in zip(columns, missing(rows, len(names))):
            if column["n_missing"] != n:
                words = f"{column['name']}: {column['n_missing']} missing, not {n}"
                differences.append((column["name"], words))
    return differences


def judge(binary, path, expected):
    found, message, code = profile(binary, path)
    if found is None:
        outcome = "refused" if code == 3 and "panicked" not in message else "CRASH"
        return outcome, message
    findings = [f for f in found["findings"]]
    stated = [f["message"] for f in findings if not f.get("column")]
    shape = f"{found['n_rows']} rows, {[c['name'] for c in found['columns']][:12]}"
    if expected is None:
        return "read", f"{shape}; {stated}"
    differences = same_table(found, expected)
    if not differences:
        return "right", ""
    told = {f.get("column") for f in findings}
    words = "; ".join(words for _, words in differences)
    is_told = all(column in told for column, _ in differences)
    return ("stated" if stated or is_told else "WRONG"), f"{words[:300]} | {stated}"


def main():
    binary, root = sys.argv[1], sys.argv[2]
    shown = set(sys.argv[4:]) if "--show" in sys.argv else {"WRONG", "CRASH"}
    cases = list(expectations(root))
    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(lambda case: judge(binary, *case), cases)
        totals = collections.defaultdict(collections.Counter)
        for (path, _), (outcome, message) in zip(cases, outcomes):
            corpus = os.path.relpath(path, root).split(os.sep)[0]
            totals[corpus][outcome] += 1
            if outcome in shown:
                print(outcome, os.path.relpath(path, root), " / ".join(message.split("\n"))[:600], sep="\t")
    for corpus, counts in totals.items():
        print(corpus, dict(counts))


if __name__ == "__main__":
    main()
