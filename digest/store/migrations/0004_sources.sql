-- Sources that are fetched again and again, and how that goes.

ALTER TABLE source ADD COLUMN kind TEXT NOT NULL DEFAULT 'hand'
    CHECK (kind IN ('hand', 'feed', 'wordpress', 'path'));
ALTER TABLE source ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN etag TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN last_modified TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN last_fetched_at INTEGER; -- the last that went well
ALTER TABLE source ADD COLUMN failing_since INTEGER;
ALTER TABLE source ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0; -- not before
ALTER TABLE source ADD COLUMN last_error TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN removed_at INTEGER; -- its articles stay

-- Their names for categories, and ours for the same.
CREATE TABLE source_map (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,                 -- theirs, folded; what is compared
    theirs TEXT NOT NULL,
    ours TEXT NOT NULL,
    PRIMARY KEY (source_id, slug)
) STRICT, WITHOUT ROWID;
