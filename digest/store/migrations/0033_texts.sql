-- What a newsletter says in place of the words that come with the program, and
-- what it said when an issue was started.
CREATE TABLE newsletter_text (
    newsletter_id INTEGER NOT NULL REFERENCES newsletter (id) ON DELETE CASCADE,
    language TEXT NOT NULL,             -- a tag
    name TEXT NOT NULL,                 -- as in templates/messages/
    text TEXT NOT NULL,
    PRIMARY KEY (newsletter_id, language, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_text (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (issue_id, language, name)
) STRICT, WITHOUT ROWID;
