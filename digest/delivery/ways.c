/* Names the ways that mail takes, and words them for people. */
#include "digest/delivery/ways.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static const char smtp[] = "smtp:", maildir[] = "maildir:";

static bool has_line(const struct strbuf *lines, struct str wanted)
{
    struct str rest = strbuf_str(lines), line;
    while (str_next_line(&rest, &line))
        if (str_equal(line, wanted))
            return true;
    return false;
}

static void add_line(struct strbuf *lines, struct str line)
{
    if (!line.len || has_line(lines, line))
        return;
    if (lines->len)
        strbuf_add_char(lines, '\n');
    strbuf_add_str(lines, line);
}

const char *ways_of(const struct conf *conf, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf ways = STRBUF_INIT;
    for (size_t i = 0; i < conf->relay_count; i++) {
        struct str url = str_of(conf->relays[i].url);
        bool local = str_starts_nocase(url, str_of(maildir)) ||
                     str_starts_nocase(url, STR("null:"));
        add_line(&ways, local ? url : str_of(smtp));
    }
    return arena_copy_str(arena, strbuf_str(&ways));
}

const char *ways_join(const char *ways, const char *more, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    struct str parts[] = {str_of(ways), str_of(more)}, line;
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        while (str_next_line(&parts[i], &line))
            add_line(&all, line);
    return arena_copy_str(arena, strbuf_str(&all));
}

const char *ways_words(const char *ways, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    struct str rest = str_of(ways), line;
    bool to_servers = false;
    while (str_next_line(&rest, &line)) {
        if (str_equal(line, str_of(smtp))) {
            to_servers = true;
            continue;
        }
        if (words.len)
            strbuf_add_text(&words, " and ");
        if (str_starts_nocase(line, str_of(maildir)))
            strbuf_add_format(&words, "written to the folder %.*s",
                              STR_ARG(str_from(line, sizeof maildir - 1)));
        else
            strbuf_add_text(&words, "discarded");
    }
    if (!words.len)
        return NULL;
    return arena_format(arena, "%s%s", to_servers ? "partly " : "",
                        strbuf_text(&words));
}

const char *ways_aside(const char *ways, struct arena *arena)
{
    const char *words = ways_words(ways, arena);
    return words ? arena_format(arena, " (%s)", words) : "";
}
