-- What a learner does beyond reading: role-plays and quizzes, what they wrote for themselves, certificates, images, feedback, search.
-- The same tables as postgres/0003_activities.sql.

ALTER TABLE site ADD COLUMN tokens TEXT NOT NULL DEFAULT '{}';

-- `seed` decides the order of choices and answers, `paper` holds the questions that were drawn. A score is in hundredths of a percent.
-- `passed` is empty for modules, and for what is open or was left.
ALTER TABLE attempt ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN seed BLOB;
ALTER TABLE attempt ADD COLUMN paper TEXT;
ALTER TABLE attempt ADD COLUMN score INTEGER;
ALTER TABLE attempt ADD COLUMN passed INTEGER;

CREATE TABLE step_made_anew (
    attempt_id INTEGER NOT NULL REFERENCES attempt (id),
    no INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'check', 'choice', 'back', 'answer', 'hand_in')),
    node TEXT NOT NULL,
    answer TEXT,
    correct INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, no)
) STRICT;
INSERT INTO step_made_anew SELECT attempt_id, no, kind, node, answer, correct, at FROM step;
DROP TABLE step;
ALTER TABLE step_made_anew RENAME TO step;

-- What somebody wrote for themselves on a page. It belongs to them alone, and can be changed and erased.
CREATE TABLE reflection (
    person_id INTEGER NOT NULL REFERENCES person (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    node TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person_id, document_id, node)
) STRICT;

-- More time or another attempt at a quiz, for one person: each is added to those before.
CREATE TABLE allowance (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    minutes INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX allowance_of_person ON allowance (person_id, document_id);

-- A certificate says what was so when it was issued; nothing changes it afterwards.
CREATE TABLE certificate (
    number TEXT PRIMARY KEY,
    fact_seq INTEGER NOT NULL UNIQUE REFERENCES fact (seq),
    person_id INTEGER NOT NULL REFERENCES person (id),
    organisation TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    completed_on INTEGER NOT NULL,
    valid_through INTEGER,
    issued_at INTEGER NOT NULL
) STRICT;

-- What somebody said of a module they completed: from 1 to 5, once for each completion.
CREATE TABLE feedback (
    attempt_id INTEGER PRIMARY KEY REFERENCES attempt (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    useful INTEGER NOT NULL CHECK (useful BETWEEN 1 AND 5),
    clear INTEGER NOT NULL CHECK (clear BETWEEN 1 AND 5),
    confident INTEGER NOT NULL CHECK (confident BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_of_document ON feedback (document_id);

CREATE TABLE asset (
    hash BLOB PRIMARY KEY,
    mime TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE version_asset (
    version_id INTEGER NOT NULL REFERENCES version (id),
    target TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES asset (hash),
    PRIMARY KEY (version_id, target)
) STRICT;

-- The words of live documents, folded: small letters and digits without marks, so that both engines find the same. `rowid` is the
-- document.
CREATE VIRTUAL TABLE search USING fts5 (title, body, tokenize = "unicode61 remove_diacritics 0");
