"""Lets ml-metadata make a database and dumps its schema as JSON: the expected values of tests/store_mlmd.rs.

Run with a Python that has ml-metadata 1.17.1:  python mlmd_schema.py > mlmd_schema.json
"""

import json
import os
import sqlite3
import tempfile

from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2 as pb


def dump(path):
    db = sqlite3.connect(path)
    tables = {}
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"):
        columns = [list(row[1:]) for row in db.execute(f"PRAGMA table_info({name})")]
        indexes = []
        for _, index, unique, origin, partial in db.execute(f"PRAGMA index_list({name})"):
            keys = [row[2] for row in db.execute(f"PRAGMA index_info({index})")]
            sql = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()[0]
            where = sql.replace("`", "").split(" WHERE ")[1].strip() if sql and " WHERE " in sql else None
            indexes.append([index if origin == "c" else None, unique, origin, partial, keys, where])
        tables[name] = {"columns": columns, "indexes": sorted(indexes, key=json.dumps)}
    types = [list(row) for row in db.execute("SELECT id, name, type_kind FROM Type ORDER BY id LIMIT 9")]
    version = [row[0] for row in db.execute("SELECT schema_version FROM MLMDEnv")]
    return {"tables": tables, "base_types": types, "schema_version": version}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mlmd.sqlite")
        config = pb.ConnectionConfig()
        config.sqlite.filename_uri = path
        config.sqlite.connection_mode = 3
        MetadataStore(config)
        print(json.dumps(dump(path), indent=1, sort_keys=True))
