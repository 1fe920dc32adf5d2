-- The languages that subscribers have chosen: each is found without a look at
-- all who have it.
CREATE INDEX subscriber_language ON subscriber (language)
    WHERE language <> '';
