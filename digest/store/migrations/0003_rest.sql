-- An issue whose relay is down, or refuses everybody, rests for a while; the
-- state of the token buckets outlives the program.

ALTER TABLE issue ADD COLUMN retry_at INTEGER;      -- not before; NULL: now
ALTER TABLE issue ADD COLUMN retry_count INTEGER NOT NULL DEFAULT 0;

CREATE TABLE pace (
    relay TEXT NOT NULL,                -- '' is all of them together
    domain TEXT NOT NULL,               -- of recipients; '' is all
    tokens REAL NOT NULL,               -- that the bucket held
    at INTEGER NOT NULL,
    PRIMARY KEY (relay, domain)
) STRICT, WITHOUT ROWID;
