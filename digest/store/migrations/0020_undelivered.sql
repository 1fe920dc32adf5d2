-- Who did not get an issue, a page at a time.
CREATE INDEX delivery_undelivered ON delivery (issue_id, state, subscriber_id)
    WHERE state IN ('failed', 'deferred', 'skipped');
