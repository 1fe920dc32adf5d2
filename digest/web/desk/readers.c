/* The readers: searching them, adding one, and the whole list as a file. */
#include <inttypes.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/issues/stats.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "subscribers/consent/consent.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/name_store.h"

enum { PAGE = 50 };

static const char *const states[] = {"active", "pending", "unsubscribed",
                                     "bounced", "complained"};

/* ---- the list ---- */

static struct value *reader_value(struct visit *visit,
                                  const struct subscriber *s)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena), *list = value_list(arena);
    value_set_number(item, "id", s->id);
    value_set_text(item, "email", s->email);
    value_set_text(item, "name", s->name);
    value_set(item, "since", visit_time(visit, s->created_at, "UTC"));
    for (size_t i = 0; i < s->subscription_count; i++) {
        struct value *one = value_object(arena);
        value_set_text(one, "newsletter", s->subscriptions[i].newsletter);
        value_set_text(one, "state",
                       subscription_state_name(s->subscriptions[i].state));
        value_append(list, one);
    }
    value_set(item, "subscriptions", list);
    return item;
}

/* Finds a page of readers: by the beginning of an address where one is asked
 * for; else in the order in which they came. */
static bool find_page(struct visit *visit, const char *words,
                      struct roster_list *out, struct err *err)
{
    if (*words) {
        OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
        reader_visit_fold(words, &key);
        return roster_search(
            visit->db, arena_copy_str(visit->arena, strbuf_str(&key)),
            visit_query(visit, "after"), PAGE, visit->arena, out, err);
    }
    const char *newsletter = visit_query(visit, "newsletter");
    const char *state = visit_query(visit, "state");
    struct roster_query query = {
        .newsletter = *newsletter ? newsletter : NULL,
        .state = *state ? state : NULL,
        .after_id = visit_query_number(visit, "after", 0),
        .limit = PAGE,
    };
    return roster_find(visit->db, &query, visit->arena, out, err);
}

static const char *next_page(const struct visit *visit, const char *words,
                             const struct roster_list *list)
{
    const struct subscriber *last = &list->items[list->count - 1];
    if (!*words)
        return arena_format(visit->arena, "%" PRId64, last->id);
    OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
    reader_visit_fold(last->email, &key);
    return arena_copy_str(visit->arena, strbuf_str(&key));
}

/* The query of the next page. */
static struct value *more_value(const struct visit *visit, const char *after)
{
    static const char *const kept[] = {"q", "newsletter", "state"};
    OWNED(strbuf_free) struct strbuf query = STRBUF_INIT;
    strbuf_add_text(&query, "after=");
    url_encode(&query, str_of(after));
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        strbuf_add_format(&query, "&%s=", kept[i]);
        url_encode(&query, str_of(visit_query(visit, kept[i])));
    }
    return value_text_str(visit->arena, strbuf_str(&query));
}

bool reader_visit_newsletters(struct visit *visit, const char *chosen,
                              struct value *data, struct err *err)
{
    struct newsletter_list all;
    struct value *list = value_list(visit->arena);
    if (!newsletter_find(visit->db, visit->arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++)
        visit_add_choice(visit, list, all.items[i].slug, all.items[i].title,
                         strcmp(all.items[i].slug, chosen) == 0);
    value_set(data, "newsletters", list);
    value_set_bool(data, "has_newsletters", all.count > 0);
    return true;
}

static bool add_counts(struct visit *visit, struct value *data, struct err *err)
{
    int64_t active;
    if (!stats_active(visit->db, 0, &active, err))
        return false;
    value_set_text(data, "active", visit_number(visit, active));
    return true;
}

/* A few names that came lately are taken in at once, so that who was just
 * added is found; `digest run` takes in what a large list brings. While
 * somebody else writes, that can wait. */
static bool take_names_in(struct visit *visit, int64_t *waiting,
                          struct err *err)
{
    enum { AT_ONCE = 1000 };
    struct err why = {0};
    if (!names_waiting(visit->db, waiting, err))
        return false;
    if (*waiting <= 0)
        return true;
    int64_t timeout = db_set_busy_timeout(visit->db, 0);
    bool good = names_take_in(visit->db, AT_ONCE, &why);
    db_set_busy_timeout(visit->db, timeout);
    if (!good && why.kind != ERR_TEMPORARY) {
        *err = why;
        return false;
    }
    return names_waiting(visit->db, waiting, err);
}

/* Adds readers found by their name: not on the pages that follow, and not for
 * an address. */
static bool add_named(struct visit *visit, const char *words,
                      struct value *data, struct err *err)
{
    struct roster_list found;
    struct value *list = value_list(visit->arena);
    int64_t waiting = 0;
    if (!*words || strchr(words, '@') || *visit_query(visit, "after"))
        return true;
    if (!take_names_in(visit, &waiting, err) ||
        !roster_search_names(visit->db, str_of(words), PAGE, visit->arena,
                             &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++)
        value_append(list, reader_value(visit, &found.items[i]));
    value_set(data, "named", list);
    value_set_bool(data, "has_named", found.count > 0);
    value_set_bool(data, "has_more_named", found.count == PAGE);
    if (waiting > 0)
        value_set_text(data, "waiting",
                       visit_count(visit, waiting, "name", "names"));
    return true;
}

bool readers_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena),
                        *choices = value_list(visit->arena);
    struct roster_list found;
    const char *words = visit_query(visit, "q");
    const char *state = visit_query(visit, "state");
    if (!visit_data(visit, "readers", &data, err) ||
        !find_page(visit, words, &found, err) ||
        !reader_visit_newsletters(visit, visit_query(visit, "newsletter"), data,
                                  err) ||
        !add_named(visit, words, data, err) || !add_counts(visit, data, err))
        return false;
    for (size_t i = 0; i < found.count; i++)
        value_append(list, reader_value(visit, &found.items[i]));
    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        visit_add_choice(visit, choices, states[i], states[i],
                         strcmp(states[i], state) == 0);
    value_set(data, "readers", list);
    value_set_bool(data, "has_readers", found.count > 0);
    value_set(data, "states", choices);
    value_set_text(data, "q", words);
    value_set_text(data, "newsletter", visit_query(visit, "newsletter"));
    if (found.count == PAGE)
        value_set(data, "more",
                  more_value(visit, next_page(visit, words, &found)));
    return visit_show(visit, "readers", data, 200, err);
}

/* ---- adding one ---- */

static bool ask_them(struct visit *visit, const struct newsletter *n,
                     const struct reader_wish *wish, bool *done,
                     struct err *err)
{
    struct reader_mail mail = web_reader_mail(visit->web);
    enum consent_result result;
    if (!reader_mail_confirm(&mail, n, wish, &result, done, err))
        return false;
    if (result != CONSENT_REFUSED)
        return true;
    err->kind = ERR_CONFLICT;
    return false;
}

static bool put_them(struct visit *visit, const struct newsletter *n,
                     const struct reader_wish *wish, bool *done,
                     struct err *err)
{
    enum consent_result result;
    if (!consent_subscribe(visit->db, wish->email, wish->name, n->id, NULL,
                           false, wish->origin, &result, err))
        return false;
    *done = result == CONSENT_DONE;
    if (result != CONSENT_REFUSED)
        return true;
    err->kind = ERR_CONFLICT;
    return false;
}

bool reader_visit_subscribe(struct visit *visit, const struct newsletter *n,
                            const char *email, const char *name, bool asks,
                            bool *done, struct err *err)
{
    struct consent_origin origin = reader_visit_origin(visit);
    struct reader_wish wish = {
        .email = str_of(email), .name = *name ? name : NULL, .origin = &origin};
    *done = false;
    return (asks ? ask_them : put_them)(visit, n, &wish, done, err);
}

/* Refuses an address that has left: it is put back where that can be seen, on
 * the person's own page. */
static bool check_left(struct visit *visit, const struct newsletter *n,
                       const char *email, struct err *err)
{
    OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
    struct subscriber person;
    struct err why = {0};
    reader_visit_fold(email, &key);
    if (!roster_get(visit->db, strbuf_text(&key), visit->arena, &person,
                    &why)) {
        if (why.kind != ERR_NOT_FOUND)
            *err = why;
        return why.kind == ERR_NOT_FOUND;
    }
    for (size_t i = 0; i < person.subscription_count; i++)
        if (person.subscriptions[i].newsletter_id == n->id &&
            person.subscriptions[i].state == SUBSCRIPTION_UNSUBSCRIBED)
            return err_set(err, ERR_CONFLICT,
                           "%s unsubscribed from %s. Have them asked by mail; "
                           "or search for them, and put them back on their "
                           "own page, if they said that they want it",
                           person.email, n->slug);
    return true;
}

bool readers_add_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    bool done;
    bool asks = strcmp(visit_field(visit, "how"), "put") != 0;
    const char *email = visit_field(visit, "email");
    if (!newsletter_get(visit->db, visit_field(visit, "newsletter"),
                        visit->arena, &n, err) ||
        (!asks && !check_left(visit, &n, email, err)) ||
        !reader_visit_subscribe(visit, &n, email, visit_field(visit, "name"),
                                asks, &done, err) ||
        !visit_note(visit, asks ? "asked a reader for" : "added a reader to",
                    n.slug, "", err))
        return false;
    return visit_go_saying(visit, "readers", err,
                           !done  ? "%s is on the list of %s already, or was "
                                    "asked within the hour."
                           : asks ? "%s is asked by mail to confirm %s."
                                  : "Added %s to %s.",
                           email, n.slug);
}
