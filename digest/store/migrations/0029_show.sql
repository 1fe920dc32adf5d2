-- How much of a story its issue shows: its headline, a summary, or the whole
-- text; by its section, by an editor's choice ('': as its section), and as it
-- was when the issue was started.
ALTER TABLE section ADD COLUMN show TEXT NOT NULL DEFAULT 'summary'
    CHECK (show IN ('headline', 'summary', 'full'));
ALTER TABLE issue_choice ADD COLUMN show TEXT NOT NULL DEFAULT ''
    CHECK (show IN ('', 'headline', 'summary', 'full'));
ALTER TABLE story ADD COLUMN show TEXT NOT NULL DEFAULT 'summary'
    CHECK (show IN ('headline', 'summary', 'full'));
