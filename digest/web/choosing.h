/* Choices that a subscriber may make about one newsletter: which of its
 * categories, and to pause. The readers' own page and the desk have the same
 * fields for it: category.N, once for each that is ticked, and pause.N, a date;
 * N is the newsletter's id. */
#ifndef DIGEST_WEB_CHOOSING_H
#define DIGEST_WEB_CHOOSING_H

#include "digest/newsletters/newsletter.h"
#include "digest/renderer/value.h"
#include "digest/web/form.h"
#include "subscribers/consent/preferences.h"

/* Sets has_choices, choices ({category, is_chosen}) and paused_until (a date,
 * where it is to come) of an item. Fails: STORE. */
FALLIBLE bool choosing_show(struct db *db, const struct newsletter *newsletter,
                            int64_t subscriber_id, struct arena *arena,
                            struct value *item, struct err *err);

/* Reads the form's choices for preferences_set; texts live in the arena. *wrong
 * names what can't be: "nothing_chosen" or "wrong_date"; else it stays. Fails:
 * STORE. */
FALLIBLE bool choosing_read(struct db *db, const struct newsletter *newsletter,
                            int64_t subscriber_id, const struct form *form,
                            struct arena *arena, struct preferences *out,
                            const char **wrong, struct err *err);

#endif
