-- The outbox: what is to be sent, what was, and what became of it; and who wants no more of what is not duty. The same tables as
-- postgres/0005_messages.sql.

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('duty', 'recall', 'digest', 'test')),
    -- What makes it one message, however often it is asked for.
    key TEXT NOT NULL UNIQUE,
    to_address TEXT NOT NULL,
    to_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    -- 'sending' is written before it goes out. Where nothing follows it is 'unsure' and is not sent again by itself.
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'filed', 'failed', 'unsure', 'bounced', 'skipped')),
    tries INTEGER NOT NULL DEFAULT 0,
    next_try_at INTEGER NOT NULL,
    lease_until INTEGER,
    lease_owner TEXT,
    sent_at INTEGER,
    error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX message_waiting ON message (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX message_sending ON message (lease_until) WHERE state = 'sending';
CREATE INDEX message_bounced ON message (person_id) WHERE state = 'bounced';
CREATE INDEX message_by_state ON message (state, id);
CREATE INDEX message_of_person ON message (person_id, id);
CREATE INDEX message_to ON message (to_address, id);
CREATE INDEX message_age ON message (made_at);

-- A row means: no more of this kind. What is duty has no row.
CREATE TABLE mail_choice (
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('recall', 'digest')),
    off_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, kind)
) STRICT;

-- What the links to unsubscribe are signed with. Whoever reads it can do no more than unsubscribe people.
CREATE TABLE mail_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
) STRICT;
