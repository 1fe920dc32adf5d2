-- Whether an issue begins with "Hello Ada," where its introduction doesn't.
ALTER TABLE newsletter ADD COLUMN greeting INTEGER NOT NULL DEFAULT 1
    CHECK (greeting IN (0, 1));
