/* The names in a block's text. */
#include <ctype.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/newsletters/block.h"

static const char *const known[] = {"newsletter.title", "issue.number",
                                    "issue.date", "site.name", "site.url"};

/* Takes what stands before the next {{…}} and the name in it; false at the
 * end. *closed: it has its braces at both ends. */
static bool take_name(struct str *rest, struct str *before, struct str *name,
                      bool *closed)
{
    size_t open = str_find_str(*rest, STR("{{"));
    *before = (struct str){rest->ptr, open};
    if (open == rest->len) {
        *rest = STR("");
        return false;
    }
    struct str inside = str_from(*rest, open + 2);
    size_t close = str_find_str(inside, STR("}}"));
    *closed = close < inside.len;
    *name = str_trim((struct str){inside.ptr, close});
    *rest = str_from(inside, *closed ? close + 2 : close);
    return true;
}

static bool is_known(struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_equal(name, str_of(known[i])))
            return true;
    return false;
}

static bool fail_name(struct str name, bool closed, struct err *err)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        strbuf_add_format(&all, "%s{{%s}}", i ? ", " : "", known[i]);
    if (name.len > 60)
        name.len = 60;
    return err_set(err, ERR_INPUT,
                   closed ? "{{%.*s}}: there is no such name; there is %s"
                          : "{{%.*s: is never closed by }}; there is %s",
                   STR_ARG(name), strbuf_text(&all));
}

bool block_text_check(const char *text, struct err *err)
{
    struct str rest = str_of(text), before, name;
    bool closed;
    while (take_name(&rest, &before, &name, &closed))
        if (!closed || !is_known(name))
            return fail_name(name, closed, err);
    return true;
}

static void add_escaped(struct str value, struct strbuf *out)
{
    for (size_t i = 0; i < value.len; i++) {
        if (ispunct((unsigned char)value.ptr[i]))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, value.ptr[i]);
    }
}

void block_text_fill(const char *text, const struct block_name *names,
                     size_t count, struct strbuf *out)
{
    struct str rest = str_of(text), before, name;
    bool closed;
    while (take_name(&rest, &before, &name, &closed)) {
        strbuf_add_str(out, before);
        for (size_t i = 0; i < count; i++) {
            if (!str_equal(name, str_of(names[i].name)))
                continue;
            if (str_equal(name, STR("site.url")))
                strbuf_add_str(out, names[i].value);
            else
                add_escaped(names[i].value, out);
        }
    }
    strbuf_add_str(out, before);
}
