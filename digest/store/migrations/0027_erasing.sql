-- Whom a notice is about, wherever it goes: it is withdrawn when they are
-- erased. NULL: nobody, or queued before this was kept.
ALTER TABLE notice ADD COLUMN subscriber_id INTEGER;
CREATE INDEX notice_about ON notice (subscriber_id, created_at)
    WHERE subscriber_id IS NOT NULL;

-- When a pending subscription was last asked for, by a mail of its own: its
-- links count from then on. 0: before this was kept.
ALTER TABLE subscription ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;

-- What somebody had before they changed their address by a link: for as long
-- as they may take that back from the old one.
CREATE TABLE address_past (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- in a link: never used again
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    moved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX address_past_subscriber ON address_past (subscriber_id);

CREATE TABLE address_past_choice (
    past_id INTEGER NOT NULL REFERENCES address_past (id) ON DELETE CASCADE,
    newsletter_id INTEGER NOT NULL
        REFERENCES newsletter (id) ON DELETE CASCADE,
    categories TEXT NOT NULL,
    paused_until INTEGER NOT NULL,
    PRIMARY KEY (past_id, newsletter_id)
) STRICT, WITHOUT ROWID;

-- What strangers asked for on a page, until it is done: the answer is the
-- same, and as quick, whoever they are.
CREATE TABLE reader_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter_id INTEGER REFERENCES newsletter (id) ON DELETE CASCADE,
                                        -- to sign up to; NULL: their links
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    client TEXT NOT NULL,               -- the address it came from
    at INTEGER NOT NULL
) STRICT;
