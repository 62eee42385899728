"""What TensorFlow Data Validation says of the cases in tests/cases/anomalies: writes tfdv_kinds.json.

    uv pip install "tensorflow-data-validation==1.16.1" "setuptools<80" "apache-beam<2.66"     # Python 3.11
    python tests/oracles/validate/tfdv_kinds.py

For each case with a schema.pbtxt: the kinds by column ("" for the dataset), of the data that have the fault.
"""

import json
import pathlib
import tomllib

import pandas as pd
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2

here = pathlib.Path(__file__).parent


def frame(columns):
    def values(items):
        for item in items:
            if isinstance(item, dict):
                yield from [item.get("v")] * item.get("n", 1)
            else:
                yield item

    series = {}
    for name, items in columns.items():
        whole = list(values(items))
        present = [v for v in whole if v is not None]
        if len(present) < len(whole) and present and isinstance(present[0], int):
            series[name] = pd.array(whole, dtype="Int64")
        else:
            series[name] = pd.Series([float("nan") if v is None else int(v) if isinstance(v, bool) else v for v in whole])
    return pd.DataFrame(series)


def statistics(columns):
    return tfdv.generate_statistics_from_dataframe(frame(columns))


said = {}
for path in sorted((here / "../../cases/anomalies").glob("*.toml")):
    case = tomllib.loads(path.read_text())
    if "schema" not in case:
        continue
    schema = text_format.Parse(case["schema"], schema_pb2.Schema())
    before = statistics(case["old"]) if "old" in case else None
    try:
        found = tfdv.validate_statistics(statistics(case["new"]), schema, previous_statistics=before)
    except Exception as error:  # a schema that it refuses altogether
        said[path.stem] = {"refused": [type(error).__name__]}
        continue
    name = lambda reason: anomalies_pb2.AnomalyInfo.Type.Name(reason.type)
    kinds = {column: [name(r) for r in info.reason] for column, info in found.anomaly_info.items()}
    whole = [name(r) for r in found.dataset_anomaly_info.reason]
    said[path.stem] = {column.strip("'"): sorted(names) for column, names in sorted(kinds.items())}
    if whole:
        said[path.stem][""] = whole
(here / "tfdv_kinds.json").write_text(json.dumps(said, indent=1) + "\n")
