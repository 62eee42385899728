"""Reads what Lockkeeper writes with the packages of the formats: ml-metadata, openlineage-python, mlcroissant, frictionless,
tensorflow-metadata and, on loopback, an MLflow server.

    python3.11 -m venv venv
    venv/bin/pip install mlflow openlineage-python mlcroissant frictionless tensorflow-metadata ml-metadata \
        jsonschema onnx onnxruntime pandas
    venv/bin/python tests/oracles/interchange/read_all.py BINARY FILE TARGET [--no-mlflow] [--spec FOLDER]

FILE is any table that pandas reads as CSV. A workspace is made of it and run; everything is exported and read back, and values are
compared with pandas' own reading of FILE. With --spec, a folder with OpenLineage's spec (OpenLineage.json and facets/), every event
is held against the JSON Schemas. Exits with 1 where anything differs.
"""

import argparse
import datetime
import hashlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pandas as pd

PROBLEMS: list[str] = []


def check(holds: bool, what: str) -> None:
    if not holds:
        PROBLEMS.append(what)
        print("WRONG", what)


def run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in (0, 5):
        sys.exit(f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def same(ours, theirs) -> bool:
    """Whether two cells are the same value."""
    missing = lambda v: v is None or v is pd.NaT or (isinstance(v, float) and math.isnan(v)) or v == ""
    if missing(ours) or missing(theirs):
        return missing(ours) and missing(theirs)
    if isinstance(ours, bytes):
        ours = ours.decode()
    if isinstance(ours, (bool,)) or isinstance(theirs, (bool,)):
        return str(ours).lower() == str(theirs).lower()
    try:
        return float(ours) == float(theirs)
    except (TypeError, ValueError):
        pass
    if isinstance(ours, (datetime.date, datetime.datetime, pd.Timestamp)):
        return pd.Timestamp(ours) == pd.Timestamp(theirs)
    return str(ours).strip() == str(theirs).strip()


def read_mlmd(workspace: Path, n_runs: int) -> None:
    from ml_metadata import metadata_store
    from ml_metadata.proto import metadata_store_pb2 as pb

    config = pb.ConnectionConfig()
    config.sqlite.filename_uri = str(workspace / "metadata.sqlite")
    config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READONLY
    store = metadata_store.MetadataStore(config)
    runs = store.get_contexts_by_type("lockkeeper.PipelineRun")
    check(len(runs) == n_runs, f"ml-metadata sees {len(runs)} runs")
    trained = store.get_executions_by_type("lockkeeper.Train")
    check(bool(trained), "ml-metadata sees no training")
    for one in trained:
        if one.last_known_state == pb.Execution.COMPLETE:
            check(one.properties["cpu_seconds"].double_value > 0, "no CPU seconds of a training")
            check(one.properties["peak_memory_bytes"].int_value > 1 << 20, "no memory of a training")
            check("seed" in one.properties, "no seed of a training")
    models = store.get_artifacts_by_type("lockkeeper.Model")
    check(all((workspace / model.uri).exists() for model in models), "a model's file is missing")
    print(f"ml-metadata: {len(runs)} runs, {len(trained)} trainings, {len(models)} models")


def read_openlineage(events: list[dict], spec: Path | None) -> None:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

    starts, ends = {}, {}
    for event in events:
        RunEvent(
            eventTime=event["eventTime"],
            producer=event["producer"],
            run=Run(runId=event["run"]["runId"]),
            job=Job(namespace=event["job"]["namespace"], name=event["job"]["name"]),
            eventType=RunState(event["eventType"]),
        )
        known = starts if event["eventType"] == "START" else ends
        check(event["run"]["runId"] not in known, f"two {event['eventType']} of one run")
        known[event["run"]["runId"]] = event
    check(set(starts) == set(ends), "a run that begins and does not end, or ends and does not begin")
    for key, event in ends.items():
        check(event["eventTime"] >= starts[key]["eventTime"], "an end before its beginning")
    times = [event["eventTime"] for event in events]
    check(times == sorted(times), "events are not in the order of their times")
    names = {d["name"] for e in events for d in e["outputs"] if d["namespace"] == "file"}
    check(all(Path(name).exists() for name in names), "an output that is no file")
    if spec is not None:
        import jsonschema
        from referencing import Registry, Resource

        resources = []
        for path in [spec / "OpenLineage.json", *(spec / "facets").glob("*.json")]:
            document = json.loads(path.read_text())
            resources.append((document["$id"], Resource.from_contents(document)))
        registry = Registry().with_resources(resources)
        known = {name for name, _ in resources}
        base = {"$ref": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}
        validator = jsonschema.Draft202012Validator(base, registry=registry, format_checker=jsonschema.FormatChecker())
        n_facets = 0
        for event in events:
            for error in validator.iter_errors(event):
                check(False, f"{event['job']['name']} {event['eventType']}: {error.message}")
            holders = [event["run"], event["job"], *event["inputs"], *event["outputs"]]
            for holder in holders:
                for name, facet in {**holder.get("facets", {}), **holder.get("outputFacets", {})}.items():
                    url, _, place = facet["_schemaURL"].partition("#")
                    if url in known and "facets" in url:
                        n_facets += 1
                        one = jsonschema.Draft202012Validator({"$ref": f"{url}#{place}"}, registry=registry)
                        for error in one.iter_errors(facet):
                            check(False, f"facet {name}: {error.message}")
        print(f"openlineage: {n_facets} facets hold against their schemas")
    print(f"openlineage: {len(events)} events of {len(ends)} runs")


def read_croissant(folder: Path, frame: pd.DataFrame) -> None:
    import mlcroissant as mlc

    dataset = mlc.Dataset(jsonld=str(folder / "croissant.json"))
    [name] = [record_set.id for record_set in dataset.metadata.record_sets]
    titles = {f"{name}/{at}": field.name for at, field in enumerate(dataset.metadata.record_sets[0].fields)}
    n_rows = 0
    for n_rows, (record, (_, row)) in enumerate(zip(dataset.records(name), frame.iterrows()), 1):
        for key, value in record.items():
            title = titles[key]
            if not same(value, row[title]):
                check(False, f"croissant: row {n_rows}, {title}: {value!r} instead of {row[title]!r}")
                return
    check(n_rows == len(frame), f"croissant: {n_rows} rows of {len(frame)}")
    print(f"mlcroissant: {n_rows} rows, {len(titles)} fields")


def read_data_package(folder: Path, frame: pd.DataFrame) -> None:
    from frictionless import Package, validate

    report = validate(str(folder / "datapackage.json"))
    errors = [error.message for task in report.tasks for error in task.errors]
    check(report.valid, f"frictionless: {errors[:3] or report.errors}")
    rows = Package(str(folder / "datapackage.json")).resources[0].read_rows()
    check(len(rows) == len(frame), f"frictionless: {len(rows)} rows of {len(frame)}")
    for number, (row, (_, expected)) in enumerate(zip(rows, frame.iterrows()), 1):
        for title, value in row.to_dict().items():
            if not same(value, expected[title]):
                check(False, f"frictionless: row {number}, {title}: {value!r} instead of {expected[title]!r}")
                return
    for path in folder.glob("*.csv"):
        descriptor = json.loads((folder / "datapackage.json").read_text())["resources"]
        [resource] = [one for one in descriptor if one["path"] == path.name]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        check(resource["hash"] == f"sha256:{digest}", f"frictionless: hash of {path.name}")
    print(f"frictionless: {len(rows)} rows, valid: {report.valid}")


def read_tfdv(folder: Path, frame: pd.DataFrame) -> None:
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2, statistics_pb2

    schema = text_format.Parse((folder / "schema.pbtxt").read_text(), schema_pb2.Schema())
    check({f.name for f in schema.feature} == set(frame.columns), "tfdv: features of the schema")
    statistics = text_format.Parse(
        (folder / "stats.pbtxt").read_text(), statistics_pb2.DatasetFeatureStatisticsList()
    )
    [dataset] = statistics.datasets
    check(dataset.num_examples == len(frame), f"tfdv: {dataset.num_examples} examples")
    for feature in dataset.features:
        name = feature.path.step[0]
        common = (feature.num_stats if feature.HasField("num_stats") else feature.string_stats).common_stats
        check(common.num_missing == int(frame[name].isna().sum()), f"tfdv: missing in {name}")
        if feature.HasField("num_stats") and feature.type == statistics_pb2.FeatureNameStatistics.FLOAT:
            check(math.isclose(
                feature.num_stats.mean, frame[name].mean(), rel_tol=1e-9, abs_tol=1e-12 * frame[name].std()
            ), f"tfdv: mean of {name}")
    anomalies = anomalies_pb2.Anomalies()
    if (folder / "anomalies.pbtxt").exists():
        text_format.Parse((folder / "anomalies.pbtxt").read_text(), anomalies)
    print(f"tensorflow-metadata: {len(schema.feature)} features, {len(anomalies.anomaly_info)} columns with anomalies")


def read_mlflow(binary: str, workspace: Path, frame: pd.DataFrame, file: Path, folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    mlflow_command = str(Path(sys.executable).with_name("mlflow"))
    server = subprocess.Popen(
        [mlflow_command, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "store")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=folder,
    )
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        push = [binary, "export", "mlflow", "--workspace", str(workspace), "--all", "--to", address]
        run(*push)
        run(*push)
        os.environ["MLFLOW_TRACKING_URI"] = address
        import mlflow
        from mlflow.tracking import MlflowClient

        client = MlflowClient(address)
        experiments = [e for e in client.search_experiments() if e.name != "Default"]
        check(len(experiments) == 1, f"mlflow: {len(experiments)} experiments")
        runs = client.search_runs([experiments[0].experiment_id])
        recorded = json.loads(run(binary, "runs", "--workspace", str(workspace), "--json"))
        check(len(runs) == len(recorded), f"mlflow: {len(runs)} runs of {len(recorded)}, pushed twice")
        newest = runs[-1]
        check(newest.data.params.get("seed") is not None, "mlflow: no seed among the parameters")
        check(any(key.startswith("test.") for key in newest.data.metrics), "mlflow: no metrics")
        [registered] = client.search_registered_models()
        versions = client.search_model_versions(f"name='{registered.name}'")
        ours = json.loads(run(binary, "models", "--workspace", str(workspace), "--json"))
        check(len(versions) == len(ours), f"mlflow: {len(versions)} versions of {len(ours)}, pushed twice")
        in_production = [m for m in ours if "production" in m["aliases"]]
        if in_production:
            theirs = client.get_model_version_by_alias(registered.name, "production")
            check(theirs.tags["lockkeeper.version"] == str(in_production[0]["version"]), "mlflow: alias production")
        version = versions[0]
        loaded = mlflow.pyfunc.load_model(f"models:/{registered.name}/{version.version}")
        answers = folder / "answers.csv"
        run(binary, "predict", f"v{version.tags['lockkeeper.version']}", "--workspace", str(workspace),
            "--data", str(file), "--out", str(answers))
        expected = pd.read_csv(answers)
        rows = frame.copy()
        for spec in loaded.metadata.get_input_schema():
            if spec.type.name == "double":
                rows[spec.name] = rows[spec.name].astype("float64")
            elif spec.type.name == "datetime":
                rows[spec.name] = pd.to_datetime(rows[spec.name])
            elif spec.type.name == "string":
                rows[spec.name] = rows[spec.name].astype(object).where(rows[spec.name].notna(), None)
        given = loaded.predict(rows[loaded.metadata.get_input_schema().input_names()])
        numbers = [c for c in expected.columns if c.startswith("probability_")] or ["prediction"]
        theirs, expected_numbers = given[numbers].to_numpy(float), expected[numbers].to_numpy(float)
        worst = float((abs(theirs - expected_numbers) / (1 + abs(expected_numbers))).max())
        check(worst < 1e-5, f"mlflow: the loaded model differs by {worst}")
        if numbers != ["prediction"]:
            labels = given["prediction"].astype(str) == expected["prediction"].astype(str)
            check(labels.all(), f"mlflow: {(~labels).sum()} labels differ")
        print(f"mlflow: the loaded model answers within {worst:.1e} of ours")
        print(f"mlflow: {len(runs)} runs, {len(versions)} versions, pushed twice, once there")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("file", type=Path)
    parser.add_argument("target")
    parser.add_argument("--no-mlflow", action="store_true")
    parser.add_argument("--spec", type=Path)
    given = parser.parse_args()
    binary = str(Path(given.binary).absolute())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        workspace = folder / "work space ü"
        run(binary, "init", str(workspace), "--data", str(given.file), "--target", given.target)
        run(binary, "run", "--workspace", str(workspace))
        run(binary, "run", "--workspace", str(workspace))
        place = ["--workspace", str(workspace)]
        frame = pd.read_csv(given.file, keep_default_na=False, na_values=["", "NA", "N/A", "NULL", "null", "?", "nan", "NaN"])
        read_mlmd(workspace, 2)
        lines = run(binary, "export", "openlineage", "--all", *place).splitlines()
        read_openlineage([json.loads(line) for line in lines], given.spec)
        for kind, read in (("croissant", read_croissant), ("data-package", read_data_package), ("tfdv", read_tfdv)):
            run(binary, "export", kind, "--to", str(folder / kind), *place)
            read(folder / kind, frame)
        if not given.no_mlflow:
            read_mlflow(binary, workspace, frame, given.file.absolute(), folder)
    print("all read" if not PROBLEMS else f"{len(PROBLEMS)} problems")
    sys.exit(bool(PROBLEMS))


if __name__ == "__main__":
    main()
