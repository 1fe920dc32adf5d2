-- What keeps the house in order, and when it last did.
CREATE TABLE upkeep (
    name TEXT PRIMARY KEY,              -- 'backup', 'run'
    at INTEGER NOT NULL,
    note TEXT NOT NULL                  -- the backup's file
) STRICT, WITHOUT ROWID;
