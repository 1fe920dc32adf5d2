/* `digest subscriber show`: all that is known of one person, for an editor,
 * and with --json as the copy that the person may ask for. */
#include <jansson.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/app.h"
#include "digest/cli/cmd_subscriber.h"
#include "digest/cli/json.h"
#include "digest/delivery/ways.h"
#include "digest/ledger/ledger.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"

enum { MAILS_SHOWN = 10 };

struct known {
    struct subscriber s;
    const struct preferences *chosen; /* one for each subscription */
    struct consent_history history;
    struct ledger_mails mails;
    struct bounce_run bounces;
    const char *wish; /* an address not confirmed yet; "" */
    int64_t wished_at;
    bool suppressed;
};

static bool find_chosen(struct db *db, struct known *k, struct arena *arena,
                        struct err *err)
{
    struct preferences *chosen =
        ARENA_NEW_ARRAY(arena, struct preferences, k->s.subscription_count);
    for (size_t i = 0; i < k->s.subscription_count; i++)
        if (!preferences_get(db, k->s.id, k->s.subscriptions[i].newsletter_id,
                             arena, &chosen[i], err))
            return false;
    k->chosen = chosen;
    return true;
}

static bool find_suppressed(struct db *db, struct known *k, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    enum suppression_kind kind;
    if (!address_parse(str_of(k->s.email), &address, err) ||
        !suppression_of(db, strbuf_text(&address.key), NULL, &kind, err))
        return false;
    k->suppressed = kind == SUPPRESSION_FULL;
    return true;
}

static bool find_all(struct db *db, struct known *k, struct arena *arena,
                     struct err *err)
{
    return find_chosen(db, k, arena, err) &&
           consent_history(db, k->s.id, arena, &k->history, err) &&
           ledger_reader(db, k->s.id, arena, &k->mails, err) &&
           bounce_store_run(db, k->s.id, &k->bounces, err) &&
           preferences_wish(db, k->s.id, arena, &k->wish, &k->wished_at, err) &&
           find_suppressed(db, k, err);
}

/* ---- for a person to read ---- */

static void print_subscriptions(const struct known *k)
{
    char at[TIME_TEXT_SIZE];
    for (size_t i = 0; i < k->s.subscription_count; i++) {
        const struct subscription *u = &k->s.subscriptions[i];
        printf("%s: %s since %s", u->newsletter,
               subscription_state_name(u->state), time_rfc3339(u->since, at));
        struct str rest = str_of(u->categories), name;
        for (bool first = true; str_next_line(&rest, &name); first = false)
            printf("%s%.*s", first ? ", of " : ", ", STR_ARG(name));
        if (k->chosen[i].paused_until)
            printf(", no issue before %s",
                   time_rfc3339(k->chosen[i].paused_until, at));
        putchar('\n');
    }
}

static void print_person(const struct known *k)
{
    char at[TIME_TEXT_SIZE];
    const struct subscriber *s = &k->s;
    printf("%s%s%s\non the list since %s", s->email, *s->name ? ", " : "",
           s->name, time_rfc3339(s->created_at, at));
    if (*s->language)
        printf(", language %s", s->language);
    if (*s->timezone)
        printf(", times in %s", s->timezone);
    putchar('\n');
    if (k->suppressed)
        puts("never mailed: the address is on the suppression list");
    if (*k->wish)
        printf("wants mail at %s, asked %s, not confirmed\n", k->wish,
               time_rfc3339(k->wished_at, at));
    if (k->bounces.count)
        printf("the newest %lld issues came back for now\n",
               (long long)k->bounces.count);
}

static void print_history(const struct consent_history *history)
{
    char at[TIME_TEXT_SIZE];
    if (history->count)
        puts("\nhistory");
    for (size_t i = 0; i < history->count; i++) {
        const struct consent_event *e = &history->items[i];
        printf("  %s  %s%s%s by %s", time_rfc3339(e->at, at), e->event,
               *e->newsletter ? " " : "", e->newsletter, e->means);
        printf("%s%s%s%s%s%s\n", *e->issue ? ", from " : "", e->issue,
               *e->client ? ", client " : "", e->client, *e->note ? ", " : "",
               e->note);
    }
}

static void print_mails(const struct ledger_mails *mails, struct arena *arena)
{
    char at[TIME_TEXT_SIZE];
    size_t first = mails->count > MAILS_SHOWN ? mails->count - MAILS_SHOWN : 0;
    if (mails->count)
        puts("\nissues");
    if (first)
        printf("  %zu older ones: --json has them\n", first);
    for (size_t i = first; i < mails->count; i++) {
        const struct ledger_mail *m = &mails->items[i];
        printf("  %s  %s %s%s", time_rfc3339(m->at, at), m->issue, m->state,
               ways_aside(m->ways, arena));
        if (*m->reply)
            printf(", %s", m->reply);
        putchar('\n');
    }
}

/* ---- as JSON ---- */

static json_t *or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *mail_value(const struct ledger_mail *m)
{
    return json_pack("{s:s, s:s, s:o, s:i, s:o}", "issue", m->issue, "state",
                     m->state, "at", json_time(m->at), "code", m->code, "reply",
                     or_null(m->reply));
}

static void add_pauses(json_t *object, const struct known *k)
{
    json_t *list = json_object_get(object, "subscriptions");
    for (size_t i = 0; i < k->s.subscription_count; i++) {
        int64_t until = k->chosen[i].paused_until;
        json_object_set_new(json_array_get(list, i), "paused_until",
                            until ? json_time(until) : json_null());
    }
}

static void print_json(const struct known *k)
{
    json_t *object = json_subscriber(&k->s);
    json_t *events = json_array(), *mails = json_array();
    add_pauses(object, k);
    for (size_t i = 0; i < k->history.count; i++)
        json_array_append_new(events, json_event(&k->history.items[i]));
    for (size_t i = 0; i < k->mails.count; i++)
        json_array_append_new(mails, mail_value(&k->mails.items[i]));
    json_object_set_new(object, "since", json_time(k->s.created_at));
    json_object_set_new(object, "suppressed", json_boolean(k->suppressed));
    json_object_set_new(object, "wanted_address", or_null(k->wish));
    json_object_set_new(object, "bounces_in_a_row",
                        json_integer(k->bounces.count));
    json_object_set_new(object, "history", events);
    json_object_set_new(object, "deliveries", mails);
    json_print(object);
}

bool subscriber_command_show(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct known known = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !subscriber_command_find(call, &app, call->args[0], &known.s, err) ||
        !find_all(app.db, &known, &call->arena, err))
        return false;
    if (call->json) {
        print_json(&known);
        return true;
    }
    print_person(&known);
    print_subscriptions(&known);
    print_history(&known.history);
    print_mails(&known.mails, &call->arena);
    return true;
}
