-- Standing pieces that a newsletter carries, and those that its issues
-- carried, as they stood when each was started.
CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    newsletter_id INTEGER NOT NULL REFERENCES newsletter (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'sponsor', 'event')),
    place TEXT NOT NULL CHECK (place IN ('top', 'section', 'story', 'bottom')),
    section TEXT NOT NULL,              -- a heading, where it stands after one
    story INTEGER NOT NULL,             -- from 1, where it stands after one
    from_day TEXT NOT NULL,             -- '2026-12-24'; '': open
    until_day TEXT NOT NULL,
    languages TEXT NOT NULL,            -- one a line; '': any
    text TEXT NOT NULL                  -- Markdown
) STRICT;
CREATE INDEX block_newsletter ON block (newsletter_id);

CREATE TABLE issue_block (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    block_id INTEGER NOT NULL,          -- it may be gone by now
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    section TEXT NOT NULL,
    story INTEGER NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    languages TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;
