#include "digest/issues/newsletter.h"

#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/message/headers.h"
#include "digest/renderer/theme.h"

enum { MAX_SLUG = 64, MAX_LIMIT = 1000 };

/* One name of a section's list: quoted, or up to the next , or :. */
static bool take_name(struct str *rest, struct strbuf *name)
{
    *rest = str_trim(*rest);
    if (rest->len && rest->ptr[0] == '"') {
        struct str inside = str_from(*rest, 1);
        size_t end = str_find(inside, '"');
        if (end == inside.len)
            return false;
        strbuf_add(name, inside.ptr, end);
        *rest = str_trim(str_from(inside, end + 1));
        return end > 0;
    }
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != ',' && rest->ptr[end] != ':')
        end++;
    strbuf_add_str(name, str_trim((struct str){rest->ptr, end}));
    *rest = str_from(*rest, end);
    return name->len > 0;
}

static bool take_limit(struct str rest, int64_t *out)
{
    unsigned long long limit;
    if (!str_to_u64(str_trim(rest), &limit) || limit < 1 || limit > MAX_LIMIT)
        return false;
    *out = (int64_t)limit;
    return true;
}

static bool fail_section(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "section \"%.100s\": has to be CATEGORY[:LIMIT], as in "
                   "World:5, \"World,Europe:5\" or \"*:3\"; the limit is 1 "
                   "to %d; a name with : or , stands in double quotes",
                   text, MAX_LIMIT);
}

bool newsletter_parse_section(const char *text, struct arena *arena,
                              struct newsletter_section *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct str rest = str_of(text);
    if (utf8_invalid_at(rest) < rest.len)
        return fail_section("not UTF-8", err);
    out->at_most = NEWSLETTER_DEFAULT_LIMIT;
    for (;;) {
        OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
        if (!take_name(&rest, &name))
            return fail_section(text, err);
        if (names.len)
            strbuf_add_char(&names, '\n');
        utf8_clean_line(&names, strbuf_str(&name));
        if (!rest.len)
            break;
        char next = rest.ptr[0];
        rest = str_from(rest, 1);
        if (next == ',')
            continue;
        if (next != ':' || !take_limit(rest, &out->at_most))
            return fail_section(text, err);
        break;
    }
    out->categories = arena_copy_str(arena, strbuf_str(&names));
    return true;
}

bool newsletter_parse_from(const char *text, struct arena *arena,
                           const char **name, const char **address,
                           struct err *err)
{
    struct str rest = str_trim(str_of(text));
    struct str phrase = STR(""), mailbox = rest;
    size_t open = str_find(rest, '<');
    if (open < rest.len) {
        if (rest.ptr[rest.len - 1] != '>')
            return err_set(err, ERR_USAGE,
                           "\"%.200s\": has to be 'Name <a@example.org>'",
                           text);
        phrase = str_trim((struct str){rest.ptr, open});
        if (phrase.len >= 2 && phrase.ptr[0] == '"' &&
            phrase.ptr[phrase.len - 1] == '"')
            phrase = (struct str){phrase.ptr + 1, phrase.len - 2};
        mailbox = (struct str){rest.ptr + open + 1, rest.len - open - 2};
    }
    for (size_t i = 0; i < phrase.len; i++)
        if ((unsigned char)phrase.ptr[i] < 0x20)
            return err_set(err, ERR_USAGE,
                           "the sender's name holds a line break or another "
                           "control character");
    if (!header_address_is_safe(mailbox))
        return err_set(err, ERR_USAGE,
                       "\"%.200s\": not an address that mail can come from; "
                       "it has to be 'Name <a@example.org>'",
                       text);
    *name = arena_copy_str(arena, phrase);
    *address = arena_copy_str(arena, mailbox);
    return true;
}

void newsletter_section_title(const struct newsletter_section *section,
                              struct strbuf *out)
{
    if (strcmp(section->categories, "*") == 0) {
        strbuf_add_text(out, "More stories");
        return;
    }
    for (const char *c = section->categories; *c; c++) {
        if (*c == '\n')
            strbuf_add_text(out, ", ");
        else
            strbuf_add_char(out, *c);
    }
}

static bool slug_is_good(const char *slug)
{
    size_t length = strlen(slug);
    if (length < 1 || length > MAX_SLUG || slug[0] == '-')
        return false;
    return strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static bool check_text(const char *what, const char *text, struct err *err)
{
    if (has_control(text))
        return err_set(err, ERR_USAGE,
                       "%s: holds a line break or another control "
                       "character; give it in one line",
                       what);
    if (utf8_invalid_at(str_of(text)) < strlen(text))
        return err_set(err, ERR_USAGE, "%s: isn't UTF-8", what);
    return true;
}

static bool check_theme(const char *theme, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_setting *settings;
    size_t count;
    return theme_parse(str_of(theme), &arena, &settings, &count, err);
}

bool newsletter_check(const struct newsletter *n, struct err *err)
{
    if (!slug_is_good(n->slug))
        return err_set(err, ERR_USAGE,
                       "\"%.80s\": a newsletter's name for commands is 1 to "
                       "%d small letters, digits and hyphens, such as weekly",
                       n->slug, MAX_SLUG);
    if (!*n->title)
        return err_set(err, ERR_USAGE,
                       "%s: needs a title; add --title 'Weekly Review'",
                       n->slug);
    if (!check_text("title", n->title, err) ||
        !check_text("sender's name", n->from_name, err) ||
        !check_text("template", n->template_name, err) ||
        !check_theme(n->theme, err))
        return false;
    size_t tag = strspn(n->language, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
                                     "klmnopqrstuvwxyz0123456789-");
    if (tag < 2 || tag > 35 || n->language[tag])
        return err_set(err, ERR_USAGE,
                       "language \"%.40s\": has to be a tag such as en, de "
                       "or pt-BR",
                       n->language);
    if (!header_address_is_safe(str_of(n->from_address)))
        return err_set(err, ERR_USAGE,
                       "%s: needs a sender; add --from 'Name "
                       "<news@example.org>'",
                       n->slug);
    if (*n->reply_to && !header_address_is_safe(str_of(n->reply_to)))
        return err_set(err, ERR_USAGE,
                       "\"%.200s\": not an address to reply "
                       "to",
                       n->reply_to);
    if (strchr(n->template_name, '/') || n->template_name[0] == '.')
        return err_set(err, ERR_USAGE,
                       "template \"%.60s\": a name without slashes; `digest "
                       "template list` shows them",
                       n->template_name);
    if (!n->section_count)
        return err_set(err, ERR_USAGE,
                       "%s: needs at least one section; add --section World "
                       "or --section '*'",
                       n->slug);
    return true;
}
