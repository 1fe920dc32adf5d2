/* Mails kept aside from the mailbox, for an editor to decide. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/roster/address.h"

enum { SOURCE_SHOWN = 16 << 10 };

static void set_str(struct value *item, const char *key, struct str text)
{
    if (text.len)
        value_set_str(item, key, text);
}

static struct value *unmatched_value(struct visit *visit,
                                     const struct bounce_unmatched *mail)
{
    struct value *item = value_object(visit->arena);
    value_set_number(item, "id", mail->id);
    value_set(item, "at", visit_time(visit, mail->at, "UTC"));
    set_str(item, "why", mail->why);
    set_str(item, "sender", mail->sender);
    set_str(item, "subject", mail->subject);
    set_str(item, "recipient", mail->recipient);
    set_str(item, "kind", mail->kind);
    set_str(item, "status", mail->status);
    return item;
}

static struct value *refusal_value(struct visit *visit,
                                   const struct bounce_refusal *refusal)
{
    struct value *item = value_object(visit->arena);
    set_str(item, "domain", refusal->domain);
    set_str(item, "reason", refusal->reason);
    set_str(item, "said", refusal->said);
    value_set_text(item, "count", visit_number(visit, refusal->count));
    value_set(item, "last", visit_time(visit, refusal->last_at, "UTC"));
    return item;
}

bool unmatched_list_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena),
                        *held = value_list(visit->arena);
    struct bounce_unmatched_list mails;
    struct bounce_refusals refusals;
    if (!visit_data(visit, "readers", &data, err) ||
        !bounce_store_find_unmatched(visit->db, visit->arena, &mails, err) ||
        !bounce_store_refusals(visit->db, visit->arena, &refusals, err))
        return false;
    for (size_t i = 0; i < mails.count; i++)
        value_append(list, unmatched_value(visit, &mails.items[i]));
    for (size_t i = 0; i < refusals.count; i++)
        value_append(held, refusal_value(visit, &refusals.items[i]));
    value_set(data, "asides", list);
    value_set_bool(data, "has_asides", mails.count > 0);
    value_set(data, "refusals", held);
    value_set_bool(data, "has_refusals", refusals.count > 0);
    return visit_show(visit, "asides", data, 200, err);
}

static bool find(struct visit *visit, struct bounce_unmatched *out,
                 struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, "there is no such mail");
    return bounce_store_get_unmatched(visit->db, (int64_t)id, visit->arena, out,
                                      err);
}

bool unmatched_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct bounce_unmatched mail = {0};
    if (!find(visit, &mail, err) || !visit_data(visit, "readers", &data, err))
        return false;
    struct str source = mail.source;
    if (source.len > SOURCE_SHOWN)
        source.len = SOURCE_SHOWN;
    value_set(data, "mail", unmatched_value(visit, &mail));
    set_str(data, "source", source);
    return visit_show(visit, "aside", data, 200, err);
}

/* The recipient whom the mail names is taken off every list, or the mail is
 * only put away. */
static bool take_off(struct visit *visit, struct str email, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct subscriber s = {0};
    enum consent_result result;
    struct consent_origin origin = reader_visit_origin(visit);
    return address_parse(email, &address, err) &&
           roster_get(visit->db, strbuf_text(&address.key), visit->arena, &s,
                      err) &&
           consent_unsubscribe(visit->db, s.id, 0, &origin, &result, err) &&
           visit_note(visit, "unsubscribed a reader",
                      arena_format(visit->arena, "readers/%" PRId64, s.id),
                      "for a mail that came back", err);
}

bool unmatched_decide_post(struct visit *visit, struct err *err)
{
    struct bounce_unmatched mail = {0};
    bool dropped;
    bool off = strcmp(visit_field(visit, "act"), "unsubscribe") == 0;
    if (!find(visit, &mail, err) ||
        (off && !take_off(visit, mail.recipient, err)) ||
        !bounce_store_drop_unmatched(visit->db, mail.id, &dropped, err))
        return false;
    return visit_go(visit, "readers/aside",
                    off ? "Taken off every list, and the mail put away."
                        : "Put away.",
                    err);
}
