-- An issue whose relay is down, or refuses everybody, rests for a while; the
-- state of the token buckets outlives the program.

ALTER TABLE issue ADD COLUMN retry_at INTEGER;      -- not before; NULL: now
ALTER TABLE issue ADD COLUMN retry_count INTEGER NOT NULL DEFAULT 0;

CREATE TABLE pace (
    name TEXT PRIMARY KEY,              -- of a relay, or of a domain there
    tokens REAL NOT NULL,
    at_ms INTEGER NOT NULL              -- Unix milliseconds
) STRICT, WITHOUT ROWID;
