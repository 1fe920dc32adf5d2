-- Few are: what is left of a source's articles is all less these, without a
-- look at each article.
CREATE INDEX article_withdrawn ON article (source_id)
WHERE withdrawn_at IS NOT NULL;
