/* Runs `digest mailbox`: polls returned mail, and shows what was set aside. */
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/stop.h"
#include "digest/cli/table.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/classify.h"
#include "subscribers/bounces/poll.h"

/* ---- classify ---- */

enum { FILE_MAX_BYTES = 64 << 20 };

static json_t *text_json(struct str text)
{
    json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
    if (value)
        return value;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean(&clean, text);
    return json_stringn(strbuf_text(&clean), clean.len);
}

/* Prints one object a line, so that a program can read them one by one. */
static void print_json(const char *file, const struct bounce_verdict *v)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:s, s:s, s:s}", "file", text_json(str_of(file)),
        "recipient", text_json(v->recipient), "kind", bounce_kind_name(v->kind),
        "status", v->status, "reason", v->reason);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void add_row(struct table *table, const char *file,
                    const struct bounce_verdict *v)
{
    table_add(table, "%s", file);
    table_add(table, "%.*s", STR_ARG(v->recipient));
    table_add(table, "%s", bounce_kind_name(v->kind));
    table_add(table, "%s", v->status);
    table_add(table, "%s", v->reason);
}

static bool classify_file(const struct invocation *call, const char *path,
                          struct table *table, struct err *err)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(mail_free) struct mail mail = {0};
    struct bounce_verdicts verdicts;
    if (!file_read(path, FILE_MAX_BYTES, &bytes, err))
        return false;
    mail_parse(strbuf_str(&bytes), &mail);
    bounce_classify(&mail, &verdicts);
    for (size_t i = 0; i < verdicts.count; i++)
        if (call->json)
            print_json(path, &verdicts.items[i]);
        else
            add_row(table, path, &verdicts.items[i]);
    return true;
}

/* Classifies the files that can be read, and reports the first that
 * couldn't. */
static bool run_classify(struct invocation *call, struct err *err)
{
    OWNED(table_free) struct table table;
    struct err first = {0};
    table_begin(
        &table, 5,
        (const char *const[]){"FILE", "RECIPIENT", "KIND", "STATUS", "REASON"});
    if (!invocation_count(call, 1, 1000000, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        struct err one = {0};
        if (!classify_file(call, call->args[i], &table, &one) && !first.kind)
            first = one;
    }
    if (!call->json)
        table_print(&table);
    *err = first;
    return !first.kind;
}

/* ---- poll ---- */

static const struct {
    const char *name;
    size_t offset;
    const char *one, *many; /* NULL: not told to people */
} tallies[] = {
#define TALLY(field, one, many)                                                \
    {                                                                          \
#field, offsetof(struct bounce_tally, field), one, many                \
    }
    TALLY(read, NULL, NULL),
    TALLY(hard, "hard bounce: suppressed", "hard bounces: suppressed"),
    TALLY(given_up, "address given up after soft bounces",
          "addresses given up after soft bounces"),
    TALLY(complained, "complaint: suppressed", "complaints: suppressed"),
    TALLY(unsubscribed, "unsubscribed by mail", "unsubscribed by mail"),
    TALLY(soft, "soft bounce: counted", "soft bounces: counted"),
    TALLY(policy, "refused for our own sake", "refused for our own sake"),
    TALLY(delayed, "delayed", "delayed"),
    TALLY(ignored, "automatic reply or the like: ignored",
          "automatic replies and the like: ignored"),
    TALLY(again, "seen before", "seen before"),
    TALLY(aside, "kept aside; `digest mailbox review` shows it",
          "kept aside; `digest mailbox review` shows them"),
#undef TALLY
};

static size_t tally_value(const struct bounce_tally *tally, size_t row)
{
    size_t value;
    memcpy(&value, (const char *)tally + tallies[row].offset, sizeof value);
    return value;
}

static void print_tally(const struct invocation *call,
                        const struct bounce_tally *tally)
{
    if (call->json) {
        json_t *object = json_object();
        for (size_t i = 0; i < ARRAY_SIZE(tallies); i++)
            json_object_set_new(
                object, tallies[i].name,
                json_integer((json_int_t)tally_value(tally, i)));
        json_print(object);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(tallies); i++) {
        size_t count = tally_value(tally, i);
        if (count && tallies[i].one)
            printf("%zu %s\n", count,
                   plural((int64_t)count, tallies[i].one, tallies[i].many));
    }
}

static void warn_refusal(const struct bounce_refusal *r)
{
    /* A reason that no refusal has is a type of feedback. */
    OWNED(mem_free) char *reason = str_dup(r->reason);
    bool refused = reason_find(reason) != REASON_NONE;
    bool says_more = r->said.len && !str_equal(r->said, r->reason);
    log_warning("%.*s %s our mail (%s%s%.*s)%s%.*s", STR_ARG(r->domain),
                refused ? "refuses" : "reports", reason,
                r->status.len ? " " : "", STR_ARG(r->status),
                says_more ? ": " : "", says_more ? (int)r->said.len : 0,
                r->said.ptr);
}

/* Warns of refusals that receivers hold against the sender, where the operator
 * looks. */
static bool warn_refusals(const struct app *app, int64_t since, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct bounce_refusals all;
    if (!bounce_store_refusals(app->db, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count && all.items[i].last_at >= since; i++)
        warn_refusal(&all.items[i]);
    return true;
}

static bool prune(const struct app *app, int64_t now, struct err *err)
{
    return app->conf.keep_logs <= 0 ||
           bounce_store_prune(app->db, now - app->conf.keep_logs, err);
}

static bool run_poll(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct bounce_tally tally = {0};
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err))
        return false;
    if (!app.conf.bounce_mailbox)
        return err_set(err, ERR_CONFIG,
                       "%s: bounces.mailbox isn't set; name the mailbox that "
                       "bounces come back to, such as imaps://user@host or "
                       "maildir:PATH",
                       app.conf.path);
    struct bounce_recorder recorder = {
        .db = app.db,
        .keys = app.keys,
        .soft_limit = app.conf.bounce_soft_limit,
        .authserv_id = app.conf.bounce_authserv_id,
        .now = clock_now(),
        .stop = stop_watch(),
    };
    struct mailbox_settings settings = {
        .url = app.conf.bounce_mailbox,
        .password_file = app.conf.bounce_password_file,
        .ca_file = app.conf.bounce_ca_file,
        .stop = recorder.stop,
    };
    struct err late = {0};
    bool good = bounce_poll(&recorder, &settings, &tally, err);
    if (good || tally.read)
        print_tally(call, &tally);
    if (!warn_refusals(&app, recorder.now, &late) ||
        !prune(&app, recorder.now, &late)) {
        if (good)
            *err = late;
        return false;
    }
    if (good && *recorder.stop)
        return err_set(err, ERR_TEMPORARY,
                       "stopped; what wasn't read yet is read next time");
    return good;
}

/* ---- review ---- */

static json_t *unmatched_json(const struct bounce_unmatched *a)
{
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)a->id, "at", json_time(a->at), "why", text_json(a->why),
        "from", text_json(a->sender), "subject", text_json(a->subject),
        "recipient", text_json(a->recipient), "kind", text_json(a->kind),
        "status", text_json(a->status), "reason", text_json(a->reason));
}

static json_t *refusal_json(const struct bounce_refusal *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "domain",
                     text_json(r->domain), "reason", text_json(r->reason),
                     "status", text_json(r->status), "said", text_json(r->said),
                     "count", (json_int_t)r->count, "first",
                     json_time(r->first_at), "last", json_time(r->last_at));
}

static void review_json(const struct bounce_unmatched_list *mails,
                        const struct bounce_refusals *refusals)
{
    json_t *kept = json_array(), *refused = json_array();
    for (size_t i = 0; i < mails->count; i++)
        json_array_append_new(kept, unmatched_json(&mails->items[i]));
    for (size_t i = 0; i < refusals->count; i++)
        json_array_append_new(refused, refusal_json(&refusals->items[i]));
    json_print(json_pack("{s:o, s:o}", "aside", kept, "refusals", refused));
}

static void print_unmatched(const struct bounce_unmatched_list *all)
{
    OWNED(table_free) struct table table;
    table_begin(&table, 7,
                (const char *const[]){"NUMBER", "SINCE", "FROM", "SUBJECT",
                                      "RECIPIENT", "KIND", "WHY"});
    for (size_t i = 0; i < all->count; i++) {
        const struct bounce_unmatched *a = &all->items[i];
        char at[TIME_TEXT_SIZE];
        table_add(&table, "%lld", (long long)a->id);
        table_add(&table, "%.10s", time_rfc3339(a->at, at));
        table_add(&table, "%.*s", STR_ARG(a->sender));
        table_add(&table, "%.*s", STR_ARG(a->subject));
        table_add(&table, "%.*s", STR_ARG(a->recipient));
        table_add(&table, "%.*s", STR_ARG(a->kind));
        table_add(&table, "%.*s", STR_ARG(a->why));
    }
    if (all->count)
        table_print(&table);
    else
        puts("No mail was kept aside.");
}

static void print_refusals(const struct bounce_refusals *all)
{
    OWNED(table_free) struct table table;
    table_begin(&table, 6,
                (const char *const[]){"DOMAIN", "COUNT", "LAST", "REASON",
                                      "STATUS", "SAID"});
    for (size_t i = 0; i < all->count; i++) {
        const struct bounce_refusal *r = &all->items[i];
        char at[TIME_TEXT_SIZE];
        table_add(&table, "%.*s", STR_ARG(r->domain));
        table_add(&table, "%lld", (long long)r->count);
        table_add(&table, "%.10s", time_rfc3339(r->last_at, at));
        table_add(&table, "%.*s", STR_ARG(r->reason));
        table_add(&table, "%.*s", STR_ARG(r->status));
        table_add(&table, "%.*s", STR_ARG(r->said));
    }
    if (!all->count)
        return;
    puts("\nRefused for our own sake:");
    table_print(&table);
}

static bool read_number(const char *text, int64_t *out, struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(str_of(text), &number) || number > INT64_MAX)
        return err_set(err, ERR_USAGE,
                       "\"%.60s\": not the number of a mail; `digest mailbox "
                       "review` lists them",
                       text);
    *out = (int64_t)number;
    return true;
}

static bool review_one(struct invocation *call, const struct app *app,
                       struct err *err)
{
    struct bounce_unmatched mail;
    int64_t id = 0;
    bool dropped;
    if (!read_number(call->args[0], &id, err) ||
        !bounce_store_get_unmatched(app->db, id, &call->arena, &mail, err))
        return false;
    if (!option_get(call, "--drop")) {
        fwrite(mail.source.ptr, 1, mail.source.len, stdout);
        return true;
    }
    if (!bounce_store_drop_unmatched(app->db, id, &dropped, err))
        return false;
    printf("Dropped mail number %lld.\n", (long long)id);
    return true;
}

static bool run_review(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct bounce_unmatched_list mails;
    struct bounce_refusals refusals;
    if (!invocation_count(call, 0, 1, err) || !app_open(&app, call, err))
        return false;
    if (call->arg_count)
        return review_one(call, &app, err);
    if (option_get(call, "--drop"))
        return err_set(err, ERR_USAGE, "--drop needs the number of a mail");
    if (!bounce_store_find_unmatched(app.db, &call->arena, &mails, err) ||
        !bounce_store_refusals(app.db, &call->arena, &refusals, err))
        return false;
    if (call->json) {
        review_json(&mails, &refusals);
        return true;
    }
    print_unmatched(&mails);
    print_refusals(&refusals);
    return true;
}

const struct command mailbox_commands[] = {
    {"mailbox",
     "poll",
     "",
     "read the bounce mailbox and act on what it says",
     {{0}},
     run_poll},
    {"mailbox",
     "classify",
     "FILE...",
     "say what bounces and complaints mean; changes nothing",
     {{0}},
     run_classify},
    {"mailbox",
     "review",
     "[NUMBER]",
     "show mails that were kept aside, and who refuses our mail",
     {{"--drop", NULL, "remove that mail"}, {0}},
     run_review},
    {0},
};
