-- What editors choose for one issue; it stays when that is drafted again.

ALTER TABLE issue ADD COLUMN preheader TEXT NOT NULL DEFAULT ''; -- '': derived
ALTER TABLE issue ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- each change

CREATE TABLE issue_choice (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article (id),
    dropped INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0,   -- in its section, from 1; 0: by rank
    section TEXT NOT NULL DEFAULT '',   -- a heading; '': by its categories
    title TEXT NOT NULL DEFAULT '',     -- '': the article's own
    summary TEXT NOT NULL DEFAULT '',   -- Markdown; '': the article's own
    PRIMARY KEY (issue_id, article_id)
) STRICT, WITHOUT ROWID;

-- A link that an editor adds to one issue is an article of this source, and
-- no other issue takes it.
INSERT INTO source (id, address, name, created_at)
VALUES (0, 'link:', 'links of one issue', 0);
