-- Reports: which departments a change reached, the numbers of each month's end, saved views, and files that wait for their owner. Days
-- are days since 1970-01-01, instants microseconds. The same tables as postgres/0008_reports.sql.

-- Attempts at one document, for what they say about it.
CREATE INDEX attempt_of_document ON attempt (document_id, id);

-- Lists over everybody by date: what is open and not known to end, what is open and ends, and what counts until a day.
DROP INDEX standing_due;
CREATE INDEX standing_due ON standing (due_on, person_id, requirement_id) WHERE until_on = 2147483647 AND due_on IS NOT NULL;
CREATE INDEX standing_ending ON standing (until_on) WHERE until_on < 2147483647 AND due_on IS NOT NULL;
CREATE INDEX standing_valid ON standing (valid_through, person_id, requirement_id) WHERE valid_through IS NOT NULL;

-- The departments whose people something happened to (0 for people without one), and the first day that is other since then. Whoever
-- keeps numbers of a department makes them anew. On SQLite, where one writes at a time, `seq` is the order of the commits.
CREATE TABLE touched (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    department_id INTEGER NOT NULL,
    since_on INTEGER NOT NULL,
    at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
) STRICT;
CREATE INDEX touched_age ON touched (at);
CREATE TRIGGER tenure_begun AFTER INSERT ON tenure BEGIN
    INSERT INTO touched (department_id, since_on) VALUES (new.department_id, new.from_on), (0, new.from_on);
    INSERT INTO job_role (name) VALUES (new.job_role) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER tenure_gone AFTER DELETE ON tenure BEGIN
    INSERT INTO touched (department_id, since_on) VALUES (old.department_id, old.from_on), (0, old.from_on);
END;
CREATE TRIGGER tenure_moved AFTER UPDATE ON tenure BEGIN
    INSERT INTO touched (department_id, since_on) SELECT d.id, CASE
            WHEN old.department_id = new.department_id AND old.job_role = new.job_role AND old.from_on = new.from_on
            THEN min(old.until_on, new.until_on) ELSE min(old.from_on, new.from_on) END
        FROM (SELECT old.department_id AS id UNION SELECT new.department_id UNION SELECT 0) d;
END;

-- Every job role that anybody ever had has its name here from now on.
INSERT INTO job_role (name) SELECT DISTINCT job_role FROM tenure WHERE true ON CONFLICT DO NOTHING;

-- A month's end that was counted, and the numbers as they were known then: they stay. `day` is the last day of the month.
CREATE TABLE month_end (
    day INTEGER PRIMARY KEY,
    counted_at INTEGER NOT NULL
) STRICT;
CREATE TABLE month_tally (
    day INTEGER NOT NULL REFERENCES month_end (day),
    department_id INTEGER NOT NULL,
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    assigned INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    compliant INTEGER NOT NULL,
    not_yet_due INTEGER NOT NULL,
    due_soon INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    grace INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    on_leave INTEGER NOT NULL,
    exempt INTEGER NOT NULL,
    PRIMARY KEY (day, department_id, requirement_id)
) STRICT, WITHOUT ROWID;
-- Since which day the numbers of a department may be other than they were counted.
CREATE TABLE month_touched (
    department_id INTEGER PRIMARY KEY,
    since_on INTEGER NOT NULL
) STRICT;

-- A report with its filters, under somebody's own name for it.
CREATE TABLE saved_view (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    report TEXT NOT NULL,
    query TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (person_id, name)
) STRICT;
-- When it is mailed by itself, and to whom; each reads the rows that they may see.
CREATE TABLE view_mailing (
    view_id INTEGER PRIMARY KEY REFERENCES saved_view (id),
    every TEXT NOT NULL CHECK (every IN ('week', 'month')),
    next_on INTEGER NOT NULL
) STRICT;
CREATE TABLE view_recipient (
    view_id INTEGER NOT NULL REFERENCES saved_view (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (view_id, person_id)
) STRICT, WITHOUT ROWID;

-- A file that is made in the background for one person, and is kept for seven days. `rights` are those it was made with: who has lost
-- one of them since does not get it any more.
CREATE TABLE export (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES person (id),
    report TEXT NOT NULL,
    query TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('csv', 'csv-excel', 'xlsx', 'pdf', 'zip')),
    title TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    done_rows INTEGER NOT NULL DEFAULT 0,
    all_rows INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0,
    rights TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    made_at INTEGER NOT NULL,
    ended_at INTEGER,
    lease_until INTEGER,
    lease_owner TEXT
) STRICT;
CREATE INDEX export_of_person ON export (person_id, id);
CREATE INDEX export_open ON export (id) WHERE state IN ('waiting', 'running');
CREATE INDEX export_age ON export (made_at);
CREATE TABLE export_part (
    export_id INTEGER NOT NULL REFERENCES export (id),
    no INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (export_id, no)
) STRICT;

-- What was recorded for many at once from a list, so that it can be taken back as one.
CREATE TABLE bulk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES person (id),
    deed TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_at INTEGER
) STRICT;
CREATE INDEX bulk_of_person ON bulk (person_id, id);
CREATE TABLE bulk_fact (
    bulk_id INTEGER NOT NULL REFERENCES bulk (id),
    fact_seq INTEGER NOT NULL REFERENCES fact (seq),
    PRIMARY KEY (bulk_id, fact_seq)
) STRICT, WITHOUT ROWID;
-- The messages that reminded many at once. A message goes after half a year; that it was written stays.
CREATE TABLE bulk_message (
    bulk_id INTEGER NOT NULL REFERENCES bulk (id),
    message_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (bulk_id, message_id)
) STRICT, WITHOUT ROWID;

-- The last day of which it was seen who had moved then, so that managers lose what they managed there.
ALTER TABLE meta ADD COLUMN moved_on INTEGER;
