-- Which fields an editor has rewritten, as bits: an import leaves them be.
ALTER TABLE article ADD COLUMN edited INTEGER NOT NULL DEFAULT 0;
