/* Proves a mail's author by its Authentication-Results. */
#include "subscribers/bounces/sender_proof_internal.h"

#include <libetpan/libetpan.h>

#include "digest/base/mem.h"
#include "digest/base/organisation.h"
#include "digest/base/strbuf.h"

/* ---- the author ---- */

static size_t count_fields(const struct fields *fields, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < fields->count; i++)
        count += str_equal_nocase(fields->items[i].name, str_of(name));
    return count;
}

static void free_list(struct mailimf_mailbox_list **list)
{
    if (*list)
        mailimf_mailbox_list_free(*list);
}

/* Whether a text is nothing, or one comment: the parser stops in front of the
 * last. */
static bool is_comment(struct str text)
{
    text = str_trim(text);
    return !text.len ||
           (text.ptr[0] == '(' && str_find(text, ')') + 1 == text.len);
}

/* RFC 5322 §3.6.2 allows several authors; then nobody knows which of them the
 * server has looked at. */
static bool read_author(struct mail *mail, struct str *out)
{
    OWNED(free_list) struct mailimf_mailbox_list *list = NULL;
    struct str value = fields_get(&mail->fields, "From");
    size_t index = 0;
    if (count_fields(&mail->fields, "From") != 1 || !value.len)
        return false;
    const char *text = arena_copy_str(&mail->arena, value);
    if (mailimf_mailbox_list_parse(text, value.len, &index, &list) !=
            MAILIMF_NO_ERROR ||
        !is_comment(str_from(value, index)) || clist_count(list->mb_list) != 1)
        return false;
    const struct mailimf_mailbox *mailbox =
        clist_content(clist_begin(list->mb_list));
    *out = str_of(arena_copy(&mail->arena, mailbox->mb_addr_spec));
    return str_find(*out, '@') < out->len;
}

/* Some servers put the envelope's sender down as it came, in brackets. */
static struct str domain_of(struct str address)
{
    if (str_starts(address, STR("<")) && str_ends(address, STR(">")))
        address.len--;
    size_t at = address.len;
    while (at && address.ptr[at - 1] != '@')
        at--;
    return str_from(address, at);
}

/* ---- the field ---- */

/* Copies the value without comments, and with quoted strings as words: what
 * they hold can't be taken for syntax (RFC 8601 §2.2, RFC 5322 §3.2). */
static struct str plain_value(struct arena *arena, struct str value)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        bool escaped = c == '\\' && (depth || quoted) && i + 1 < value.len;
        if (escaped)
            c = value.ptr[++i];
        if (depth && !escaped && (c == '(' || c == ')'))
            depth = c == '(' ? depth + 1 : depth - 1;
        else if (!depth && !quoted && c == '(')
            depth = 1;
        else if (!depth && !escaped && c == '"')
            quoted = !quoted;
        else if (!depth)
            strbuf_add_char(&out, quoted && strchr(";= \t/", c) ? '?' : c);
        if (depth == 1 && c == '(' && !escaped)
            strbuf_add_char(&out, ' ');
    }
    return str_of(arena_copy_str(arena, strbuf_str(&out)));
}

static struct str next_word(struct str *rest)
{
    size_t length = 0;
    *rest = str_trim(*rest);
    while (length < rest->len && !strchr(" \t=/", rest->ptr[length]))
        length++;
    struct str word = {rest->ptr, length};
    *rest = str_trim(str_from(*rest, length));
    return word;
}

/* "dkim = pass", "dkim/1=pass", "header.d=example.org". */
static bool next_pair(struct str *rest, struct str *name, struct str *value)
{
    *name = next_word(rest);
    if (str_starts(*rest, STR("/"))) {
        *rest = str_from(*rest, 1);
        next_word(rest);
    }
    if (!name->len || !str_starts(*rest, STR("=")))
        return false;
    *rest = str_trim(str_from(*rest, 1));
    size_t length = 0;
    while (length < rest->len && !strchr(" \t", rest->ptr[length]))
        length++;
    *value = (struct str){rest->ptr, length};
    *rest = str_trim(str_from(*rest, length));
    return value->len > 0;
}

/* ---- what it proves ---- */

static bool is_below(struct str domain, struct str above)
{
    return domain.len > above.len &&
           domain.ptr[domain.len - above.len - 1] == '.' &&
           str_equal_nocase(str_from(domain, domain.len - above.len), above);
}

/* Narrower than DMARC, which has its own verdict: a neighbour below the same
 * organisation doesn't speak for the author. */
static bool is_aligned(struct str domain, struct str author)
{
    return organisation_is_same(domain, author) &&
           (str_equal_nocase(domain, author) || is_below(domain, author) ||
            is_below(author, domain));
}

static const struct {
    const char *method;
    /* The properties that name the domain, the first of them that is there;
     * header.i is all that Gmail tells. */
    const char *properties[2];
} methods[] = {
    {"dmarc", {"header.from", NULL}},
    {"dkim", {"header.d", "header.i"}},
    {"spf", {"smtp.mailfrom", NULL}},
};
enum { DMARC, METHOD_COUNT = ARRAY_SIZE(methods) };

struct proof_finding {
    bool proven, refuted;
};

static void take_result(struct str result, struct str author,
                        struct proof_finding *finding)
{
    struct str name, value, domains[2] = {{0}, {0}};
    size_t method = 0;
    if (!next_pair(&result, &name, &value))
        return;
    while (method < METHOD_COUNT &&
           !str_equal_nocase(name, str_of(methods[method].method)))
        method++;
    if (method == METHOD_COUNT)
        return;
    finding->refuted |= method == DMARC && str_equal_nocase(value, STR("fail"));
    if (!str_equal_nocase(value, STR("pass")))
        return;
    while (next_pair(&result, &name, &value))
        for (size_t i = 0; i < 2; i++)
            if (methods[method].properties[i] && !domains[i].len &&
                str_equal_nocase(name, str_of(methods[method].properties[i])))
                domains[i] = domain_of(value);
    struct str domain = domains[0].len ? domains[0] : domains[1];
    finding->proven |= method == DMARC
                           ? !domain.len || str_equal_nocase(domain, author)
                           : is_aligned(domain, author);
}

bool sender_proof(struct mail *mail, const char *authserv_id, struct str *from)
{
    if (!authserv_id || !read_author(mail, from))
        return false;
    struct str rest = plain_value(
        &mail->arena, fields_get(&mail->fields, "Authentication-Results"));
    struct str head = str_cut(&rest, ';');
    struct str id = next_word(&head);
    if (!str_equal_nocase(id, str_of(authserv_id)) ||
        (head.len && !str_equal(head, STR("1"))))
        return false;
    struct proof_finding finding = {0};
    while (rest.len)
        take_result(str_cut(&rest, ';'), domain_of(*from), &finding);
    return finding.proven && !finding.refuted;
}
