"""The schema interchange against the other side's own programs.

    python -m venv /root/.cache/venv-interchange
    /root/.cache/venv-interchange/bin/pip install frictionless tensorflow-metadata
    /root/.cache/venv-interchange/bin/python tests/oracles/schema/make.py

With frictionless 5.21.0 and tensorflow-metadata 1.21.0. `ours.pbtxt` and `ours.json` are what Lockkeeper exports of
`schema.json` (tests/schema_interchange.rs holds that they are, and writes them anew with LOCKKEEPER_WRITE_ORACLES=1). This
script demands that protobuf reads the first as exactly the message that is built here, and that frictionless finds nothing
wrong with the second; then it writes `python.pbtxt`, a message built here as protobuf prints it, and `errors.json`, what
frictionless finds in `rows.csv` by the second.
"""

import collections
import csv
import json
import pathlib

from frictionless import Resource, Schema
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2 as pb

HERE = pathlib.Path(__file__).parent


def feature(schema, name, kind, role=None, **presence):
    f = schema.feature.add(name=name, type=kind)
    if presence:
        f.presence.CopyFrom(pb.FeaturePresence(**presence))
    if role:
        f.annotation.tag.append("role:" + role)
    return f


def one_value(f):
    f.shape.dim.add(size=1)


def expected():
    """The message that `schema.json` stands for."""
    s = pb.Schema(default_environment=["TRAINING", "SERVING"])
    f = feature(s, "id", pb.INT, "key", min_fraction=1.0)
    one_value(f)
    f.int_domain.min = 1
    f = feature(s, 'carrier "IATA"', pb.BYTES, "feature", min_fraction=1.0)
    one_value(f)
    f.domain = 'carrier "IATA"'
    f.unique_constraints.min, f.unique_constraints.max = 0, 2**63 - 1
    f.unique_constraints.max = 40
    f.drift_comparator.infinity_norm.threshold = 0.05
    f.drift_comparator.jensen_shannon_divergence.threshold = 0.25
    f.skew_comparator.infinity_norm.threshold = 0.125
    s.string_domain.add(name='carrier "IATA"', value=["B6", "EV", "Ü\\n"])
    f = feature(s, "share", pb.FLOAT, "feature", min_fraction=0.9, min_count=3)
    f.value_count.min = f.value_count.max = 1
    # 0.7 in 32 bits is below 0.7; the next number is the smallest bound that lets 0.7 pass.
    f.float_domain.min, f.float_domain.max = -0.5, 0.70000005
    f.float_domain.disallow_nan = f.float_domain.disallow_inf = True
    f = feature(s, "name", pb.BYTES, "ignored", min_count=1)
    f.value_count.min = f.value_count.max = 1
    f = feature(s, "ready", pb.INT, "feature", min_fraction=1.0)
    one_value(f)
    f.bool_domain.SetInParent()
    f = feature(s, "day", pb.BYTES, "time", min_fraction=1.0)
    one_value(f)
    f.time_domain.string_format = "%Y-%m-%d"
    f = feature(s, "late", pb.BYTES, "target", min_fraction=1.0)
    one_value(f)
    f.bool_domain.true_value, f.bool_domain.false_value = "yes", "no"
    f.not_in_environment.append("SERVING")
    s.dataset_constraints.min_examples_count = 10
    s.dataset_constraints.num_examples_drift_comparator.min_fraction_threshold = 0.5
    return s


def another():
    """What a user of TensorFlow Data Validation may have: domains by name and inline, an environment by default."""
    s = pb.Schema(default_environment=["TRAINING"])
    f = feature(s, "Größe\t\"x\"", pb.FLOAT, min_fraction=1.0, min_count=1)
    one_value(f)
    f.domain = "sizes"
    s.float_domain.add(name="sizes", min=0.1, max=float("inf"), disallow_nan=True)
    f.in_environment.append("SERVING")
    f = feature(s, "code", pb.BYTES, min_count=1)
    f.value_count.min = f.value_count.max = 1
    f.string_domain.value.extend(["b\n", "a\\", "\x01é"])
    f.distribution_constraints.min_domain_mass = 0.95
    f.in_environment.append("SERVING")
    f.drift_comparator.normalized_abs_difference.threshold = 1e-05
    f = feature(s, "label", pb.INT, min_fraction=1.0)
    f.int_domain.min, f.int_domain.max = -3, 2**40
    s.dataset_constraints.max_examples_count = 123456789012
    return s


def main():
    ours = text_format.Parse((HERE / "ours.pbtxt").read_text("utf-8"), pb.Schema())
    assert ours == expected(), f"{text_format.MessageToString(ours)}\n---\n{text_format.MessageToString(expected())}"
    print("protobuf reads our text as the expected message:", len(ours.feature), "features")
    (HERE / "python.pbtxt").write_text(text_format.MessageToString(another()), "utf-8")

    descriptor = json.loads((HERE / "ours.json").read_text("utf-8"))
    problems = list(Schema.metadata_validate(descriptor))
    assert not problems, problems
    schema = Schema.from_descriptor(descriptor)
    names = [c["name"] for c in json.loads((HERE / "schema.json").read_text("utf-8"))["columns"]]
    assert schema.field_names == names, schema.field_names
    rows(names)
    report = Resource(path="rows.csv", basepath=str(HERE), schema=schema).validate()
    found = collections.Counter()
    for error in report.tasks[0].errors:
        note = error.note.split(" is ")[0].replace("constraint ", "").strip('"')
        found[f"{getattr(error, 'field_name', '')}: {error.type}: {note}"] += 1
    (HERE / "errors.json").write_text(json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(dict(found), indent=1, ensure_ascii=False))


def rows(names):
    """60 rows; the faults are set below."""
    lines = [
        [i + 1, ["B6", "EV"][i % 2], round(-0.4 + i / 60, 3), "abcde"[: 2 + i % 4], ["true", "false"][i % 3 == 0],
         f"2013-0{1 + i % 9}-1{i % 10}", ["yes", "no"][i % 4 == 0]]
        for i in range(60)
    ]
    lines[5][1], lines[9][1], lines[33][1] = "XX", "YY", "XX"
    lines[7][2], lines[8][2], lines[50][2] = 0.9, 0.71, -0.6
    lines[11][3], lines[12][3], lines[13][3], lines[14][3] = "abcdef", "abcdefg", "a", "toolong"
    lines[20][0] = 20
    lines[30][4] = lines[31][4] = ""
    lines[40][0] = 0
    with (HERE / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(lines)


if __name__ == "__main__":
    main()
