/* Preferences in the database. No policy. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_PREFERENCES_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_PREFERENCES_STORE_INTERNAL_H

#include "subscribers/consent/preferences.h"

FALLIBLE bool preferences_store_get(struct db *db, int64_t subscriber_id,
                                    int64_t newsletter_id, struct arena *arena,
                                    struct preferences *out, struct err *err);

/* Replaces the wish there is. */
FALLIBLE bool preferences_store_ask(struct db *db, int64_t subscriber_id,
                                    const char *email, int64_t now, int64_t *id,
                                    struct err *err);
/* *email is NULL, and *id 0, where there is none. */
FALLIBLE bool preferences_store_asked(struct db *db, int64_t subscriber_id,
                                      struct arena *arena, int64_t *id,
                                      const char **email, int64_t *asked_at,
                                      struct err *err);
/* Keeps what a subscriber has, as `past`; *id. */
FALLIBLE bool preferences_store_keep(struct db *db,
                                     const struct subscriber *subscriber,
                                     int64_t now, int64_t *id, struct err *err);

struct preferences_past {
    const char *email; /* NULL: there is none */
    const char *name, *language, *timezone;
    int64_t moved_at;
};
FALLIBLE bool preferences_store_past(struct db *db, int64_t subscriber_id,
                                     int64_t past_id, struct arena *arena,
                                     struct preferences_past *out,
                                     struct err *err);
/* The newsletters they had then, and have no more. */
FALLIBLE bool preferences_store_left(struct db *db, int64_t past_id,
                                     int64_t subscriber_id, struct arena *arena,
                                     struct preferences_left *out,
                                     struct err *err);
/* What they had chosen then of each newsletter. */
struct preferences_choice {
    int64_t newsletter_id;
    const char *categories;
    int64_t paused_until;
};
struct preferences_choices {
    struct preferences_choice *items; /* in the arena */
    size_t count;
};
FALLIBLE bool preferences_store_choices(struct db *db, int64_t past_id,
                                        struct arena *arena,
                                        struct preferences_choices *out,
                                        struct err *err);
/* Drops this and what came later. */
FALLIBLE bool preferences_store_drop_past(struct db *db, int64_t subscriber_id,
                                          int64_t past_id, struct err *err);

#endif
