/* Preferences in the database. No policy. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_PREFERENCES_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_PREFERENCES_STORE_INTERNAL_H

#include "subscribers/consent/preferences.h"

FALLIBLE bool preferences_store_get(struct db *db, int64_t subscriber_id,
                                    int64_t newsletter_id, struct arena *arena,
                                    struct preferences *out, struct err *err);
FALLIBLE bool preferences_store_set(struct db *db, int64_t subscriber_id,
                                    int64_t newsletter_id,
                                    const struct preferences *chosen,
                                    struct err *err);

FALLIBLE bool preferences_store_speak(struct db *db, int64_t subscriber_id,
                                      const char *language, struct err *err);

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
/* Puts all but the address back, and drops this and what came later. */
FALLIBLE bool preferences_store_restore(struct db *db, int64_t subscriber_id,
                                        int64_t past_id, struct err *err);

FALLIBLE bool preferences_store_move(struct db *db, int64_t subscriber_id,
                                     const char *email, const char *email_key,
                                     struct err *err);

#endif
