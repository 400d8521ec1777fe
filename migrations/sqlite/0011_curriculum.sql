-- What is written once for all courseware: the paths that are suggested, and the competencies. Where a row is missing, what came with the
-- program holds. `rev` counts the changes, so that two who write it see each other's.
CREATE TABLE shared_file (
    name TEXT PRIMARY KEY CHECK (name IN ('paths.yaml', 'competencies.yaml')),
    source TEXT NOT NULL,
    rev INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES person (id)
) STRICT;
