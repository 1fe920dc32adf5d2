-- Who may use the desk, their sessions, and who did what.

CREATE TABLE editor (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,     -- in lower case; what is compared
    name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL CHECK (role IN ('writer', 'editor', 'owner')),
    password TEXT NOT NULL,             -- scrypt, with its salt and its cost
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,        -- of the cookie's value, SHA-256
    editor_id INTEGER NOT NULL REFERENCES editor (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    client TEXT NOT NULL DEFAULT '',    -- the address it began from
    agent TEXT NOT NULL DEFAULT '',     -- and the browser's name for itself
    said TEXT NOT NULL DEFAULT ''       -- what the next page has to say
) STRICT, WITHOUT ROWID;

CREATE INDEX session_editor ON session (editor_id);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,                  -- an editor's address, as it was then
    action TEXT NOT NULL,
    object TEXT NOT NULL DEFAULT '',    -- weekly/12
    note TEXT NOT NULL DEFAULT '',
    client TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_at ON audit (at);
