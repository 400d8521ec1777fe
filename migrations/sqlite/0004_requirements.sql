-- Who must know what by when: requirements with their policies, paths, assignments, and what follows from them. Dates are days since
-- 1970-01-01; a day `until_on` is the first on which it is over, the largest there is while no end is known. The same tables as
-- postgres/0004_requirements.sql.

CREATE TABLE job_role (
    name TEXT PRIMARY KEY
) STRICT;
INSERT INTO job_role SELECT DISTINCT job_role FROM tenure;

-- A document that some people must hold. `update_of` is set for a mandatory update, which asks for what is completed from `from_on` on.
CREATE TABLE requirement (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    name TEXT NOT NULL UNIQUE,
    refresher_id INTEGER REFERENCES document (id),
    update_of INTEGER REFERENCES requirement (id),
    from_on INTEGER NOT NULL,
    by_id INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX requirement_of_document ON requirement (document_id);

-- Versions of a policy: cycles that open from `from_on` on follow it; one that recalculates acts on open ones too.
CREATE TABLE policy (
    id INTEGER PRIMARY KEY,
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    from_on INTEGER NOT NULL,
    recalculates INTEGER NOT NULL,
    body TEXT NOT NULL,
    by_id INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX policy_of_requirement ON policy (requirement_id, from_on, id);

CREATE TABLE path (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE path_step (
    path_id INTEGER NOT NULL REFERENCES path (id),
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    position INTEGER NOT NULL,
    due_days INTEGER NOT NULL,
    PRIMARY KEY (path_id, requirement_id)
) STRICT;

-- The rule that gives a requirement, or each of a path, to an audience.
CREATE TABLE assignment (
    id INTEGER PRIMARY KEY,
    requirement_id INTEGER REFERENCES requirement (id),
    path_id INTEGER REFERENCES path (id),
    audience TEXT NOT NULL CHECK (audience IN ('everybody', 'department', 'role', 'person', 'holders')),
    department_id INTEGER REFERENCES department (id),
    job_role TEXT,
    person_id INTEGER REFERENCES person (id),
    from_on INTEGER NOT NULL,
    until_on INTEGER NOT NULL,
    by_id INTEGER,
    at INTEGER NOT NULL,
    CHECK ((requirement_id IS NULL) <> (path_id IS NULL))
) STRICT;

-- What each person's obligations come from: an assignment that reached them, from a day on until another.
CREATE TABLE obligation_source (
    person_id INTEGER NOT NULL REFERENCES person (id),
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    assignment_id INTEGER NOT NULL REFERENCES assignment (id),
    from_on INTEGER NOT NULL,
    until_on INTEGER NOT NULL,
    days INTEGER,
    PRIMARY KEY (person_id, requirement_id, assignment_id, from_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX obligation_source_of ON obligation_source (requirement_id, person_id);

-- People whose sources and projections must be made anew, since a rule changed on a day. A page about one of them sees to it first.
CREATE TABLE stale (
    person_id INTEGER PRIMARY KEY,
    since_on INTEGER NOT NULL
) STRICT;

-- Projections of the facts, which can be thrown away and rebuilt. `standing` holds stretches of days between two changes, from which
-- the status of any day is computed; it never holds a status.
CREATE TABLE standing (
    person_id INTEGER NOT NULL REFERENCES person (id),
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    from_on INTEGER NOT NULL,
    until_on INTEGER NOT NULL,
    overlay INTEGER NOT NULL,
    away INTEGER NOT NULL,
    held INTEGER NOT NULL,
    valid_through INTEGER,
    window_on INTEGER,
    grace_on INTEGER,
    cycle_no INTEGER NOT NULL,
    opened_on INTEGER,
    due_on INTEGER,
    missing INTEGER,
    renewal INTEGER NOT NULL,
    refresher_on INTEGER,
    late INTEGER NOT NULL,
    last_late INTEGER NOT NULL,
    PRIMARY KEY (person_id, requirement_id, from_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_due ON standing (due_on, until_on) WHERE due_on IS NOT NULL;
CREATE INDEX standing_missing ON standing (person_id) WHERE missing IS NOT NULL;

CREATE TABLE cycle (
    person_id INTEGER NOT NULL REFERENCES person (id),
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    no INTEGER NOT NULL,
    opened_on INTEGER NOT NULL,
    due_on INTEGER,
    completed_on INTEGER,
    valid_through INTEGER,
    late INTEGER NOT NULL,
    PRIMARY KEY (person_id, requirement_id, no)
) STRICT, WITHOUT ROWID;

-- Somebody who stands in for a manager, from a day through another; `from_at` and `until_at` are the instants at which those days
-- begin and end.
CREATE TABLE deputy (
    id INTEGER PRIMARY KEY,
    manager_id INTEGER NOT NULL REFERENCES person (id),
    deputy_id INTEGER NOT NULL REFERENCES person (id),
    from_on INTEGER NOT NULL,
    to_on INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    by_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    CHECK (manager_id <> deputy_id),
    CHECK (from_on <= to_on)
) STRICT;
CREATE INDEX deputy_of ON deputy (deputy_id, to_on);

-- What somebody was reminded of: each once (rule 19). `message_key` names the message it went out with.
CREATE TABLE reminder (
    person_id INTEGER NOT NULL REFERENCES person (id),
    requirement_id INTEGER NOT NULL REFERENCES requirement (id),
    cycle_no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    days INTEGER NOT NULL,
    on_day INTEGER NOT NULL,
    message_key TEXT NOT NULL,
    PRIMARY KEY (person_id, requirement_id, cycle_no, kind, days)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_of_person ON reminder (person_id, on_day);

-- How a site reckons working days, and its own settings of reminders: JSON.
ALTER TABLE site ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
