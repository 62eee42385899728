"""The other side of schema interchange, with the libraries that own the formats.

    pip install tensorflow-metadata==1.21.0 frictionless==5.21.0
    python tests/oracles/schema/tfdv.py

Writes from_python.pbtxt, a schema built as TensorFlow Metadata's own message and printed by protobuf, and reads ours.pbtxt
and ours.json, which the tests of src/validate/interchange hold against what the program writes: as a message that says what
the schema in these tests says, and as a descriptor that Frictionless finds valid and applies to rows.
"""

import json
import pathlib

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2 as pb

here = pathlib.Path(__file__).parent

schema = pb.Schema()
age = schema.feature.add(name="age", type=pb.INT)
age.presence.min_fraction, age.presence.min_count = 0.9, 1
age.value_count.min = age.value_count.max = 1
age.int_domain.min, age.int_domain.max = 0, 120
fare = schema.feature.add(name="fare", type=pb.FLOAT)
fare.presence.min_count = 1
fare.float_domain.min, fare.float_domain.disallow_nan = 0.0, True
fare.drift_comparator.jensen_shannon_divergence.threshold = 0.25
company = schema.feature.add(name="company", type=pb.BYTES, domain="companies")
company.presence.min_count = 1
company.distribution_constraints.min_domain_mass = 0.98
company.skew_comparator.infinity_norm.threshold = 0.01
company.annotation.tag.append("pii")
schema.string_domain.add(name="companies", value=["Taxi 'n' Co", "Blue"])
tip = schema.feature.add(name="tip", type=pb.FLOAT, not_in_environment=["SERVING"])
old = schema.feature.add(name="old", type=pb.BYTES, lifecycle_stage=pb.DEPRECATED)
trip = schema.feature.add(name="trip", type=pb.STRUCT)
trip.struct_domain.feature.add(name="from", type=pb.BYTES)
embedding = schema.feature.add(name="embedding", type=pb.FLOAT)
embedding.shape.dim.add(size=32)
clicked = schema.feature.add(name="clicked", type=pb.INT)
clicked.bool_domain.SetInParent()
schema.default_environment.extend(["TRAINING", "SERVING"])
schema.dataset_constraints.min_examples_count = 10
(here / "from_python.pbtxt").write_text(text_format.MessageToString(schema))

ours = text_format.Parse((here / "ours.pbtxt").read_text(), pb.Schema())
features = {f.name: f for f in ours.feature}
assert list(features) == ["id", "delay", "plain", "carrier", "answer", "paid", "day", "seen", "late", "arrival"]
assert [f.type for f in ours.feature] == [pb.INT, pb.FLOAT, pb.FLOAT, pb.BYTES, pb.BYTES, pb.INT, pb.BYTES, pb.BYTES,
                                          pb.BYTES, pb.FLOAT]
delay, carrier = features["delay"], features["carrier"]
assert (delay.presence.min_fraction, delay.presence.min_count) == (0.95, 1)
assert delay.float_domain.min == -10.5 and abs(delay.float_domain.max / 1e30 - 1) < 1e-6
assert not delay.float_domain.disallow_nan and not delay.float_domain.disallow_inf
assert features["plain"].float_domain.disallow_inf and not features["plain"].float_domain.disallow_nan
assert abs(delay.drift_comparator.jensen_shannon_divergence.threshold - 0.1) < 1e-12
assert list(carrier.string_domain.value) == ["B6", "UA", 'say "ü"\\\n']
assert abs(carrier.distribution_constraints.min_domain_mass - 0.99) < 1e-12
assert (carrier.unique_constraints.min, carrier.unique_constraints.max) == (2, 20)
assert abs(carrier.skew_comparator.infinity_norm.threshold - 0.01) < 1e-12
assert (features["answer"].bool_domain.true_value, features["answer"].presence.min_count) == ("yes", 5)
assert features["day"].time_domain.string_format == "%Y-%m-%d"
assert list(features["late"].not_in_environment) == ["SERVING"] == list(features["arrival"].not_in_environment)
assert list(features["seen"].in_environment) == ["SERVING"]
assert (ours.dataset_constraints.min_examples_count, ours.dataset_constraints.max_examples_count) == (100, 1_000_000)
assert ours.dataset_constraints.num_examples_drift_comparator.min_fraction_threshold == 0.5

from frictionless import Resource, Schema

descriptor = json.loads((here / "ours.json").read_text())
table = Schema.from_descriptor(descriptor)
assert [f.type for f in table.fields] == ["integer", "number", "number", "string", "string", "boolean", "date", "datetime",
                                          "string", "number"]
assert table.primary_key == ["id"]
rows = [
    [f.name for f in table.fields],
    [1, 2.5, 1.0, "UA", "yes", "true", "2013-01-31", "2013-01-31 10:00:00", "no", 1.0],
    [1, -11.0, None, "far too long", "yes", "true", "2013-01-31", None, "no", 1.0],
]
report = Resource(data=rows, schema=table).validate()
errors = {(e.type, getattr(e, "field_name", "")) for t in report.tasks for e in t.errors}
assert errors == {("constraint-error", "carrier"), ("constraint-error", "delay"), ("constraint-error", "plain"),
                  ("primary-key", ""), ("unique-error", "id")}
print("as expected")
