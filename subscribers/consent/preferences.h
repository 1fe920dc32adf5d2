/* Preferences: what subscribers choose for themselves, and what they say when
 * they leave. Each change is durable and stands in the record. */
#ifndef SUBSCRIBERS_CONSENT_PREFERENCES_H
#define SUBSCRIBERS_CONSENT_PREFERENCES_H

#include "subscribers/consent/consent.h"

/* The longest pause that can be chosen. */
enum { PREFERENCES_PAUSE_MAX_S = 366 * 24 * 60 * 60 };

/* The choices of a subscriber about one newsletter. */
struct preferences {
    const char *categories; /* one name a line; "" is all */
    int64_t paused_until;   /* no issue before then; 0: not paused */
};
FALLIBLE bool preferences_get(struct db *db, int64_t subscriber_id,
                              int64_t newsletter_id, struct arena *arena,
                              struct preferences *out, struct err *err);

/* Sets the choices of a subscription that is there; without a difference
 * nothing happens. */
FALLIBLE bool preferences_set(struct db *db, int64_t subscriber_id,
                              int64_t newsletter_id,
                              const struct preferences *chosen,
                              const struct consent_origin *origin,
                              bool *changed, struct err *err);

/* Sets the language of a subscriber's mails and pages, a tag that the caller
 * has checked; "" is that of each newsletter. Without a difference nothing
 * happens. */
FALLIBLE bool preferences_set_language(struct db *db,
                                       const struct subscriber *subscriber,
                                       const char *language,
                                       const struct consent_origin *origin,
                                       struct err *err);

/* Notes the address that a subscriber wants to get mail at; *change_id is for
 * the link that confirms it there. A wish replaces the one before; the same
 * one keeps its id. Fails: INPUT (not an address), STORE. */
FALLIBLE bool preferences_ask_address(struct db *db, int64_t subscriber_id,
                                      struct str email,
                                      const struct consent_origin *origin,
                                      int64_t *change_id, struct err *err);

/* The wish that waits to be confirmed; *email is "" where there is none. */
FALLIBLE bool preferences_wish(struct db *db, int64_t subscriber_id,
                               struct arena *arena, const char **email,
                               int64_t *asked_at, struct err *err);

/* The address of a wish; "" where it is gone, or asked before `asked_after`.
 */
FALLIBLE bool preferences_asked_address(struct db *db, int64_t subscriber_id,
                                        int64_t change_id, int64_t asked_after,
                                        struct arena *arena, const char **email,
                                        struct err *err);

/* Confirms a new address: the subscriber has it from now on. Refused where the
 * wish is gone, the address never mailed, or somebody else's on the list; then
 * the reason is in err->text. *past_id is for the link that takes it back. */
FALLIBLE bool preferences_confirm_address(struct db *db, int64_t subscriber_id,
                                          int64_t change_id,
                                          int64_t asked_after,
                                          const struct consent_origin *origin,
                                          enum consent_result *result,
                                          int64_t *past_id, struct err *err);

/* An address that was changed by a link can be had back for so long, from the
 * old one: with the name and the choices of that time. */
enum {
    PREFERENCES_PAST_DAYS = 14,
    PREFERENCES_PAST_S = PREFERENCES_PAST_DAYS * 24 * 60 * 60,
};

/* The old address that *past_id of preferences_confirm_address stands for; ""
 * where that is gone, or too long ago. In the arena. */
FALLIBLE bool preferences_past_address(struct db *db, int64_t subscriber_id,
                                       int64_t past_id, int64_t now,
                                       struct arena *arena, const char **email,
                                       struct err *err);

/* Restores it; this change and those after it can't be taken back any more.
 * Newsletters that were left, or complained of, since then stay so, and come in
 * *left (ids, in the arena). Refused as preferences_confirm_address is. */
struct preferences_left {
    int64_t *ids;
    size_t count;
};
FALLIBLE bool preferences_restore_address(struct db *db, int64_t subscriber_id,
                                          int64_t past_id,
                                          const struct consent_origin *origin,
                                          struct arena *arena,
                                          struct preferences_left *left,
                                          enum consent_result *result,
                                          struct err *err);

/* Notes why somebody left; once, and only while the leaving is fresh. It is cut
 * to a few lines. */
FALLIBLE bool preferences_say_why(struct db *db, int64_t subscriber_id,
                                  int64_t newsletter_id, struct str reason,
                                  const struct consent_origin *origin,
                                  struct err *err);

#endif
