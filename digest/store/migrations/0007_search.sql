-- The words of each article, folded as categories are, in trigrams: they are
-- found in scripts that set no spaces, too.
CREATE VIRTUAL TABLE article_search USING fts5 (words, tokenize = 'trigram');

INSERT INTO article_search (rowid, words)
SELECT id, lower(title || ' ' || author || ' ' || summary_html) FROM article;
