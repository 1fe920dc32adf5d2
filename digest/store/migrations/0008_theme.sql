-- How a newsletter looks in any design: NAME=VALUE, one a line.
ALTER TABLE newsletter ADD COLUMN theme TEXT NOT NULL DEFAULT '';
