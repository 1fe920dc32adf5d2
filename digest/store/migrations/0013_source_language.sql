-- The language of a source's articles that don't say theirs.
ALTER TABLE source ADD COLUMN language TEXT NOT NULL DEFAULT '';
