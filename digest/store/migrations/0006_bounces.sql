-- What came back: mails read in the bounce mailbox.

-- Reading a mail again changes nothing.
CREATE TABLE bounce_seen (
    message TEXT NOT NULL,              -- its Message-ID, or its hash
    recipient TEXT NOT NULL,            -- a subscriber's id, or as claimed
    at INTEGER NOT NULL,
    PRIMARY KEY (message, recipient)
) STRICT, WITHOUT ROWID;

CREATE INDEX bounce_seen_at ON bounce_seen (at);

-- Mails that nobody's record was changed for: not understood, or without
-- the signed token that says whom they are about.
CREATE TABLE bounce_aside (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    recipient TEXT NOT NULL,            -- as claimed
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    source BLOB NOT NULL                -- the mail, cut where it is long
) STRICT;

CREATE INDEX bounce_aside_at ON bounce_aside (at);

-- Issues that came back for now: several in a row end a subscription.
CREATE TABLE bounce_soft (
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (subscriber_id, issue_id)
) STRICT, WITHOUT ROWID;

-- What receivers hold against the sender: for the operator.
CREATE TABLE bounce_refusal (
    domain TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    said TEXT NOT NULL,                 -- the last time
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (domain, reason, status)
) STRICT, WITHOUT ROWID;
