/* Preferences in the database. No policy. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_PREFERENCES_STORE_H
#define SUBSCRIBERS_CONSENT_PREFERENCES_STORE_H

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
FALLIBLE bool preferences_store_move(struct db *db, int64_t subscriber_id,
                                     const char *email, const char *email_key,
                                     struct err *err);

#endif
