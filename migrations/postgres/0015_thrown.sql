-- What became of a draft as somebody left it: lines of it were changed, or it was thrown away. The same as sqlite/0015_thrown.sql.
ALTER TABLE draft_left ADD COLUMN why TEXT NOT NULL DEFAULT 'changed' CHECK (why IN ('changed', 'thrown'));
