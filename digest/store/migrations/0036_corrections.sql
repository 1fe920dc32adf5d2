-- What was wrong in an article, to be said to those who had it.
CREATE TABLE correction (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES article (id),
    note TEXT NOT NULL,                 -- plain, one line
    made_at INTEGER NOT NULL,
    removed_at INTEGER                  -- taken back: nobody was sent it
) STRICT;

CREATE UNIQUE INDEX correction_note ON correction (article_id, note)
    WHERE removed_at IS NULL;
CREATE INDEX correction_made ON correction (made_at);

-- The issues that had brought the article when it was corrected, and those
-- that bring the correction.
CREATE TABLE correction_issue (
    correction_id INTEGER NOT NULL REFERENCES correction (id),
    brings INTEGER NOT NULL CHECK (brings IN (0, 1)), -- the correction
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    PRIMARY KEY (correction_id, brings, issue_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX correction_issue_issue ON correction_issue (issue_id);

-- Who has a variant of an issue was told these.
CREATE TABLE variant_correction (
    variant_id INTEGER NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    correction_id INTEGER NOT NULL REFERENCES correction (id),
    PRIMARY KEY (variant_id, correction_id)
) STRICT, WITHOUT ROWID;

-- An issue for this alone, which stands beside the newsletter's others.
ALTER TABLE issue ADD COLUMN correction_id INTEGER REFERENCES correction (id);

CREATE INDEX issue_correction ON issue (correction_id)
    WHERE correction_id IS NOT NULL;

DROP INDEX issue_one_draft;
CREATE UNIQUE INDEX issue_one_draft ON issue (newsletter_id)
    WHERE state = 'draft' AND held = 0 AND correction_id IS NULL;
