"""Opens a workspace's metadata.sqlite with ml-metadata 1.17.1 and prints as JSON what it sees: every execution with its
inputs and outputs, answers of filter_query, a lineage subgraph. Then writes one artifact of its own.

python mlmd_reads.py metadata.sqlite MODEL_ARTIFACT_ID
"""

import json
import sys

import ml_metadata as mlmd
from ml_metadata.proto import metadata_store_pb2 as pb

path, model_id = sys.argv[1], int(sys.argv[2])
config = pb.ConnectionConfig()
config.sqlite.filename_uri = path
config.sqlite.connection_mode = 2  # READWRITE: must exist
store = mlmd.MetadataStore(config)
artifacts = {a.id: a for a in store.get_artifacts()}


def plain(value):
    return getattr(value, value.WhichOneof("value"))


def ref(event):
    steps = [s.key if s.WhichOneof("value") == "key" else s.index for s in event.path.steps]
    artifact = artifacts[event.artifact_id]
    return {
        "id": artifact.id,
        "type": artifact.type,
        "uri": artifact.uri,
        "hash": artifact.properties["hash"].string_value,
        "n_bytes": artifact.properties["n_bytes"].int_value,
        "state": pb.Artifact.State.Name(artifact.state),
        "path": steps,
    }


executions = []
for execution in sorted(store.get_executions(), key=lambda e: e.id):
    events = sorted(store.get_events_by_execution_ids([execution.id]), key=lambda e: e.artifact_id)
    executions.append({
        "id": execution.id,
        "type": execution.type,
        "name": execution.name,
        "state": pb.Execution.State.Name(execution.last_known_state),
        "properties": {k: plain(v) for k, v in sorted(execution.properties.items())},
        "custom": {k: plain(v) for k, v in sorted(execution.custom_properties.items())},
        "inputs": [ref(e) for e in events if e.type == pb.Event.INPUT],
        "outputs": [ref(e) for e in events if e.type == pb.Event.OUTPUT],
        "contexts": sorted(c.type for c in store.get_contexts_by_execution(execution.id)),
    })


def ids(found):
    return sorted(x.id for x in found)


def options(query):
    return mlmd.ListOptions(filter_query=query)


model = artifacts[model_id]
queries = {
    "trained": ids(store.get_executions(list_options=options("type = 'lockkeeper.Train'"))),
    "statistics_steps": ids(store.get_executions(list_options=options("type = 'lockkeeper.Statistics'"))),
    "statistics_artifacts": ids(store.get_artifacts(list_options=options("type = 'lockkeeper.Statistics'"))),
    "folds": ids(store.get_executions(list_options=options("custom_properties.folds.int_value = 5"))),
    "cached": ids(store.get_executions(list_options=options("last_known_state = CACHED"))),
    "by_hash": ids(store.get_artifacts(list_options=options(
        f"properties.hash.string_value = '{model.properties['hash'].string_value}' AND state = LIVE"))),
    "of_run": ids(store.get_executions(list_options=options(
        "contexts_run.type = 'lockkeeper.PipelineRun' AND contexts_run.name = 'flights/run 1'"))),
}
subgraph = pb.LineageSubgraphQueryOptions(
    starting_artifacts=pb.LineageSubgraphQueryOptions.StartingNodes(filter_query=f"id = {model_id}"),
    max_num_hops=20,
    direction=pb.LineageSubgraphQueryOptions.UPSTREAM,
)
graph = store.get_lineage_subgraph(subgraph)
runs = store.get_contexts_by_type("lockkeeper.PipelineRun")
parents = {c.name: [p.name for p in store.get_parent_contexts_by_context(c.id)] for c in runs}
base_types = {
    name: pb.ArtifactType.SystemDefinedBaseType.Name(store.get_artifact_type(name).base_type)
    for name in ("lockkeeper.Examples", "lockkeeper.Model", "lockkeeper.Statistics", "lockkeeper.Evaluation")
}
base_types |= {
    name: pb.ExecutionType.SystemDefinedBaseType.Name(store.get_execution_type(name).base_type)
    for name in ("lockkeeper.Train", "lockkeeper.Transform", "lockkeeper.Evaluate", "lockkeeper.Push", "lockkeeper.Ingest")
}
written = pb.Artifact(
    type_id=store.get_artifact_type("lockkeeper.Model").id, name="from_python", uri="elsewhere", state=pb.Artifact.LIVE)
written.properties["hash"].string_value = "0" * 64
written.properties["n_bytes"].int_value = 12
written.custom_properties["by"].string_value = "ml-metadata"
[written_id] = store.put_artifacts([written])

print(json.dumps({
    "version": mlmd.__version__,
    "executions": executions,
    "queries": queries,
    "lineage": {"artifacts": ids(graph.artifacts), "executions": ids(graph.executions)},
    "parents": parents,
    "attributed": {c.name: ids(store.get_artifacts_by_context(c.id)) for c in runs},
    "base_types": base_types,
    "written": written_id,
}, indent=1))
