-- What near-duplicates are told by, made at import; NULL: not yet.
ALTER TABLE article ADD COLUMN signature BLOB;

-- Rules of a newsletter. Lists have one item a line; 0 is no limit.
ALTER TABLE newsletter ADD COLUMN most_articles INTEGER NOT NULL DEFAULT 0;
ALTER TABLE newsletter ADD COLUMN per_source INTEGER NOT NULL DEFAULT 0;
ALTER TABLE newsletter ADD COLUMN per_author INTEGER NOT NULL DEFAULT 0;
ALTER TABLE newsletter ADD COLUMN half_life_s INTEGER NOT NULL DEFAULT 259200
    CHECK (half_life_s > 0);
ALTER TABLE newsletter ADD COLUMN only_languages TEXT NOT NULL DEFAULT '';
ALTER TABLE newsletter ADD COLUMN excluded TEXT NOT NULL DEFAULT '';
ALTER TABLE section ADD COLUMN title TEXT NOT NULL DEFAULT ''; -- '': its names
ALTER TABLE section ADD COLUMN at_least INTEGER NOT NULL DEFAULT 0;

-- What a source has ahead of others: added to a score, and the better one
-- is taken of near-duplicates.
CREATE TABLE newsletter_boost (
    newsletter_id INTEGER NOT NULL
        REFERENCES newsletter (id) ON DELETE CASCADE,
    source_id INTEGER NOT NULL REFERENCES source (id),
    boost INTEGER NOT NULL,
    PRIMARY KEY (newsletter_id, source_id)
) STRICT, WITHOUT ROWID;

-- Those that no selection sees, so that the others can be counted.
CREATE INDEX article_apart ON article (fresh_at, published_at)
    WHERE withdrawn_at IS NOT NULL OR source_id = 0;
