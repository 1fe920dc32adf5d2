-- The table of kinds says which kinds of sources there are: the database
-- keeps their names without a list of its own. A CHECK goes with its column.
ALTER TABLE source RENAME COLUMN kind TO kind_checked;
ALTER TABLE source ADD COLUMN kind TEXT NOT NULL DEFAULT 'hand';
UPDATE source SET kind = kind_checked;
ALTER TABLE source DROP COLUMN kind_checked;
