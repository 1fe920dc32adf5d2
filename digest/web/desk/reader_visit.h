/* Helpers that the pages about readers share. */
#ifndef DIGEST_WEB_DESK_READER_VISIT_H
#define DIGEST_WEB_DESK_READER_VISIT_H

#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/visit.h"
#include "subscribers/consent/consent.h"

/* The origin that the record has of a change at the desk. */
struct consent_origin reader_visit_origin(const struct visit *visit);

/* Appends the key that an address, or its beginning, is compared by. */
void reader_visit_fold(const char *text, struct strbuf *out);

/* Gets the subscriber that a page's address names. Fails: NOT_FOUND. */
FALLIBLE bool reader_visit_get(struct visit *visit, struct subscriber *out,
                               struct err *err);
/* The path of a reader's page: "readers/12". */
const char *reader_visit_path(const struct visit *visit,
                              const struct subscriber *subscriber);
/* Appends the state of a subscriber that their form shows. */
void reader_visit_state(const struct subscriber *subscriber,
                        struct strbuf *state);
/* Appends their choices about a newsletter, as that form shows them. Fails:
 * STORE. */
FALLIBLE bool reader_visit_choice_state(struct visit *visit,
                                        int64_t subscriber_id,
                                        int64_t newsletter_id,
                                        struct strbuf *state, struct err *err);
/* Shows it. With `wrong` what was typed stands there again, with why it
 * couldn't be kept. */
FALLIBLE bool reader_visit_show(struct visit *visit,
                                const struct subscriber *subscriber,
                                const char *wrong, unsigned status,
                                struct err *err);

/* Puts somebody on a newsletter's list, or with `asks` asks them by mail
 * first. *done is false where they are on it, or were asked of late. Fails:
 * CONFLICT (suppressed, or left by themselves), INPUT. */
FALLIBLE bool reader_visit_subscribe(struct visit *visit,
                                     const struct newsletter *newsletter,
                                     const char *email, const char *name,
                                     bool asks, bool *done, struct err *err);

/* Sets newsletters: {value, title, is_chosen}. */
FALLIBLE bool reader_visit_newsletters(struct visit *visit, const char *chosen,
                                       struct value *data, struct err *err);

#endif
