"""Recording executions: Lockkeeper's store beside ml-metadata, on the same disk, in one run.

    cargo bench --no-run --bench ledger
    python3.11 -m venv venv && venv/bin/pip install ml-metadata
    venv/bin/python benches/ledger.py target/release/deps/ledger-…

Each execution has five inputs, five outputs and twenty properties. ml-metadata puts the execution with its artifacts, events and
contexts in one call (`put_execution`), in SQLite, as it comes: its connection does not wait for the disk less than ours does. Prints
milliseconds an execution, the best of three alternating rounds, and the ratios.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ml_metadata import metadata_store
from ml_metadata.proto import metadata_store_pb2 as pb

N = 450
N_PEER = 150


def peer(folder: Path) -> float:
    config = pb.ConnectionConfig()
    config.sqlite.filename_uri = str(folder / "peer.sqlite")
    config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    store = metadata_store.MetadataStore(config)
    artifact_type = pb.ArtifactType(name="Examples")
    for name in ("hash", "name"):
        artifact_type.properties[name] = pb.STRING
    artifact_type.properties["n_bytes"] = pb.INT
    artifact_type_id = store.put_artifact_type(artifact_type)
    execution_type = pb.ExecutionType(name="Train")
    for number in range(20):
        execution_type.properties[f"parameter_{number}"] = pb.INT
    execution_type_id = store.put_execution_type(execution_type)
    context_type_id = store.put_context_type(pb.ContextType(name="Run"))
    context = pb.Context(type_id=context_type_id, name="run 1")
    [context.id] = store.put_contexts([context])

    def artifact(name: str) -> pb.Artifact:
        made = pb.Artifact(type_id=artifact_type_id, uri=f"artifacts/{name}", name=name, state=pb.Artifact.LIVE)
        made.properties["hash"].string_value = name
        made.properties["n_bytes"].int_value = 1000
        return made

    inputs = [artifact(f"input {place}") for place in range(5)]
    for one, known in zip(inputs, store.put_artifacts(inputs)):
        one.id = known

    def event(kind: int, port: str) -> pb.Event:
        made = pb.Event(type=kind)
        made.path.steps.add().key = port
        made.path.steps.add().index = 0
        return made

    begun = time.perf_counter()
    for number in range(N_PEER):
        execution = pb.Execution(type_id=execution_type_id, last_known_state=pb.Execution.COMPLETE)
        for place in range(20):
            execution.properties[f"parameter_{place}"].int_value = place
        pairs = [(one, event(pb.Event.INPUT, f"input_{place}")) for place, one in enumerate(inputs)]
        for place in range(5):
            pairs.append((artifact(f"output {number} {place}"), event(pb.Event.OUTPUT, f"output_{place}")))
        store.put_execution(execution, pairs, [context])
    return (time.perf_counter() - begun) / N_PEER * 1e3


def ours(bench: str, folder: Path) -> dict:
    out = subprocess.run([bench, "record", str(folder), str(N), "--bench"], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def main() -> None:
    bench = sys.argv[1]
    rounds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            rounds.append((ours(bench, Path(folder) / "ours"), peer(Path(folder))))
    one = min(r["one_by_one_ms"] for r, _ in rounds)
    together = min(r["together_ms"] for r, _ in rounds)
    theirs = min(p for _, p in rounds)
    print(
        json.dumps(
            {
                "one_by_one_ms": round(one, 3),
                "together_ms": round(together, 3),
                "ml_metadata_ms": round(theirs, 3),
                "ratio_one_by_one": round(theirs / one, 1),
                "ratio_together": round(theirs / together, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
