/* Makes template values of a catalogue's texts. */
#include "digest/renderer/catalogue_value.h"

#include <string.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"

enum { PARTS_MAX = 8 };

static void add_marked(const struct catalogue_part *part, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    html_escape(&text, str_of(part->text ? part->text : ""));
    const char *escaped = strbuf_text(&text);
    if (part->mark == MARK_MAILTO)
        strbuf_add_format(out, "<a href=\"mailto:%s\" dir=\"ltr\">%s</a>",
                          escaped, escaped);
    else
        strbuf_add_format(out, "<b dir=\"auto\">%s</b>", escaped);
}

/* Braces mean nothing to HTML: a text is escaped whole, and filled then. */
static struct value *html_of(const char *text,
                             const struct catalogue_part *parts, size_t count,
                             struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf escaped = STRBUF_INIT, out = STRBUF_INIT;
    html_escape(&escaped, str_of(text));
    struct str rest = strbuf_str(&escaped);
    while (rest.len) {
        bool opens = str_find(rest, '{') < rest.len;
        strbuf_add_str(&out, str_cut(&rest, '{'));
        if (!opens)
            break;
        struct str name = str_cut(&rest, '}');
        for (size_t i = 0; i < count; i++)
            if (str_equal(str_of(parts[i].name), name))
                add_marked(&parts[i], &out);
    }
    return value_text_str(arena, strbuf_str(&out));
}

struct value *catalogue_value_text(const struct catalogue *words,
                                   const char *name,
                                   const struct catalogue_part *parts,
                                   size_t count, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct catalogue_fill fills[PARTS_MAX];
    for (size_t i = 0; i < count && i < PARTS_MAX; i++)
        fills[i] =
            (struct catalogue_fill){parts[i].name, str_of(parts[i].text)};
    catalogue_add(words, name, fills, count < PARTS_MAX ? count : PARTS_MAX,
                  &text);
    return value_text_str(arena, strbuf_str(&text));
}

void catalogue_value_set(const struct catalogue *words, const char *group,
                         const struct catalogue_part *parts, size_t count,
                         struct arena *arena, struct value *data)
{
    struct value *plain = value_object(arena), *html = value_object(arena);
    size_t index = 0, prefix = strlen(group) + 1;
    const char *name;
    while ((name = catalogue_next(words, group, &index))) {
        const char *text = catalogue_get(words, name);
        struct str key = str_of(name + prefix);
        if (!strchr(text, '{')) {
            value_add(plain, key, value_text(arena, text));
            continue;
        }
        value_add(plain, key,
                  catalogue_value_text(words, name, parts, count, arena));
        value_add(html, key, html_of(text, parts, count, arena));
    }
    value_set(data, "words", plain);
    value_set(data, "html", html);
}
