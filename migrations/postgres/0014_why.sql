-- Why a new version must be learned soon, as whoever asks for it said: of a mandatory update, and of the wish for one. Empty for those of
-- old. The same as sqlite/0014_why.sql.
ALTER TABLE requirement ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE update_wish ADD COLUMN why TEXT NOT NULL DEFAULT '';
