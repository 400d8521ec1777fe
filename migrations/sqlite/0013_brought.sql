-- What came of the last files that were brought into the studio, so that its report has an address and can be come back to. Instants are
-- microseconds. The same tables as postgres/0013_brought.sql.
CREATE TABLE brought (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id),
    file_name TEXT NOT NULL,
    -- How many drafts it became, and the whole report in JSON.
    drafts INTEGER NOT NULL,
    report TEXT NOT NULL
) STRICT;
