-- Those who are not active, for an editor who looks for them: few, and found
-- without a look at all the others.
CREATE INDEX subscription_inactive ON subscription (state, subscriber_id)
    WHERE state <> 'active';
