-- Lockkeeper's own tables, version 1. A shipped version is never edited: a change is a new file and one more entry in
-- `database::MIGRATIONS`. Plain SQL only (no STRICT): the SQLite inside other programs has to parse it too.

CREATE TABLE lk_env (
    version INTEGER PRIMARY KEY
);

-- Which execution answers for a cache key, and with how many outputs.
CREATE TABLE lk_cache (
    key TEXT NOT NULL,
    execution_id INTEGER NOT NULL REFERENCES Execution (id) ON DELETE CASCADE,
    n_outputs INTEGER NOT NULL,
    PRIMARY KEY (key, execution_id)
) WITHOUT ROWID;

-- Units of work inside an execution, in the order in which they were handed over.
CREATE TABLE lk_unit (
    execution_id INTEGER NOT NULL REFERENCES Execution (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    lane TEXT NOT NULL,
    name TEXT NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    PRIMARY KEY (execution_id, position)
) WITHOUT ROWID;

-- The runs by their own numbers 1, 2, 3 ...; AUTOINCREMENT: a number is never given twice, also when its run was deleted.
CREATE TABLE lk_run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    context_id INTEGER NOT NULL UNIQUE REFERENCES Context (id) ON DELETE CASCADE,
    pipeline TEXT NOT NULL,
    pipeline_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    data_verdict TEXT,
    model_verdict TEXT,
    promoted INTEGER,
    started INTEGER NOT NULL,
    finished INTEGER
);

CREATE TABLE lk_model_version (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    algorithm TEXT NOT NULL,
    created INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES lk_run (number) ON DELETE CASCADE,
    artifact_id INTEGER NOT NULL REFERENCES Artifact (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    metrics TEXT NOT NULL,
    replaced INTEGER,
    PRIMARY KEY (name, version),
    UNIQUE (name, hash)
);

CREATE TABLE lk_model_alias (
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, alias),
    FOREIGN KEY (name, version) REFERENCES lk_model_version (name, version) ON DELETE CASCADE
);

-- A ledger: it keeps what happened even when a version is deleted later, so that numbers are never given twice.
CREATE TABLE lk_registry_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    action TEXT NOT NULL,
    alias TEXT,
    version INTEGER NOT NULL,
    previous INTEGER,
    who TEXT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE lk_schema_version (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    artifact_id INTEGER NOT NULL REFERENCES Artifact (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL
);

-- One row for each time a model was served, with the process that serves it; `stopped` is null while it does.
CREATE TABLE lk_service_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL,
    address TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started INTEGER NOT NULL,
    stopped INTEGER,
    interrupted INTEGER NOT NULL DEFAULT 0
);
