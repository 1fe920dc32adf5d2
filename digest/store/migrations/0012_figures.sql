-- Figures that would otherwise be counted over a million rows each time. The
-- triggers keep them, whoever writes the rows.

-- The deliveries of an issue that was sent: they change no more.
CREATE TABLE delivery_count (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    skipped INTEGER NOT NULL
) STRICT;

CREATE TRIGGER delivery_count_made AFTER UPDATE OF state ON issue
WHEN new.state = 'sent' AND old.state <> 'sent'
BEGIN
    INSERT OR REPLACE INTO delivery_count (issue_id, sent, failed, skipped)
    SELECT new.id, coalesce(sum(state = 'sent'), 0),
        coalesce(sum(state = 'failed'), 0),
        coalesce(sum(state = 'skipped'), 0)
    FROM delivery WHERE issue_id = new.id;
END;

-- The failed ones may be tried again.
CREATE TRIGGER delivery_count_void AFTER UPDATE OF state ON issue
WHEN old.state = 'sent' AND new.state <> 'sent'
BEGIN
    DELETE FROM delivery_count WHERE issue_id = new.id;
END;

INSERT INTO delivery_count (issue_id, sent, failed, skipped)
SELECT i.id, coalesce(sum(d.state = 'sent'), 0),
    coalesce(sum(d.state = 'failed'), 0),
    coalesce(sum(d.state = 'skipped'), 0)
FROM issue i LEFT JOIN delivery d ON d.issue_id = i.id
WHERE i.state = 'sent' GROUP BY i.id;

-- The people that an issue lost, each once. As numbers they stay when
-- somebody is forgotten.
CREATE TABLE issue_loss (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    bounced INTEGER NOT NULL,
    complained INTEGER NOT NULL,
    unsubscribed INTEGER NOT NULL
) STRICT;

CREATE TRIGGER issue_loss_noted AFTER INSERT ON consent_event
WHEN new.issue_id IS NOT NULL
    AND new.event IN ('bounced', 'complained', 'unsubscribed')
    AND NOT EXISTS (SELECT 1 FROM consent_event e
        WHERE e.subscriber_id = new.subscriber_id AND e.id <> new.id
        AND e.issue_id = new.issue_id AND e.event = new.event)
BEGIN
    INSERT INTO issue_loss (issue_id, bounced, complained, unsubscribed)
    VALUES (new.issue_id, new.event = 'bounced', new.event = 'complained',
        new.event = 'unsubscribed')
    ON CONFLICT (issue_id) DO UPDATE SET
        bounced = bounced + excluded.bounced,
        complained = complained + excluded.complained,
        unsubscribed = unsubscribed + excluded.unsubscribed;
END;

INSERT INTO issue_loss (issue_id, bounced, complained, unsubscribed)
SELECT issue_id,
    count(DISTINCT CASE event WHEN 'bounced' THEN subscriber_id END),
    count(DISTINCT CASE event WHEN 'complained' THEN subscriber_id END),
    count(DISTINCT CASE event WHEN 'unsubscribed' THEN subscriber_id END)
FROM consent_event
WHERE issue_id IS NOT NULL
    AND event IN ('bounced', 'complained', 'unsubscribed')
GROUP BY issue_id;

-- Who came onto a list and who left it, by weeks that begin on Monday (UTC):
-- all that joined, less all that left, are the active ones.
CREATE TABLE list_week (
    newsletter_id INTEGER NOT NULL,
    week INTEGER NOT NULL,              -- its first second
    joined INTEGER NOT NULL DEFAULT 0,
    unsubscribed INTEGER NOT NULL DEFAULT 0,
    bounced INTEGER NOT NULL DEFAULT 0,
    complained INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (newsletter_id, week)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER list_week_gone AFTER DELETE ON newsletter
BEGIN
    DELETE FROM list_week WHERE newsletter_id = old.id;
END;

-- A row here, for the time of a transaction, says that the import counts
-- those it adds itself: for a million a trigger takes a tenth of the time.
CREATE TABLE list_import (id INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER list_week_new AFTER INSERT ON subscription
WHEN new.state = 'active' AND NOT EXISTS (SELECT 1 FROM list_import)
BEGIN
    INSERT INTO list_week (newsletter_id, week, joined)
    VALUES (new.newsletter_id,
        new.since - (new.since + 259200) % 604800, 1)
    ON CONFLICT (newsletter_id, week) DO UPDATE SET joined = joined + 1;
END;

CREATE TRIGGER list_week_joined AFTER UPDATE OF state ON subscription
WHEN new.state = 'active' AND old.state <> 'active'
BEGIN
    INSERT INTO list_week (newsletter_id, week, joined)
    VALUES (new.newsletter_id,
        new.since - (new.since + 259200) % 604800, 1)
    ON CONFLICT (newsletter_id, week) DO UPDATE SET joined = joined + 1;
END;

CREATE TRIGGER list_week_left AFTER UPDATE OF state ON subscription
WHEN old.state = 'active' AND new.state <> 'active'
BEGIN
    INSERT INTO list_week (newsletter_id, week, unsubscribed, bounced,
        complained)
    VALUES (new.newsletter_id,
        new.since - (new.since + 259200) % 604800,
        new.state NOT IN ('bounced', 'complained'),
        new.state = 'bounced', new.state = 'complained')
    ON CONFLICT (newsletter_id, week) DO UPDATE SET
        unsubscribed = unsubscribed + excluded.unsubscribed,
        bounced = bounced + excluded.bounced,
        complained = complained + excluded.complained;
END;

-- Of those who left before there were figures, only the end is known: they
-- count as having joined when their address came in.
INSERT INTO list_week (newsletter_id, week, joined)
SELECT newsletter_id, joined_at - (joined_at + 259200) % 604800, count(*)
FROM (SELECT u.newsletter_id, CASE u.state WHEN 'active' THEN u.since
            ELSE min(s.created_at, u.since) END AS joined_at
    FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id
    WHERE u.state <> 'pending')
GROUP BY 1, 2;

INSERT INTO list_week (newsletter_id, week, unsubscribed, bounced, complained)
SELECT newsletter_id, since - (since + 259200) % 604800,
    sum(state = 'unsubscribed'), sum(state = 'bounced'),
    sum(state = 'complained')
FROM subscription WHERE state IN ('unsubscribed', 'bounced', 'complained')
GROUP BY 1, 2
ON CONFLICT (newsletter_id, week) DO UPDATE SET
    unsubscribed = excluded.unsubscribed, bounced = excluded.bounced,
    complained = excluded.complained;
