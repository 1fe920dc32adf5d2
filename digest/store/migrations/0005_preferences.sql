-- What readers choose for themselves: to rest until a date, and another
-- address, which counts once it is confirmed there.

ALTER TABLE subscription ADD COLUMN paused_until INTEGER NOT NULL DEFAULT 0;

CREATE TABLE address_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- in a link: never used again
    subscriber_id INTEGER NOT NULL UNIQUE
        REFERENCES subscriber (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT;

-- Whoever gets another address, or is forgotten, has no wish open any more.
CREATE TRIGGER address_change_done AFTER UPDATE OF email_key ON subscriber
WHEN old.email_key <> new.email_key
BEGIN
    DELETE FROM address_change WHERE subscriber_id = new.id;
END;
