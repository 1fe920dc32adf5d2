-- When newsletters go out, and what is done about it.

ALTER TABLE newsletter ADD COLUMN editors TEXT NOT NULL DEFAULT ''; -- addresses

CREATE TABLE schedule (
    newsletter_id INTEGER PRIMARY KEY
        REFERENCES newsletter (id) ON DELETE CASCADE,
    every TEXT NOT NULL,                -- as it was written; '' is none
    rule TEXT NOT NULL,                 -- of RFC 5545, on local clocks
    begins TEXT NOT NULL,               -- local time it is counted from
    except_dates TEXT NOT NULL DEFAULT '', -- local dates
    policy TEXT NOT NULL DEFAULT 'auto'
        CHECK (policy IN ('auto', 'approve', 'object')),
    object_s INTEGER NOT NULL DEFAULT 0,
    lead_s INTEGER NOT NULL,
    grace_s INTEGER NOT NULL,
    since INTEGER NOT NULL,
    look_at INTEGER NOT NULL DEFAULT 0, -- nothing to do before …
    look_zone TEXT NOT NULL DEFAULT ''  -- … unless the zone has changed
) STRICT;

-- What became of each time of a schedule. One row a time: it is never
-- looked at twice.
CREATE TABLE occurrence (
    newsletter_id INTEGER NOT NULL
        REFERENCES newsletter (id) ON DELETE CASCADE,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('short', 'made', 'none', 'missed')),
    issue_id INTEGER REFERENCES issue (id) ON DELETE SET NULL,
    next_at INTEGER NOT NULL DEFAULT 0, -- short: tried again then
    PRIMARY KEY (newsletter_id, due_at)
) STRICT, WITHOUT ROWID;

-- What holds a scheduled issue, and until when it may still go out.
CREATE TABLE plan (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    due_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    needs_approval INTEGER NOT NULL DEFAULT 0,
    approved_at INTEGER,
    anyway INTEGER NOT NULL DEFAULT 0,  -- in spite of what lint found
    asked_at INTEGER                    -- when editors were reminded
) STRICT;

CREATE INDEX issue_under_way ON issue (state, scheduled_at)
    WHERE state IN ('scheduled', 'sending');

-- How the jobs of `digest run` fare.
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    last_at INTEGER NOT NULL,           -- last tried
    good_at INTEGER NOT NULL DEFAULT 0, -- last done
    next_at INTEGER NOT NULL DEFAULT 0, -- not before
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    failing_since INTEGER,
    error TEXT NOT NULL DEFAULT '',
    told_at INTEGER                     -- when the operator was told
) STRICT, WITHOUT ROWID;

-- Counts what can't be taken back: issues started, messages sent. The file
-- beside the database holds the same number; when that is ahead, this is a
-- copy from an earlier time.
CREATE TABLE counter (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    identity TEXT NOT NULL,
    number INTEGER NOT NULL
) STRICT;

INSERT INTO counter (one, identity, number)
VALUES (1, lower(hex(randomblob(16))), 0);
