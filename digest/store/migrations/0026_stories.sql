-- An issue's stories as they stood when it was started. What has a name has
-- a page of its own, at archive/SLUG/NUMBER/NAME/.
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article (id),
    position INTEGER NOT NULL,          -- in the whole issue, from 0
    section INTEGER NOT NULL,           -- as issue_article has them
    heading TEXT NOT NULL,
    name TEXT NOT NULL,                 -- '': it has no page
    title TEXT NOT NULL,
    own_title TEXT NOT NULL,            -- the article's, where an editor's stands
    author TEXT NOT NULL,
    source TEXT NOT NULL,               -- where it is from; '': not said
    url TEXT NOT NULL,                  -- its own address; '': it has none
    language TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    word_count INTEGER NOT NULL,
    image_url TEXT NOT NULL,
    image_alt TEXT NOT NULL,
    image_width INTEGER NOT NULL,
    image_height INTEGER NOT NULL,
    summary_html TEXT NOT NULL,
    body_html TEXT NOT NULL,            -- '' without a page
    UNIQUE (issue_id, article_id)
) STRICT;

CREATE UNIQUE INDEX story_name ON story (issue_id, name) WHERE name <> '';
CREATE INDEX story_article ON story (article_id);

-- The issues of before have no pages: no mail leads to one.
INSERT INTO story (issue_id, article_id, position, section, heading, name,
    title, own_title, author, source, url, language, published_at, word_count,
    image_url, image_alt, image_width, image_height, summary_html, body_html)
SELECT i.id, a.id, x.position, x.section, x.heading, '',
    coalesce(nullif(c.title, ''), a.title), a.title, a.author, '', a.url, a.language,
    a.published_at, a.word_count, a.image_url, a.image_alt, a.image_width,
    a.image_height, a.summary_html, ''
FROM issue i
JOIN issue_article x ON x.issue_id = i.id
JOIN article a ON a.id = x.article_id
LEFT JOIN issue_choice c ON c.issue_id = i.id AND c.article_id = a.id
WHERE i.started_at IS NOT NULL;

-- Which articles have a page in an issue's archive: those without an address
-- of their own, or all.
ALTER TABLE newsletter ADD COLUMN story_pages TEXT NOT NULL DEFAULT 'unlinked'
    CHECK (story_pages IN ('unlinked', 'all'));

-- Withdrawn from publication: also the pages that showed it are gone.
ALTER TABLE article ADD COLUMN unpublished_at INTEGER;
ALTER TABLE article ADD COLUMN unpublished_note TEXT NOT NULL DEFAULT '';

CREATE INDEX article_unpublished ON article (id)
    WHERE unpublished_at IS NOT NULL;
