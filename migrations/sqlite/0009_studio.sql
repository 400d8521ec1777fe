-- What trainers write before it is published, one for each name in addresses. `rev` counts its changes, so that two who write it see
-- each other's.
CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('module', 'scenario', 'quiz', 'job-aid')),
    slug TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    rev INTEGER NOT NULL,
    -- The version it was taken from; none for something new.
    base_id INTEGER REFERENCES version (id),
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES person (id)
) STRICT;
-- Earlier texts of a draft, some of them, to bring together what two wrote at once.
CREATE TABLE draft_text (
    draft_id INTEGER NOT NULL REFERENCES draft (id),
    rev INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (draft_id, rev)
) STRICT;
-- Its images: the target as written, and what it holds.
CREATE TABLE draft_asset (
    draft_id INTEGER NOT NULL REFERENCES draft (id),
    target TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES asset (hash),
    PRIMARY KEY (draft_id, target)
) STRICT;
-- What a version changes for those who learned the one before: nothing, or something from their next cycle on. Empty where nobody said.
ALTER TABLE version ADD COLUMN change TEXT NOT NULL DEFAULT '' CHECK (change IN ('', 'editorial', 'material'));
