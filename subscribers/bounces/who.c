#include "subscribers/bounces/who.h"

#include "digest/base/mem.h"
#include "digest/message/plain_words.h"
#include "digest/base/strbuf.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/prose.h"
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

bool who_by_token(const struct token_keys *keys, struct mail *mail,
                  struct token *out)
{
    return token_in_fields(keys, &mail->fields, envelope_fields,
                           ARRAY_SIZE(envelope_fields), out) ||
           token_in_fields(keys, &mail->original, return_fields,
                           ARRAY_SIZE(return_fields), out) ||
           token_in_link(keys, fields_get(&mail->original, "List-Unsubscribe"),
                         out);
}

bool who_unsubscribes(const struct token_keys *keys, const struct mail *mail,
                      struct token *out)
{
    struct str rest = fields_get(&mail->fields, "Subject");
    while (rest.len) {
        struct str word = str_trim(str_cut(&rest, ' '));
        if (word.len >= TOKEN_MIN &&
            (token_read_local(keys, word, out) || token_read(keys, word, out)))
            return out->purpose == TOKEN_UNSUBSCRIBE ||
                   out->purpose == TOKEN_PREFERENCES;
    }
    return false;
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

static bool is_ours(const struct token_keys *keys,
                    const struct message_name *name, int64_t issue_id,
                    const struct subscriber *subscriber)
{
    OWNED(strbuf_free) struct strbuf mark = STRBUF_INIT;
    token_message_id(keys, issue_id, subscriber->key, &mark);
    return str_equal(strbuf_str(&mark), name->mark);
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

static bool try_address(struct db *db, const struct token_keys *keys,
                        const struct message_name *name,
                        const struct bounce_issue *issue, struct mail *mail,
                        struct str email, struct token *out, bool *found,
                        struct err *err)
{
    struct subscriber subscriber;
    if (!find_subscriber(db, email, &mail->arena, &subscriber, found, err))
        return false;
    *found = *found && is_ours(keys, name, issue->id, &subscriber);
    if (*found) {
        *out = (struct token){.purpose = TOKEN_RETURN_PATH,
                              .newsletter_id = issue->newsletter_id,
                              .issue_id = issue->id};
        memcpy(out->subscriber_key, subscriber.key, sizeof subscriber.key);
    }
    return true;
}

bool who_by_message_id(struct db *db, const struct token_keys *keys,
                       struct mail *mail,
                       const struct bounce_verdicts *verdicts,
                       struct token *out, bool *found, struct err *err)
{
    struct message_name name;
    struct bounce_issue issue;
    *found = false;
    if (!read_message_id(fields_get(&mail->original, "Message-ID"), &name))
        return true;
    if (!bounce_store_issue(db, name.slug, (int64_t)name.number, &issue, err))
        return false;
    for (size_t i = 0; issue.id && !*found && i < verdicts->count; i++)
        if (!try_address(db, keys, &name, &issue, mail,
                         verdicts->items[i].recipient, out, found, err))
            return false;
    struct str to =
        field_address(&mail->arena, fields_get(&mail->original, "To"));
    return *found || !issue.id ||
           try_address(db, keys, &name, &issue, mail, to, out, found, err);
}
