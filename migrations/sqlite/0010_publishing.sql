-- Publishing: what was withdrawn, who wrote a draft and who looked it over, and updates that are asked for with a version. Instants are
-- microseconds. The same tables as postgres/0010_publishing.sql.

-- Since when nobody begins it any more. The version that was live last stays, for whoever is in the middle and for the history.
ALTER TABLE document ADD COLUMN withdrawn_at INTEGER;

-- Everybody who wrote a draft since it was begun: none of them approves it.
CREATE TABLE draft_writer (
    draft_id INTEGER NOT NULL REFERENCES draft (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (draft_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO draft_writer (draft_id, person_id) SELECT id, changed_by FROM draft;

-- The last asking for a second pair of eyes, and what came of it. It is about one revision: of another one it says nothing, and of
-- revision 0 there is none.
CREATE TABLE draft_review (
    draft_id INTEGER PRIMARY KEY REFERENCES draft (id),
    rev INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'sent-back')),
    asked_by INTEGER NOT NULL REFERENCES person (id),
    asked_at INTEGER NOT NULL,
    by_id INTEGER REFERENCES person (id),
    at INTEGER,
    note TEXT NOT NULL DEFAULT ''
) STRICT;

-- Of a mandatory update: the version that it asks for; a completion of an earlier one is none of it. Empty for those asked for before
-- this was kept.
ALTER TABLE requirement ADD COLUMN since_version_id INTEGER REFERENCES version (id);

-- A trainer published something and says that everybody who holds a requirement must learn it soon; administrators decide. One for
-- each requirement: a later one takes its place.
CREATE TABLE update_wish (
    requirement_id INTEGER PRIMARY KEY REFERENCES requirement (id),
    version_id INTEGER NOT NULL REFERENCES version (id),
    days INTEGER NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL
) STRICT;
