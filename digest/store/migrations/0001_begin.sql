-- What was published, who receives it, what was sent to whom.
-- Times are Unix seconds in UTC. Lists of names are separated by newlines.

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,       -- a URL or a path
    name TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;

-- What people import by hand has one source: there an article is the same
-- wherever its file came from.
INSERT INTO source (id, address, name, created_at)
VALUES (1, 'import:', 'imported by hand', 0);

CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    guid TEXT NOT NULL,                 -- what makes it the same article
    url TEXT NOT NULL,                  -- '' where it has none
    title TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    published_at INTEGER NOT NULL,
    known_at INTEGER NOT NULL,          -- when it came to us
    fresh_at INTEGER NOT NULL,          -- the later of the two
    language TEXT NOT NULL DEFAULT '',
    summary_html TEXT NOT NULL DEFAULT '',
    image_url TEXT NOT NULL DEFAULT '',
    image_alt TEXT NOT NULL DEFAULT '',
    word_count INTEGER NOT NULL DEFAULT 0,
    views INTEGER NOT NULL DEFAULT 0,
    weight INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,               -- removed: never again in an issue
    withdrawn_by_source INTEGER NOT NULL DEFAULT 0, -- … until it is back
    UNIQUE (source_id, guid)
) STRICT;

CREATE INDEX article_fresh ON article (fresh_at);
CREATE INDEX article_published ON article (published_at);
CREATE INDEX article_url ON article (url);

CREATE TABLE article_body (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    html TEXT NOT NULL
) STRICT;

CREATE TABLE article_category (
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    slug TEXT NOT NULL,                 -- folded; what is compared
    name TEXT NOT NULL,                 -- as it was written
    PRIMARY KEY (article_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_category_slug ON article_category (slug, article_id);

CREATE TABLE newsletter (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    from_name TEXT NOT NULL DEFAULT '',
    from_address TEXT NOT NULL,
    reply_to TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'en',
    timezone TEXT NOT NULL DEFAULT 'UTC',
    template TEXT NOT NULL DEFAULT 'default',
    window_s INTEGER,                   -- NULL: since the last issue
    max_age_s INTEGER NOT NULL DEFAULT 2592000 CHECK (max_age_s > 0),
    ranking TEXT NOT NULL DEFAULT 'recent'
        CHECK (ranking IN ('recent', 'views', 'score')),
    min_articles INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE section (
    newsletter_id INTEGER NOT NULL
        REFERENCES newsletter (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    categories TEXT NOT NULL,           -- names; '*' is what is left
    at_most INTEGER NOT NULL CHECK (at_most > 0),
    PRIMARY KEY (newsletter_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    newsletter_id INTEGER NOT NULL REFERENCES newsletter (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'sending',
        'paused', 'sent', 'cancelled', 'missed')),
    subject TEXT NOT NULL,
    subject_is_edited INTEGER NOT NULL DEFAULT 0,
    intro TEXT NOT NULL DEFAULT '',     -- Markdown, as the editor wrote it
    window_from INTEGER NOT NULL,
    window_until INTEGER NOT NULL,
    by_published INTEGER NOT NULL DEFAULT 0,
    drafted_at INTEGER NOT NULL,
    scheduled_at INTEGER,
    started_at INTEGER,                 -- the Date of every message
    finished_at INTEGER,
    UNIQUE (newsletter_id, number)
) STRICT;

CREATE UNIQUE INDEX issue_one_draft ON issue (newsletter_id)
    WHERE state = 'draft';

CREATE TABLE issue_article (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,          -- in the whole issue, from 0
    section INTEGER NOT NULL,           -- the section's position
    heading TEXT NOT NULL,              -- and name, when it was drafted
    article_id INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (issue_id, position),
    UNIQUE (issue_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_article_article ON issue_article (article_id);

CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,           -- 16 random bytes
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,     -- folded; what is compared
    name TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE subscription (
    newsletter_id INTEGER NOT NULL REFERENCES newsletter (id),
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active',
        'unsubscribed', 'bounced', 'complained')),
    categories TEXT NOT NULL DEFAULT '', -- chosen names; '' is all
    since INTEGER NOT NULL,
    PRIMARY KEY (newsletter_id, subscriber_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscription_subscriber ON subscription (subscriber_id);

-- The record of consent: how each subscription came to its state.
CREATE TABLE consent_event (
    id INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    newsletter_id INTEGER REFERENCES newsletter (id), -- NULL: all
    event TEXT NOT NULL,
    means TEXT NOT NULL,
    issue_id INTEGER REFERENCES issue (id),
    at INTEGER NOT NULL,
    client TEXT NOT NULL DEFAULT '',    -- the address it came from
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX consent_event_subscriber ON consent_event (subscriber_id, id);

CREATE TABLE suppression (
    address_key TEXT PRIMARY KEY,       -- an email_key, or a keyed hash
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE variant (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    key TEXT NOT NULL,                  -- language and list of articles
    html TEXT NOT NULL,                 -- rendered, with slot marks
    text TEXT NOT NULL,
    message BLOB NOT NULL,              -- composed, with splice points
    UNIQUE (issue_id, key)
) STRICT;

CREATE TABLE variant_article (
    variant_id INTEGER NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (variant_id, position)
) STRICT, WITHOUT ROWID;

-- One issue to one subscriber. Its key is its uniqueness, and the order in
-- which a send goes through it.
CREATE TABLE delivery (
    issue_id INTEGER NOT NULL REFERENCES issue (id),
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    variant_id INTEGER REFERENCES variant (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent',
        'deferred', 'failed', 'skipped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    unknowns INTEGER NOT NULL DEFAULT 0, -- of these, without an answer
    next_at INTEGER NOT NULL DEFAULT 0, -- not before
    first_at INTEGER,                   -- the first attempt
    changed_at INTEGER NOT NULL,
    code INTEGER NOT NULL DEFAULT 0,    -- 250, 550 …; 0: no reply
    status TEXT NOT NULL DEFAULT '',    -- 5.1.1
    reply TEXT NOT NULL DEFAULT '',     -- what the server said, or why
    relay TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (issue_id, subscriber_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_deferred ON delivery (issue_id, next_at)
    WHERE state = 'deferred';
CREATE INDEX delivery_sending ON delivery (issue_id)
    WHERE state = 'sending';

-- Who may do what alone: one holder at a time, told apart by the fence.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    fence INTEGER NOT NULL,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
