-- The words of subscribers' names, folded, for a search by name. They are
-- taken in behind the list's growth, so that an import doesn't pay for them:
-- those of ids up to name_progress.up_to are in, but for name_changed.
CREATE TABLE name_word (
    word TEXT NOT NULL,
    subscriber_id INTEGER NOT NULL
        REFERENCES subscriber (id) ON DELETE CASCADE,
    PRIMARY KEY (word, subscriber_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX name_word_subscriber ON name_word (subscriber_id);

CREATE TABLE name_progress (
    up_to INTEGER NOT NULL
) STRICT;

INSERT INTO name_progress (up_to) VALUES (0);

CREATE TABLE name_changed (
    subscriber_id INTEGER PRIMARY KEY
        REFERENCES subscriber (id) ON DELETE CASCADE
) STRICT;

-- The old words go at once: a forgotten person's, too.
CREATE TRIGGER name_word_old AFTER UPDATE OF name ON subscriber
WHEN old.name <> new.name
BEGIN
    DELETE FROM name_word WHERE subscriber_id = old.id;
    INSERT INTO name_changed (subscriber_id) VALUES (old.id)
        ON CONFLICT DO NOTHING;
END;
