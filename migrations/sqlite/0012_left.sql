-- Two who write one draft: whose hand its earlier texts come from, and texts that somebody left before others changed their lines.
-- Instants are microseconds. The same tables as postgres/0012_left.sql.

-- Who kept a text, and when; empty for those kept before this was written down.
ALTER TABLE draft_text ADD COLUMN by_id INTEGER REFERENCES person (id);
ALTER TABLE draft_text ADD COLUMN at INTEGER;

-- A draft as somebody kept it last before somebody else changed or took away lines of theirs: the last few of each name. They outlive
-- the draft when it is published, and go when it is thrown away.
CREATE TABLE draft_left (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('module', 'scenario', 'quiz', 'job-aid')),
    slug TEXT NOT NULL,
    source TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL,
    -- Who changed those lines, and when.
    changed_by INTEGER NOT NULL REFERENCES person (id),
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_left_slug ON draft_left (slug);
