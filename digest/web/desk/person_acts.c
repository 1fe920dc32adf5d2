/* Carries out an editor's acts on one reader. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/newsletters/newsletter.h"
#include "digest/scheduler/erase.h"
#include "digest/web/choosing.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "subscribers/consent/edit.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/consent/suppression.h"

const char *reader_visit_path(const struct visit *visit,
                              const struct subscriber *s)
{
    return arena_format(visit->arena, "readers/%" PRId64, s->id);
}

/* Notes whose act it was and what was done; the reader's name and address stand
 * in no log, as they may ask to be forgotten. */
static bool done(struct visit *visit, const struct subscriber *s,
                 const char *action, const char *note, const char *said,
                 struct err *err)
{
    const char *path = reader_visit_path(visit, s);
    return visit_note(visit, action, path, note, err) &&
           visit_go(visit, path, said, err);
}

bool person_edit_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct err why = {0};
    bool changed;
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct consent_origin origin = reader_visit_origin(visit);
    struct consent_edit edit = {
        .name = visit_field(visit, "name"),
        .email = visit_field(visit, "email"),
        .language = visit_field(visit, "language"),
        .timezone = visit_field(visit, "timezone"),
    };
    if (!reader_visit_get(visit, &s, err))
        return false;
    reader_visit_state(&s, &state);
    if (!visit_check_stamp(visit, strbuf_str(&state), &why) ||
        (*edit.timezone && !zone_check(edit.timezone, &why)) ||
        !consent_edit(visit->db, s.id, &edit, &origin, &changed, &why)) {
        bool theirs = why.kind == ERR_INPUT || why.kind == ERR_CONFLICT ||
                      why.kind == ERR_USAGE;
        *err = why;
        return theirs &&
               reader_visit_show(visit, &s, arena_copy(visit->arena, why.text),
                                 why.kind == ERR_CONFLICT ? 409 : 422, err);
    }
    return visit_note(visit, "changed a reader", reader_visit_path(visit, &s),
                      "", err) &&
           visit_go(visit, reader_visit_path(visit, &s),
                    changed ? "Saved." : "It was so already.", err);
}

/* Takes a reader off one newsletter, or all where none is named. */
bool person_leave_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct newsletter n = {0};
    enum consent_result result;
    const char *slug = visit_field(visit, "newsletter");
    struct consent_origin origin = reader_visit_origin(visit);
    if (!reader_visit_get(visit, &s, err) ||
        (*slug && !newsletter_get(visit->db, slug, visit->arena, &n, err)) ||
        !consent_unsubscribe(visit->db, s.id, n.id, &origin, &result, err) ||
        !visit_note(visit, "unsubscribed a reader",
                    reader_visit_path(visit, &s), slug, err))
        return false;
    return visit_go_saying(visit, reader_visit_path(visit, &s), err,
                           "%s gets no more mail from %s.", s.email,
                           *slug ? slug : "any newsletter");
}

bool person_forget_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct consent_origin origin = reader_visit_origin(visit);
    return reader_visit_get(visit, &s, err) &&
           erase_subscriber(visit->db, s.id, &origin, err) &&
           visit_note(visit, "erased a subscriber", "", "", err) &&
           visit_go(visit, "readers",
                    "Erased: the address, the name and the history are gone. "
                    "An import won’t bring them back. Backups made before "
                    "still hold them.",
                    err);
}

/* ---- what they get ---- */

static bool find_both(struct visit *visit, struct subscriber *s,
                      struct newsletter *n, struct err *err)
{
    return reader_visit_get(visit, s, err) &&
           newsletter_get(visit->db, visit_field(visit, "newsletter"),
                          visit->arena, n, err);
}

bool person_choose_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct newsletter n = {0};
    struct preferences chosen;
    struct consent_origin origin = reader_visit_origin(visit);
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct err why = {0};
    const char *wrong = NULL;
    bool changed;
    if (!find_both(visit, &s, &n, err) ||
        !reader_visit_choice_state(visit, s.id, n.id, &state, err) ||
        !choosing_read(visit->db, &n, s.id, visit->form, visit->arena, &chosen,
                       &wrong, err))
        return false;
    if (!visit_check_stamp(visit, strbuf_str(&state), &why))
        return reader_visit_show(
            visit, &s,
            "they, or another editor, have changed this since you opened the "
            "page: here it is as it is now",
            409, err);
    if (wrong)
        return reader_visit_show(
            visit, &s,
            strcmp(wrong, "nothing_chosen") == 0
                ? "tick one section at least, or unsubscribe them"
                : "the pause has to end on a date such as 2026-12-24, within "
                  "a year",
            422, err);
    return preferences_set(visit->db, s.id, n.id, &chosen, &origin, &changed,
                           err) &&
           done(visit, &s, "changed what a reader gets", n.slug,
                changed ? "Saved." : "It was so already.", err);
}

bool person_add_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct newsletter n = {0};
    bool asks = strcmp(visit_field(visit, "how"), "put") != 0, is_done;
    if (!find_both(visit, &s, &n, err) ||
        !reader_visit_subscribe(visit, &n, s.email, s.name, asks, &is_done,
                                err))
        return false;
    return done(visit, &s, asks ? "asked a reader for" : "added a reader to",
                n.slug,
                !is_done ? "They are on that list already, or were asked "
                           "within the hour."
                : asks   ? "They are asked by mail to confirm."
                         : "Added.",
                err);
}

/* ---- whether any mail may go there ---- */

bool person_suppress_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    bool added;
    return reader_visit_get(visit, &s, err) &&
           suppression_add(visit->db, str_of(s.email), SUPPRESSED_EDITOR, NULL,
                           visit->now, &added, err) &&
           done(visit, &s, "suppressed a reader", "",
                "No mail goes there any more, from any newsletter.", err);
}

bool person_lift_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    return reader_visit_get(visit, &s, err) &&
           suppression_remove(visit->db, str_of(s.email), visit->web->keys,
                              visit->now, err) &&
           done(visit, &s, "lifted a suppression", "",
                "Mail may go there again. What had bounced or was complained "
                "of is unsubscribed: add them where they want to be.",
                err);
}
