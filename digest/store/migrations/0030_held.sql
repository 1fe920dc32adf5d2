-- A draft that no schedule takes up: an editor took its time off, or brought
-- it back after it was deleted. Several may wait beside the open draft.
ALTER TABLE issue ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

DROP INDEX issue_one_draft;
CREATE UNIQUE INDEX issue_one_draft ON issue (newsletter_id)
    WHERE state = 'draft' AND held = 0;

-- What carried an issue's messages, one a line: 'smtp:', and where none was
-- sent 'maildir:PATH' as digest.yaml had it, or 'null:'. It stays so when a
-- relay is connected later.
ALTER TABLE issue ADD COLUMN ways TEXT NOT NULL DEFAULT '';

UPDATE issue SET ways = coalesce((SELECT d.relay FROM delivery d
    WHERE d.issue_id = issue.id AND d.state = 'sent' LIMIT 1), '')
WHERE started_at IS NOT NULL;
UPDATE issue SET ways = 'smtp:'
WHERE ways <> '' AND ways <> 'null:' AND substr(ways, 1, 8) <> 'maildir:';
