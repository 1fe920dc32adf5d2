-- When the servers' words about an issue's deliveries were removed.

ALTER TABLE issue ADD COLUMN tidied_at INTEGER NOT NULL DEFAULT 0;
