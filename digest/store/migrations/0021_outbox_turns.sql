-- The outbox is taken in the order of when each notice was due: who was
-- refused waits behind the others.

DROP INDEX notice_waiting;
CREATE INDEX notice_waiting ON notice (max(next_at, created_at), id)
    WHERE state IN ('queued', 'deferred');
