-- The outbox: mails that the program sends on its own account.

CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                 -- confirm, links, preview …
    to_address TEXT NOT NULL,
    to_key TEXT NOT NULL,               -- folded; what is compared
    to_name TEXT NOT NULL DEFAULT '',
    from_name TEXT NOT NULL DEFAULT '',
    from_address TEXT NOT NULL,
    reply_to TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL DEFAULT '',      -- '': text alone
    message_id TEXT NOT NULL UNIQUE,    -- the same at each attempt
    dedupe_key TEXT,                    -- one of these at a time …
    dedupe_until INTEGER NOT NULL DEFAULT 0, -- … until then
    created_at INTEGER NOT NULL,        -- the message's Date
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued',
        'sending', 'sent', 'deferred', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    unknowns INTEGER NOT NULL DEFAULT 0, -- of these, without an answer
    next_at INTEGER NOT NULL DEFAULT 0, -- not before
    first_at INTEGER,                   -- the first attempt
    changed_at INTEGER NOT NULL,
    code INTEGER NOT NULL DEFAULT 0,    -- 250, 550 …; 0: no reply
    status TEXT NOT NULL DEFAULT '',    -- 5.1.1
    reply TEXT NOT NULL DEFAULT '',     -- what the server said, or why
    relay TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX notice_dedupe ON notice (dedupe_key)
    WHERE dedupe_key IS NOT NULL;
CREATE INDEX notice_waiting ON notice (id)
    WHERE state IN ('queued', 'deferred');
CREATE INDEX notice_sending ON notice (id) WHERE state = 'sending';
CREATE INDEX notice_taken ON notice (relay, changed_at)
    WHERE state = 'sent';
CREATE INDEX notice_to ON notice (to_key);
