/* Finds whom a mail is about by tokens, Message-IDs and addresses. */
#include "subscribers/bounces/who_internal.h"

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/message/plain_words.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/leave_internal.h"
#include "subscribers/bounces/report_internal.h"
#include "subscribers/bounces/sender_proof_internal.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/roster_store.h"

/* ---- the return path ---- */

/* bounces+TOKEN@… or, where + isn't taken, bounces-TOKEN@… */
static bool token_of_address(const struct token_keys *keys, struct str address,
                             struct token *out)
{
    struct str local = {address.ptr, str_find(address, '@')};
    size_t begin = local.len;
    while (begin && local.ptr[begin - 1] != '+' && local.ptr[begin - 1] != '-')
        begin--;
    return begin && token_read_local(keys, str_from(local, begin), out) &&
           out->purpose == TOKEN_RETURN_PATH;
}

static bool token_in_value(const struct token_keys *keys, struct str value,
                           struct token *out)
{
    size_t length, at = plain_next_address(value, 0, &length);
    while (at < value.len) {
        struct str address = {value.ptr + at, length};
        if (token_of_address(keys, address, out))
            return true;
        at = plain_next_address(value, at + length, &length);
    }
    return false;
}

/* The fields that tell to which address a mail was delivered. */
static const char *const envelope_fields[] = {
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "To",
    "Cc",
    "Received",
    "X-Failed-Recipients",
};
/* … and those of the returned one that tell where it came from. */
static const char *const return_fields[] = {
    "Return-Path", "X-Envelope-From", "Envelope-From", "Received", "Sender",
};

static bool token_in_fields(const struct token_keys *keys,
                            const struct fields *fields,
                            const char *const *names, size_t count,
                            struct token *out)
{
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < fields->count; i++)
            if (str_equal_nocase(fields->items[i].name, str_of(names[n])) &&
                token_in_value(keys, fields->items[i].value, out))
                return true;
    return false;
}

/* ---- the links of the returned message ---- */

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
}

enum { TOKEN_MIN = 30 };

/* Any run that may be a token is tried: links differ from site to site. */
static bool token_in_link(const struct token_keys *keys, struct str value,
                          struct token *out)
{
    for (size_t i = 0; i < value.len;) {
        size_t begin = i;
        while (i < value.len && is_token_byte(value.ptr[i]))
            i++;
        struct str run = {value.ptr + begin, i - begin};
        if (str_starts(run, STR("20")) && begin && value.ptr[begin - 1] == '%')
            run = str_from(run, 2);
        if (run.len >= TOKEN_MIN &&
            (token_read(keys, run, out) || token_read_local(keys, run, out)))
            return true;
        i += i == begin;
    }
    return false;
}

/* ---- what a report says of the envelope ---- */

/* RFC 3461 §4: +2B is a plus. Some give it back as it was sent. */
static struct str without_xtext(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '+' && i + 2 < text.len &&
            hex_decode(&out, (struct str){text.ptr + i + 1, 2}))
            i += 2;
        else
            strbuf_add_char(&out, text.ptr[i]);
    return str_of(arena_copy_str(arena, strbuf_str(&out)));
}

/* The envelope sender, and the envelope's id, which we make of it. */
static bool token_in_report(const struct token_keys *keys, struct mail *mail,
                            struct token *out)
{
    struct str id = report_field(mail, "Original-Envelope-Id");
    return token_in_value(keys, report_field(mail, "Original-Mail-From"),
                          out) ||
           token_in_value(keys, id, out) ||
           token_in_value(keys, without_xtext(&mail->arena, id), out) ||
           (token_read_local(keys, str_trim(id), out) &&
            out->purpose == TOKEN_RETURN_PATH);
}

bool who_by_token(const struct token_keys *keys, struct mail *mail,
                  struct token *out)
{
    return token_in_report(keys, mail, out) ||
           token_in_fields(keys, &mail->fields, envelope_fields,
                           ARRAY_SIZE(envelope_fields), out) ||
           token_in_fields(keys, &mail->original, return_fields,
                           ARRAY_SIZE(return_fields), out) ||
           token_in_link(keys, fields_get(&mail->original, "List-Unsubscribe"),
                         out);
}

bool who_unsubscribes(const struct token_keys *keys, const struct mail *mail,
                      struct token *out)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    leave_subject_words(mail, &words);
    return token_in_link(keys, strbuf_str(&words), out) &&
           (out->purpose == TOKEN_UNSUBSCRIBE ||
            out->purpose == TOKEN_PREFERENCES);
}

/* ---- the Message-ID ---- */

/* MARK.SLUG.NUMBER@domain */
struct message_name {
    struct str mark, slug;
    unsigned long long number;
};

static bool read_message_id(struct str value, struct message_name *out)
{
    struct str id = str_trim(value);
    if (id.len && id.ptr[0] == '<')
        id = str_from(id, 1);
    id.len = str_find(id, '@');
    out->mark = str_cut(&id, '.');
    size_t dot = id.len;
    while (dot && id.ptr[dot - 1] != '.')
        dot--;
    if (!dot)
        return false;
    out->slug = (struct str){id.ptr, dot - 1};
    return str_to_u64(str_from(id, dot), &out->number);
}

/* A search for the subscriber that an issue's message was for. */
struct search {
    const struct token_keys *keys;
    const struct message_name *name;
    int64_t issue_id;
    const volatile int *stop;
    unsigned char key[SUBSCRIBER_KEY_SIZE]; /* theirs, when found */
};

static enum bounce_walk is_theirs(struct str key, void *context)
{
    struct search *search = context;
    OWNED(strbuf_free) struct strbuf mark = STRBUF_INIT;
    if (search->stop && *search->stop)
        return BOUNCE_WALK_STOP;
    if (key.len != sizeof search->key)
        return BOUNCE_WALK_ON;
    memcpy(search->key, key.ptr, sizeof search->key);
    token_message_id(search->keys, search->issue_id, search->key, &mark);
    return str_equal(strbuf_str(&mark), search->name->mark) ? BOUNCE_WALK_FOUND
                                                            : BOUNCE_WALK_ON;
}

/* *found stays false when the roster doesn't have that address. */
static bool find_subscriber(struct db *db, struct str email,
                            struct arena *arena, struct subscriber *out,
                            bool *found, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0}, failed = {0};
    *found = false;
    if (!address_parse(email, &address, &ignored))
        return true;
    if (roster_get(db, strbuf_text(&address.key), arena, out, &failed)) {
        *found = true;
        return true;
    }
    if (failed.kind == ERR_NOT_FOUND)
        return true;
    *err = failed;
    return false;
}

static bool try_address(struct db *db, struct search *search, struct mail *mail,
                        struct str email, bool *found, struct err *err)
{
    struct subscriber subscriber;
    if (!find_subscriber(db, email, &mail->arena, &subscriber, found, err))
        return false;
    struct str key = {(const char *)subscriber.key, sizeof subscriber.key};
    *found = *found && is_theirs(key, search) == BOUNCE_WALK_FOUND;
    return true;
}

static bool try_addresses(struct db *db, struct search *search,
                          struct mail *mail,
                          const struct bounce_verdicts *verdicts, bool *found,
                          struct err *err)
{
    for (size_t i = 0; !*found && i < verdicts->count; i++)
        if (!try_address(db, search, mail, verdicts->items[i].recipient, found,
                         err))
            return false;
    struct str to =
        field_address(&mail->arena, fields_get(&mail->original, "To"));
    return *found || try_address(db, search, mail, to, found, err);
}

/* A made-up name must not cost a walk. */
static bool may_be_ours(const struct message_name *name)
{
    if (name->mark.len != TOKEN_MESSAGE_ID_SIZE)
        return false;
    for (size_t i = 0; i < name->mark.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz234567", name->mark.ptr[i]))
            return false;
    return true;
}

bool who_by_message_id(struct db *db, const struct token_keys *keys,
                       const volatile int *stop, struct mail *mail,
                       const struct bounce_verdicts *verdicts,
                       struct token *out, bool *found, struct err *err)
{
    struct message_name name;
    struct bounce_issue issue;
    *found = false;
    if (!(read_message_id(fields_get(&mail->original, "Message-ID"), &name) ||
          read_message_id(report_field(mail, "Original-Envelope-Id"), &name)) ||
        !may_be_ours(&name))
        return true;
    if (!bounce_store_issue(db, name.slug, (int64_t)name.number, &issue, err))
        return false;
    struct search search = {
        .keys = keys, .name = &name, .issue_id = issue.id, .stop = stop};
    if (issue.id && !try_addresses(db, &search, mail, verdicts, found, err))
        return false;
    /* Complaints come without the address more often than with it. */
    if (issue.id && !*found && verdicts->items[0].kind == BOUNCE_COMPLAINT &&
        !bounce_store_find_recipient(db, issue.id, is_theirs, &search, found,
                                     err))
        return false;
    *out = (struct token){.purpose = TOKEN_RETURN_PATH,
                          .newsletter_id = issue.newsletter_id,
                          .issue_id = issue.id};
    memcpy(out->subscriber_key, search.key, sizeof search.key);
    return true;
}

/* ---- who wrote it ---- */

enum { REFERENCES_MAX = 50 };

/* The newsletter of a Message-ID of ours, when they are or were on it. */
static bool try_reference(struct db *db, const struct subscriber *subscriber,
                          struct str id, struct token *out, struct err *err)
{
    struct message_name name;
    struct bounce_issue issue;
    if (!read_message_id(id, &name))
        return true;
    if (!bounce_store_issue(db, name.slug, (int64_t)name.number, &issue, err))
        return false;
    for (size_t i = 0; issue.id && i < subscriber->subscription_count; i++)
        if (subscriber->subscriptions[i].newsletter_id == issue.newsletter_id) {
            out->newsletter_id = issue.newsletter_id;
            out->issue_id = issue.id;
        }
    return true;
}

/* The last reference is the mail that was answered (RFC 5322 §3.6.4). */
static bool find_answered(struct db *db, const struct subscriber *subscriber,
                          const struct mail *mail, struct token *out,
                          struct err *err)
{
    static const char *const names[] = {"In-Reply-To", "References"};
    for (size_t n = 0; n < ARRAY_SIZE(names) && !out->newsletter_id; n++) {
        struct str ids = fields_get(&mail->fields, names[n]);
        for (unsigned i = 0;
             ids.len && !out->newsletter_id && i < REFERENCES_MAX; i++) {
            size_t open = ids.len;
            while (open && ids.ptr[open - 1] != '<')
                open--;
            if (!try_reference(db, subscriber, str_from(ids, open), out, err))
                return false;
            ids.len = open ? open - 1 : 0;
        }
    }
    return true;
}

static bool is_subscribed(const struct subscriber *subscriber)
{
    for (size_t i = 0; i < subscriber->subscription_count; i++) {
        enum subscription_state state = subscriber->subscriptions[i].state;
        if (state == SUBSCRIPTION_ACTIVE || state == SUBSCRIPTION_PENDING)
            return true;
    }
    return false;
}

bool who_wrote(struct db *db, struct mail *mail, const char *authserv_id,
               struct token *out, bool *found, struct err *err)
{
    struct subscriber subscriber;
    struct str from;
    *found = false;
    if (!leave_is_plain(mail) || !sender_proof(mail, authserv_id, &from))
        return true;
    if (!find_subscriber(db, from, &mail->arena, &subscriber, found, err))
        return false;
    *found = *found && is_subscribed(&subscriber);
    if (!*found)
        return true;
    *out = (struct token){.purpose = TOKEN_UNSUBSCRIBE};
    memcpy(out->subscriber_key, subscriber.key, sizeof subscriber.key);
    return find_answered(db, &subscriber, mail, out, err);
}
