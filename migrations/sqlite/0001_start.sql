-- The start: people and their rights, sessions, documents, attempts, the ledger. Dates are days since 1970-01-01, instants
-- microseconds. The same tables as postgres/0001_start.sql.

CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema INTEGER NOT NULL,
    schema_name TEXT NOT NULL,
    config_rev INTEGER NOT NULL
) STRICT;
INSERT INTO meta (id, schema, schema_name, config_rev) VALUES (1, 0, '', 1);

CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    locale TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    employee_no TEXT,
    email TEXT,
    search TEXT NOT NULL,
    password_hash TEXT,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    rev INTEGER NOT NULL DEFAULT 1,
    CHECK (employee_no IS NOT NULL OR email IS NOT NULL)
) STRICT;
CREATE INDEX person_by_name ON person (sort_name, id);

-- What a person may type to sign in, in lower case. One table for both kinds, so that no staff number is another one's e-mail.
CREATE TABLE login (
    key TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'staff')),
    UNIQUE (person_id, kind)
) STRICT;

CREATE TABLE department (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES department (id),
    name TEXT NOT NULL,
    rev INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX department_name ON department (coalesce(parent_id, 0), name);

-- Every department with itself and everything under it.
CREATE TABLE department_below (
    ancestor_id INTEGER NOT NULL REFERENCES department (id),
    department_id INTEGER NOT NULL REFERENCES department (id),
    PRIMARY KEY (ancestor_id, department_id)
) STRICT;
CREATE INDEX department_above ON department_below (department_id);

-- Where somebody works, from a day on until the day before another: one department a day.
CREATE TABLE tenure (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    department_id INTEGER NOT NULL REFERENCES department (id),
    job_role TEXT NOT NULL,
    from_on INTEGER NOT NULL,
    until_on INTEGER NOT NULL,
    CHECK (from_on < until_on),
    UNIQUE (person_id, from_on)
) STRICT;
CREATE INDEX tenure_by_department ON tenure (department_id, until_on, from_on);

CREATE TABLE right_held (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    held TEXT NOT NULL CHECK (held IN ('trainer', 'manager', 'administrator')),
    department_id INTEGER REFERENCES department (id),
    CHECK ((held = 'manager') = (department_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX right_once ON right_held (person_id, held, coalesce(department_id, 0));

CREATE TABLE session (
    id_hash BLOB PRIMARY KEY,
    person_id INTEGER REFERENCES person (id),
    data BLOB NOT NULL,
    seen_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_person ON session (person_id);
CREATE INDEX session_end ON session (ends_at);

CREATE TABLE link (
    hash BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('set_up', 'invite', 'reset', 'code')),
    person_id INTEGER REFERENCES person (id),
    by_id INTEGER REFERENCES person (id),
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at INTEGER
) STRICT;
CREATE INDEX link_of_person ON link (person_id, kind);

CREATE TABLE counter (
    key TEXT PRIMARY KEY,
    n INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;

CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    live_version_id INTEGER REFERENCES version (id)
) STRICT;

CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    scoring_hash BLOB NOT NULL,
    frozen TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    by_id INTEGER REFERENCES person (id),
    UNIQUE (document_id, content_hash)
) STRICT;

CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    version_id INTEGER NOT NULL REFERENCES version (id),
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX attempt_open ON attempt (person_id, document_id) WHERE ended_at IS NULL;
CREATE INDEX attempt_newest ON attempt (person_id, document_id, id);

-- What happened in an attempt; its number makes a step happen once.
CREATE TABLE step (
    attempt_id INTEGER NOT NULL REFERENCES attempt (id),
    no INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'check')),
    node TEXT NOT NULL,
    answer TEXT,
    correct INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, no)
) STRICT;

-- The ledger: appended, never changed. Its chain covers every column but the hash, and the commitment to the body.
CREATE TABLE fact (
    seq INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    by_id INTEGER,
    effective_on INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person_id INTEGER,
    document_id INTEGER,
    version_id INTEGER,
    attempt_id INTEGER,
    supersedes INTEGER REFERENCES fact (seq),
    commitment BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX fact_of_person ON fact (person_id, kind, document_id);
CREATE UNIQUE INDEX fact_superseded ON fact (supersedes) WHERE supersedes IS NOT NULL;
CREATE UNIQUE INDEX fact_completed_once ON fact (attempt_id) WHERE kind = 'completed' AND supersedes IS NULL;

-- The part of a fact that can be erased without breaking the chain.
CREATE TABLE fact_body (
    seq INTEGER PRIMARY KEY REFERENCES fact (seq),
    salt BLOB NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE ledger_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO ledger_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

-- A form's token with what it did, so that the same form sent again gets the first answer.
CREATE TABLE form_token (
    token BLOB PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    action TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX form_token_age ON form_token (at);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who INTEGER,
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    from_address TEXT
) STRICT;
CREATE INDEX audit_by_person ON audit (who, id);
