-- Questions between cycles, and the link of a calendar. The same tables as postgres/0007_recall.sql.

-- A session of a few questions after a completion, begun by its first answer. `no` counts those since that completion; `key` says which
-- questions a form was drawn for. `paper` holds what is asked, each with its version, so that a session goes on as it began.
CREATE TABLE recall_session (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    since_fact INTEGER NOT NULL REFERENCES fact (seq),
    no INTEGER NOT NULL,
    key BLOB NOT NULL,
    paper TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (since_fact, no)
) STRICT;
CREATE UNIQUE INDEX recall_session_open ON recall_session (since_fact) WHERE ended_at IS NULL;
CREATE INDEX recall_session_of_person ON recall_session (person_id, id);

-- `item` names what was asked, whatever the words; `question` the words. `session_on` is the day in the site's zone.
CREATE TABLE recall_answer (
    session_id INTEGER NOT NULL REFERENCES recall_session (id),
    no INTEGER NOT NULL,
    version_id INTEGER NOT NULL REFERENCES version (id),
    item TEXT NOT NULL,
    question TEXT NOT NULL,
    session_on INTEGER NOT NULL,
    answer TEXT NOT NULL,
    correct INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (session_id, no)
) STRICT;

-- The secret of somebody's calendar, as a hash: whoever has the link reads titles and days.
CREATE TABLE calendar_link (
    person_id INTEGER PRIMARY KEY REFERENCES person (id),
    hash BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL
) STRICT;
