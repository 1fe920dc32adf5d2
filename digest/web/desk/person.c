/* One reader: all that is known, and what an editor may do about it. */
#include <ctype.h>
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/newsletter.h"
#include "digest/ledger/ledger.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "subscribers/consent/edit.h"
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
    for (const char *c = text; *c; c++)
        strbuf_add_char(out, (char)tolower((unsigned char)*c));
}

static bool find(struct visit *visit, struct subscriber *out, struct err *err)
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

static void set_text(struct visit *visit, struct value *object, const char *key,
                     const char *text)
{
    value_set(object, key,
              value_text(visit->arena, text && *text ? text : NULL));
}

static void add_subscriptions(struct visit *visit, const struct subscriber *s,
                              struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < s->subscription_count; i++) {
        const struct subscription *one = &s->subscriptions[i];
        struct value *item = value_object(visit->arena);
        char *chosen = arena_copy(visit->arena, one->categories);
        for (char *c = chosen; *c; c++)
            if (*c == '\n')
                *c = ',';
        set_text(visit, item, "newsletter", one->newsletter);
        set_text(visit, item, "state", subscription_state_name(one->state));
        set_text(visit, item, "categories", chosen);
        value_set(item, "since", visit_time(visit, one->since, "UTC"));
        value_set(
            item, "is_on",
            value_bool(visit->arena, one->state == SUBSCRIPTION_ACTIVE ||
                                         one->state == SUBSCRIPTION_PENDING));
        value_append(list, item);
    }
    value_set(data, "subscriptions", list);
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
        set_text(visit, item, "event", event->event);
        set_text(visit, item, "means", event->means);
        set_text(visit, item, "newsletter", event->newsletter);
        set_text(visit, item, "issue", event->issue);
        set_text(visit, item, "client", event->client);
        set_text(visit, item, "note", event->note);
        value_append(list, item);
    }
    value_set(data, "history", list);
    return true;
}

/* What went to them lately. */
static bool add_mails(struct visit *visit, const struct subscriber *s,
                      struct value *data, struct err *err)
{
    struct ledger_mails mails;
    struct value *list = value_list(visit->arena);
    if (!ledger_reader(visit->db, s->id, visit->arena, &mails, err))
        return false;
    for (size_t i = mails.count, shown = 0; i-- > 0 && shown < MAILS; shown++) {
        const struct ledger_mail *mail = &mails.items[i];
        struct value *item = value_object(visit->arena);
        set_text(visit, item, "issue", mail->issue);
        set_text(visit, item, "state", mail->state);
        set_text(visit, item, "reply", mail->reply);
        if (mail->code)
            value_set(item, "code", value_number(visit->arena, mail->code));
        value_set(item, "at", visit_time(visit, mail->at, "UTC"));
        value_append(list, item);
    }
    value_set(data, "mails", list);
    value_set(data, "has_mails", value_bool(visit->arena, mails.count > 0));
    if (mails.count > MAILS)
        value_set(data, "older_mails",
                  visit_number_value(visit, (int64_t)mails.count - MAILS));
    return true;
}

/* What was typed and couldn't be kept stands there again, with why. */
static bool show(struct visit *visit, const struct subscriber *s,
                 const char *wrong, unsigned status, struct err *err)
{
    struct value *data;
    bool typed = wrong && form_get(visit->form, "email").ptr;
    if (!visit_data(visit, "readers", &data, err))
        return false;
    value_set(data, "id", value_number(visit->arena, s->id));
    set_text(visit, data, "who", s->email);
    set_text(visit, data, "email",
             typed ? visit_field(visit, "email") : s->email);
    set_text(visit, data, "name", typed ? visit_field(visit, "name") : s->name);
    set_text(visit, data, "language",
             typed ? visit_field(visit, "language") : s->language);
    set_text(visit, data, "timezone",
             typed ? visit_field(visit, "timezone") : s->timezone);
    set_text(visit, data, "wrong", wrong);
    value_set(data, "since", visit_time(visit, s->created_at, "UTC"));
    add_subscriptions(visit, s, data);
    return add_mails(visit, s, data, err) && add_history(visit, s, data, err) &&
           visit_show(visit, "reader", data, status, err);
}

bool person_page(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    return find(visit, &s, err) && show(visit, &s, NULL, 200, err);
}

static const char *path_of(const struct visit *visit,
                           const struct subscriber *s)
{
    return arena_format(visit->arena, "readers/%" PRId64, s->id);
}

bool person_edit_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct err why = {0};
    bool changed;
    struct consent_origin origin = reader_visit_origin(visit);
    struct consent_edit edit = {
        .name = visit_field(visit, "name"),
        .email = visit_field(visit, "email"),
        .language = visit_field(visit, "language"),
        .timezone = visit_field(visit, "timezone"),
    };
    if (!find(visit, &s, err))
        return false;
    if (!consent_edit(visit->db, s.id, &edit, &origin, &changed, &why)) {
        bool theirs = why.kind == ERR_INPUT || why.kind == ERR_CONFLICT ||
                      why.kind == ERR_USAGE;
        *err = why;
        return theirs &&
               show(visit, &s, arena_copy(visit->arena, why.text), 422, err);
    }
    return visit_note(visit, "changed a reader", path_of(visit, &s), "", err) &&
           visit_go(visit, path_of(visit, &s),
                    changed ? "Saved." : "It was so already.", err);
}

/* From one newsletter, or from all where none is named. */
bool person_leave_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct newsletter n = {0};
    enum consent_result result;
    const char *slug = visit_field(visit, "newsletter");
    struct consent_origin origin = reader_visit_origin(visit);
    if (!find(visit, &s, err) ||
        (*slug && !newsletter_get(visit->db, slug, visit->arena, &n, err)) ||
        !consent_unsubscribe(visit->db, s.id, n.id, &origin, &result, err) ||
        !visit_note(visit, "unsubscribed a reader", path_of(visit, &s), slug,
                    err))
        return false;
    return visit_go_saying(visit, path_of(visit, &s), err,
                           "%s gets no more mail from %s.", s.email,
                           *slug ? slug : "any newsletter");
}

bool person_forget_post(struct visit *visit, struct err *err)
{
    struct subscriber s = {0};
    struct consent_origin origin = reader_visit_origin(visit);
    return find(visit, &s, err) &&
           consent_forget(visit->db, s.id, &origin, err) &&
           visit_note(visit, "forgot a reader", "", "", err) &&
           visit_go(visit, "readers",
                    "Forgotten: the address, the name and the history are "
                    "gone. An import won’t bring them back.",
                    err);
}
