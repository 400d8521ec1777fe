-- People in bulk: first and last day of work, imports with what undoes the last one, and files that wait to be confirmed. Days are days
-- since 1970-01-01. The same tables as postgres/0006_roster.sql.

-- `left_on` is the last day worked. `withdrawn_at` is set where the import that added somebody was undone.
ALTER TABLE person ADD COLUMN hired_on INTEGER;
ALTER TABLE person ADD COLUMN left_on INTEGER;
ALTER TABLE person ADD COLUMN withdrawn_at INTEGER;
CREATE INDEX person_leaving ON person (left_on) WHERE left_on IS NOT NULL AND disabled_at IS NULL;

-- The facts that an import wrote are those from `first_fact` to `last_fact`; it holds the end of the ledger while it writes them.
CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by_id INTEGER REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('people', 'history')),
    file_name TEXT NOT NULL,
    summary TEXT NOT NULL,
    token_hash BLOB UNIQUE,
    first_fact INTEGER,
    last_fact INTEGER,
    undone_at INTEGER
) STRICT;

-- Whom the last import touched, with the revision it left them at and how they were before; nothing for those it added.
CREATE TABLE import_person (
    import_id INTEGER NOT NULL REFERENCES import (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    rev INTEGER NOT NULL,
    before TEXT,
    PRIMARY KEY (import_id, person_id)
) STRICT;

-- A file between its preview and its confirmation, under the hash of its token.
CREATE TABLE import_file (
    token_hash BLOB PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('people', 'history')),
    file_name TEXT NOT NULL,
    everybody INTEGER NOT NULL,
    new_departments INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX import_file_age ON import_file (at);
