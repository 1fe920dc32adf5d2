-- Pictures as they are kept, in one width or two. The name is the hash of what
-- the large one is made of, so that what bears it never changes.
CREATE TABLE picture (
    name TEXT PRIMARY KEY,              -- HASH.jpg, HASH.png
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    small_width INTEGER NOT NULL,       -- 0: there is no small one
    small_height INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    unused_since INTEGER,               -- NULL: used, when it was last looked
    small BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- What became of an article's picture.
CREATE TABLE article_picture (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    url TEXT NOT NULL,                  -- the article's image_url that it is of;
                                        -- '': an editor gave it as a file
    picture TEXT REFERENCES picture (name), -- NULL: it wasn't to be had yet
    failures INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0, -- not tried before
    error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX article_picture_name ON article_picture (picture)
    WHERE picture IS NOT NULL;

-- What an issue was started with, and what an editor chose for one issue.
ALTER TABLE story ADD COLUMN picture TEXT NOT NULL DEFAULT '';
ALTER TABLE issue_choice ADD COLUMN picture TEXT NOT NULL DEFAULT '';
CREATE INDEX story_picture ON story (picture) WHERE picture <> '';

-- All that refers to pictures: what isn't in here is swept away.
CREATE VIEW picture_use (name) AS
    SELECT picture FROM article_picture WHERE picture IS NOT NULL
    UNION ALL SELECT picture FROM story WHERE picture <> ''
    UNION ALL SELECT picture FROM issue_choice WHERE picture <> '';

-- Articles without an address of their own, whose pictures are fetched.
CREATE INDEX article_unlinked ON article (fresh_at)
    WHERE url = '' AND image_url <> '';
