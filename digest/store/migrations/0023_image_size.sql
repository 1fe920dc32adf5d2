-- How large an article's image is, in pixels; 0: its source doesn't say.
ALTER TABLE article ADD COLUMN image_width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN image_height INTEGER NOT NULL DEFAULT 0;
