-- Browsers that somebody has signed in with before: they keep their own allowance of tries, so that nobody can lock a colleague out
-- by guessing at their login. One browser may be many people's. The same table as postgres/0002_devices.sql.

CREATE TABLE device (
    hash BLOB NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (hash, person_id)
) STRICT;
CREATE INDEX device_of_person ON device (person_id);
CREATE INDEX audit_of_object ON audit (object, id);
