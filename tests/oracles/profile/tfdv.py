"""Holds `lockkeeper export statistics` against tensorflow-metadata, which parses the file, and against pandas.

    pip install tensorflow-metadata pandas
    python tests/oracles/profile/tfdv.py target/debug/lockkeeper
"""

import pathlib
import subprocess
import sys
import tempfile

import pandas as pd
from tensorflow_metadata.proto.v0 import statistics_pb2

binary = sys.argv[1]
rows = 997
frame = pd.DataFrame(
    {
        "whole": [k * k % 101 - 7 for k in range(rows)],
        "real": [None if k % 13 == 0 else (k * 37 % 500) / 8 for k in range(rows)],
        "text": [None if k % 17 == 3 else ["ja", "nein", "vielleicht", "né"][k * k % 4] for k in range(rows)],
        "truth": [k % 3 == 0 for k in range(rows)],
        "day": [f"2024-01-{k % 28 + 1:02d}" for k in range(rows)],
    }
)
with tempfile.TemporaryDirectory() as folder:
    data, out = pathlib.Path(folder, "data.csv"), pathlib.Path(folder, "stats.pb")
    frame.to_csv(data, index=False)
    subprocess.run([binary, "export", "statistics", data, "--out", out], check=True)
    found = statistics_pb2.DatasetFeatureStatisticsList.FromString(out.read_bytes())

(dataset,) = found.datasets
assert dataset.name == "data.csv" and dataset.num_examples == rows
assert [list(f.path.step) for f in dataset.features] == [[c] for c in frame.columns]
kinds = [statistics_pb2.FeatureNameStatistics.Type.Name(f.type) for f in dataset.features]
assert kinds == ["INT", "FLOAT", "STRING", "INT", "STRING"], kinds
for feature in dataset.features:
    values = frame[feature.path.step[0]].dropna()
    numeric = feature.WhichOneof("stats") == "num_stats"
    stats = feature.num_stats if numeric else feature.string_stats
    assert stats.common_stats.num_non_missing == len(values), feature
    assert stats.common_stats.num_missing == rows - len(values), feature
    if numeric:
        numbers = values.astype(float)
        expected = [numbers.mean(), numbers.std(ddof=0), numbers.min(), numbers.median(), numbers.max()]
        got = [stats.mean, stats.std_dev, stats.min, stats.median, stats.max]
        assert all(abs(a - b) <= 1e-12 * max(1, abs(b)) for a, b in zip(got, expected)), (got, expected)
        assert stats.num_zeros == (numbers == 0).sum(), feature
        for histogram in stats.histograms:
            assert not histogram.buckets or sum(b.sample_count for b in histogram.buckets) == len(values)
    else:
        assert stats.unique == values.nunique(), feature
        counts = values.value_counts()
        assert {t.value: t.frequency for t in stats.top_values}.items() <= counts.to_dict().items(), feature
        assert stats.rank_histogram.buckets[0].sample_count == counts.max(), feature
print("as tensorflow-metadata and pandas have it")
