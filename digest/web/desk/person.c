/* Serves the page of one reader: all that is known of them. */
#include <ctype.h>
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/delivery/ways.h"
#include "digest/ledger/ledger.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/choosing.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"

enum { MAILS = 20 };

struct consent_origin reader_visit_origin(const struct visit *visit)
{
    return (struct consent_origin){
        .means = MEANS_DESK,
        .client = visit->request->client,
        .now = visit->now,
        .keys = visit->web->keys,
    };
}

void reader_visit_fold(const char *text, struct strbuf *out)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    if (address_parse(str_of(text), &address, &ignored)) {
        strbuf_add_str(out, strbuf_str(&address.key));
        return;
    }
    struct str given = str_of(text);
    for (size_t i = 0; i < given.len; i++)
        strbuf_add_char(out, (char)tolower((unsigned char)given.ptr[i]));
}

bool reader_visit_get(struct visit *visit, struct subscriber *out,
                      struct err *err)
{
    unsigned long long id;
    if (str_to_u64(str_of(visit->captures[0]), &id) && id <= INT64_MAX &&
        roster_get_by_id(visit->db, (int64_t)id, visit->arena, out, err) &&
        *out->email)
        return true;
    return (err->kind && err->kind != ERR_NOT_FOUND)
               ? false
               : err_set(err, ERR_NOT_FOUND,
                         "nobody is here; they may have been forgotten");
}

static bool is_receiving(const struct subscription *one)
{
    return one->state == SUBSCRIPTION_ACTIVE ||
           one->state == SUBSCRIPTION_PENDING;
}

static const char *with_commas(struct visit *visit, const char *lines)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line))
        strbuf_add_format(&out, "%s%.*s", out.len ? ", " : "", STR_ARG(line));
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

bool reader_visit_choice_state(struct visit *visit, int64_t subscriber_id,
                               int64_t newsletter_id, struct strbuf *state,
                               struct err *err)
{
    struct preferences chosen;
    if (!preferences_get(visit->db, subscriber_id, newsletter_id, visit->arena,
                         &chosen, err))
        return false;
    visit_state_add(state, chosen.categories);
    visit_state_number(state, chosen.paused_until);
    return true;
}

static bool add_subscription(struct visit *visit, const struct subscriber *s,
                             const struct subscription *one, struct value *list,
                             struct err *err)
{
    struct value *item = value_object(visit->arena);
    struct newsletter n;
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    bool is_on = is_receiving(one);
    value_set_nonempty(item, "newsletter", one->newsletter);
    value_set_nonempty(item, "state", subscription_state_name(one->state));
    value_set_nonempty(item, "categories", with_commas(visit, one->categories));
    value_set_number(item, "newsletter_id", one->newsletter_id);
    value_set(item, "since", visit_time(visit, one->since, "UTC"));
    value_set_bool(item, "is_on", is_on);
    if (is_on &&
        (!newsletter_get_by_id(visit->db, one->newsletter_id, visit->arena, &n,
                               err) ||
         !choosing_show(visit->db, &n, s->id, visit->arena, item, err) ||
         !reader_visit_choice_state(visit, s->id, n.id, &state, err)))
        return false;
    value_set(item, "stamp", visit_stamp(visit, strbuf_str(&state)));
    value_append(list, item);
    return true;
}

static bool add_subscriptions(struct visit *visit, const struct subscriber *s,
                              struct value *data, struct err *err)
{
    struct value *list = value_list(visit->arena);
    size_t on = 0;
    for (size_t i = 0; i < s->subscription_count; i++) {
        on += is_receiving(&s->subscriptions[i]);
        if (!add_subscription(visit, s, &s->subscriptions[i], list, err))
            return false;
    }
    value_set(data, "subscriptions", list);
    value_set_bool(data, "has_several", on > 1);
    return true;
}

/* ---- what happened ---- */

/* The wording of the record's words for an editor. */
struct wording {
    const char *word, *said;
};

static const struct wording means[] = {
    {MEANS_COMMAND, "at the command line"},
    {MEANS_DESK, "at the desk"},
    {MEANS_IMPORT, "by an import"},
    {MEANS_ONE_CLICK, "with one click in their mail"},
    {MEANS_PAGE, "on the page"},
    {MEANS_MAIL, "by mail"},
    {MEANS_TOKEN, "by the link’s token, at the command line"},
    {MEANS_TIME, "as the time for it ran out"},
    {MEANS_DELIVERY, "by what a mail server answered"},
};

static const struct wording reasons[] = {
    {SUPPRESSED_BOUNCED, "mail to it bounces"},
    {SUPPRESSED_COMPLAINED, "they reported a mail as spam"},
    {SUPPRESSED_EDITOR, "an editor said so"},
};

static const char *said_of(const struct wording *wordings, size_t count,
                           const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(wordings[i].word, word) == 0)
            return wordings[i].said;
    return word;
}

static bool add_history(struct visit *visit, const struct subscriber *s,
                        struct value *data, struct err *err)
{
    struct consent_history history;
    struct value *list = value_list(visit->arena);
    if (!consent_history(visit->db, s->id, visit->arena, &history, err))
        return false;
    for (size_t i = history.count; i-- > 0;) {
        const struct consent_event *event = &history.items[i];
        struct value *item = value_object(visit->arena);
        value_set(item, "at", visit_time(visit, event->at, "UTC"));
        value_set_nonempty(item, "event", event->event);
        value_set_nonempty(item, "means",
                           said_of(means, ARRAY_SIZE(means), event->means));
        value_set_nonempty(item, "newsletter", event->newsletter);
        value_set_nonempty(item, "issue", event->issue);
        value_set_nonempty(item, "client", event->client);
        value_set_nonempty(item, "note", event->note);
        value_append(list, item);
    }
    value_set(data, "history", list);
    return true;
}

/* Adds the mails that went to them lately. */
static bool add_mails(struct visit *visit, const struct subscriber *s,
                      struct value *data, struct err *err)
{
    struct ledger_mails mails;
    struct value *list = value_list(visit->arena);
    if (!ledger_reader(visit->db, s->id, visit->arena, &mails, err))
        return false;
    size_t most = *visit_query(visit, "all") ? mails.count : MAILS;
    for (size_t i = mails.count, shown = 0; i-- > 0 && shown < most; shown++) {
        const struct ledger_mail *mail = &mails.items[i];
        struct value *item = value_object(visit->arena);
        value_set_nonempty(item, "issue", mail->issue);
        value_set_nonempty(item, "state", mail->state);
        value_set_nonempty(item, "written",
                           ways_words(mail->ways, visit->arena));
        value_set_nonempty(item, "reply", mail->reply);
        if (mail->code)
            value_set_number(item, "code", mail->code);
        value_set(item, "at", visit_time(visit, mail->at, "UTC"));
        value_append(list, item);
    }
    value_set(data, "mails", list);
    value_set_bool(data, "has_mails", mails.count > 0);
    if (mails.count > most)
        value_set_text(data, "older_mails",
                       visit_number(visit, (int64_t)(mails.count - most)));
    return true;
}

/* Why no mail goes there, and since when. */
static bool add_suppression(struct visit *visit, const struct subscriber *s,
                            struct value *data, struct err *err)
{
    OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
    struct suppression found;
    bool is_suppressed;
    reader_visit_fold(s->email, &key);
    if (!suppression_get(visit->db, strbuf_text(&key), visit->arena, &found,
                         &is_suppressed, err))
        return false;
    if (!is_suppressed)
        return true;
    struct value *item = value_object(visit->arena);
    value_set_nonempty(item, "why",
                       said_of(reasons, ARRAY_SIZE(reasons), found.reason));
    value_set_nonempty(item, "note", found.note);
    value_set(item, "at", visit_time(visit, found.at, "UTC"));
    value_set(data, "suppression", item);
    return true;
}

/* Adds what is under way: an address that waits to be confirmed, mails that
 * came back. */
static bool add_open_ends(struct visit *visit, const struct subscriber *s,
                          struct value *data, struct err *err)
{
    const char *wish;
    int64_t wished_at;
    struct bounce_run bounces;
    if (!preferences_wish(visit->db, s->id, visit->arena, &wish, &wished_at,
                          err) ||
        !bounce_store_run(visit->db, s->id, &bounces, err))
        return false;
    value_set_nonempty(data, "wish", wish);
    value_set(data, "wished", visit_time(visit, wished_at, "UTC"));
    if (bounces.count)
        value_set_nonempty(data, "came_back",
                           visit_count(visit, bounces.count, "newest issue has",
                                       "newest issues have"));
    return true;
}

/* The newsletters they can still be added to. */
static bool add_others(struct visit *visit, const struct subscriber *s,
                       struct value *data, struct err *err)
{
    struct newsletter_list all;
    struct value *list = value_list(visit->arena);
    if (!newsletter_find(visit->db, visit->arena, &all, err))
        return false;
    bool any = false;
    for (size_t i = 0; i < all.count; i++) {
        bool is_on = false;
        for (size_t j = 0; j < s->subscription_count && !is_on; j++)
            is_on = s->subscriptions[j].newsletter_id == all.items[i].id &&
                    is_receiving(&s->subscriptions[j]);
        if (is_on)
            continue;
        visit_add_choice(visit, list, all.items[i].slug, all.items[i].title,
                         false);
        any = true;
    }
    value_set(data, "others", list);
    value_set_bool(data, "has_others", any);
    return true;
}

void reader_visit_state(const struct subscriber *s, struct strbuf *state)
{
    visit_state_add(state, s->email);
    visit_state_add(state, s->name);
    visit_state_add(state, s->language);
    visit_state_add(state, s->timezone);
}

bool reader_visit_show(struct visit *visit, const struct subscriber *s,
                       const char *wrong, unsigned status, struct err *err)
{
    struct value *data;
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    bool typed = wrong && form_get(visit->form, "email").ptr;
    if (!visit_data(visit, "readers", &data, err))
        return false;
    value_set_number(data, "id", s->id);
    value_set_nonempty(data, "who", s->email);
    value_set_nonempty(data, "email",
                       typed ? visit_field(visit, "email") : s->email);
    value_set_nonempty(data, "name",
                       typed ? visit_field(visit, "name") : s->name);
    value_set_nonempty(data, "language",
                       typed ? visit_field(visit, "language") : s->language);
    value_set_nonempty(data, "timezone",
                       typed ? visit_field(visit, "timezone") : s->timezone);
    value_set_nonempty(data, "wrong", wrong);
    value_set_bool(data, "is_conflict", status == 409);
    value_set(data, "since", visit_time(visit, s->created_at, "UTC"));
    reader_visit_state(s, &state);
    value_set(data, "stamp", visit_stamp(visit, strbuf_str(&state)));
    return add_subscriptions(visit, s, data, err) &&
           add_others(visit, s, data, err) &&
           add_suppression(visit, s, data, err) &&
           add_open_ends(visit, s, data, err) &&
           add_mails(visit, s, data, err) && add_history(visit, s, data, err) &&
           visit_show(visit, "reader", data, status, err);
}

bool person_page(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    return reader_visit_get(visit, &s, err) &&
           reader_visit_show(visit, &s, NULL, 200, err);
}
