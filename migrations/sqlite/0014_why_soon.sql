-- Why everybody must learn a version soon, as whoever published it said; empty where it can wait. The same as postgres/0014_why_soon.sql.
ALTER TABLE version ADD COLUMN why_soon TEXT NOT NULL DEFAULT '';
