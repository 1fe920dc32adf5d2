-- The texts of an issue's variants, cut into parts that stand here once for
-- all that have them: thousands of choices differ in which stories they have.
CREATE TABLE variant_part (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    hash INTEGER NOT NULL,              -- of the bytes, to find them by
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX variant_part_hash ON variant_part (issue_id, hash);

-- Lists of parts: "12-30 7". A variant without a message is void: its issue
-- wasn't started.
ALTER TABLE variant ADD COLUMN html_parts TEXT NOT NULL DEFAULT '';
ALTER TABLE variant ADD COLUMN text_parts TEXT NOT NULL DEFAULT '';
ALTER TABLE variant ADD COLUMN message_parts TEXT NOT NULL DEFAULT '';
ALTER TABLE variant ADD COLUMN public_parts TEXT NOT NULL DEFAULT '';

-- What there is becomes one part each.
INSERT INTO variant_part (id, issue_id, hash, bytes)
SELECT id * 4, issue_id, 0, CAST(html AS BLOB) FROM variant;
INSERT INTO variant_part (id, issue_id, hash, bytes)
SELECT id * 4 + 1, issue_id, 0, CAST(text AS BLOB) FROM variant;
INSERT INTO variant_part (id, issue_id, hash, bytes)
SELECT id * 4 + 2, issue_id, 0, message FROM variant;
INSERT INTO variant_part (id, issue_id, hash, bytes)
SELECT v.id * 4 + 3, v.issue_id, 0, CAST(p.html AS BLOB)
FROM variant v JOIN public_copy p ON p.variant_id = v.id;
UPDATE variant SET
    html_parts = CAST(id * 4 AS TEXT),
    text_parts = CAST(id * 4 + 1 AS TEXT),
    message_parts = CAST(id * 4 + 2 AS TEXT),
    public_parts = coalesce((SELECT CAST(id * 4 + 3 AS TEXT)
        FROM public_copy WHERE variant_id = variant.id), ''),
    html = '', text = '', message = x'';
DROP TABLE public_copy;
ALTER TABLE variant DROP COLUMN html;
ALTER TABLE variant DROP COLUMN text;
ALTER TABLE variant DROP COLUMN message;

-- What a start left that broke off goes with its issue.
CREATE TRIGGER issue_not_started BEFORE DELETE ON issue
WHEN old.started_at IS NULL
BEGIN
    DELETE FROM delivery WHERE issue_id = old.id;
END;
