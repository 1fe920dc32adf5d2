/* Parses and checks blocks: their places, days, languages and texts. */
#include "digest/newsletters/block.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/document/document.h"

enum { TEXT_MAX = 20000, HEADING_MAX = 200, STORY_MAX = 1000, DAY_SIZE = 10 };

/* ---- kinds and places ---- */

static const char *const kinds[] = {
    [BLOCK_NOTE] = "note",
    [BLOCK_SPONSOR] = "sponsor",
    [BLOCK_EVENT] = "event",
};

const char *block_kind_name(enum block_kind kind)
{
    return kinds[kind];
}

bool block_kind_parse(const char *name, enum block_kind *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (strcmp(kinds[i], name) == 0) {
            *out = (enum block_kind)i;
            return true;
        }
    return false;
}

static bool fail_place(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "place \"%.100s\": has to be top, bottom, after and a "
                   "section's heading (\"after World\"), or after story and a "
                   "number (\"after story 3\")",
                   text);
}

bool block_place_read(const char *text, struct arena *arena, struct block *out,
                      struct err *err)
{
    struct str rest = str_trim(str_of(text));
    unsigned long long story;
    out->section = "";
    out->story = 0;
    if (str_equal(rest, STR("top")) || str_equal(rest, STR("bottom"))) {
        out->place = rest.ptr[0] == 't' ? BLOCK_TOP : BLOCK_BOTTOM;
        return true;
    }
    if (!str_starts(rest, STR("after ")))
        return fail_place(text, err);
    rest = str_trim(str_from(rest, strlen("after ")));
    if (str_starts(rest, STR("story ")) &&
        str_to_u64(str_trim(str_from(rest, strlen("story "))), &story)) {
        out->place = BLOCK_AFTER_STORY;
        out->story = (int64_t)story;
        return (story >= 1 && story <= STORY_MAX) || fail_place(text, err);
    }
    OWNED(strbuf_free) struct strbuf heading = STRBUF_INIT;
    utf8_clean_line(&heading, rest);
    out->place = BLOCK_AFTER_SECTION;
    out->section = arena_copy_str(arena, strbuf_str(&heading));
    return (heading.len && heading.len <= HEADING_MAX) || fail_place(text, err);
}

void block_place_write(const struct block *block, struct strbuf *out)
{
    switch (block->place) {
    case BLOCK_TOP:
        strbuf_add_text(out, "top");
        return;
    case BLOCK_BOTTOM:
        strbuf_add_text(out, "bottom");
        return;
    case BLOCK_AFTER_SECTION:
        strbuf_add_format(out, "after %s", block->section);
        return;
    case BLOCK_AFTER_STORY:
        strbuf_add_format(out, "after story %" PRId64, block->story);
        return;
    }
}

/* ---- languages ---- */

static bool is_tag(struct str tag)
{
    for (size_t i = 0; i < tag.len; i++)
        if (!isalnum((unsigned char)tag.ptr[i]) && tag.ptr[i] != '-')
            return false;
    return tag.len >= 2 && tag.len <= 35;
}

bool block_languages_read(const char *text, struct arena *arena,
                          const char **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    struct str rest = str_of(text);
    while (rest.len) {
        struct str tag = str_trim(str_cut(&rest, ','));
        if (!tag.len)
            continue;
        if (!is_tag(tag))
            return err_set(err, ERR_USAGE,
                           "language \"%.*s\": has to be a tag such as en, de "
                           "or pt-BR; several stand at commas",
                           STR_ARG(tag));
        strbuf_add_format(&lines, "%s%.*s", lines.len ? "\n" : "",
                          STR_ARG(tag));
    }
    *out = arena_copy_str(arena, strbuf_str(&lines));
    return true;
}

bool block_speaks_to(const struct block *block, const char *language)
{
    struct str rest = str_of(block->languages), tag, whole = str_of(language);
    bool any = rest.len == 0;
    while (!any && str_next_line(&rest, &tag))
        any = str_starts_nocase(whole, tag) &&
              (whole.len == tag.len || whole.ptr[tag.len] == '-');
    return any;
}

/* ---- days ---- */

/* A day that there is: what is read comes out the same when it is written. */
static bool is_day(const char *text)
{
    char written[TIME_TEXT_SIZE];
    int64_t at;
    return strlen(text) == DAY_SIZE && time_parse_rfc3339(str_of(text), &at) &&
           strncmp(time_rfc3339(at, written), text, DAY_SIZE) == 0;
}

static bool check_day(const char *text, struct err *err)
{
    return !*text || is_day(text) ||
           err_set(err, ERR_INPUT,
                   "\"%.40s\": has to be a day such as 2026-12-24", text);
}

bool block_is_due(const struct block *block, const char *day)
{
    return (!*block->from_day || strcmp(block->from_day, day) <= 0) &&
           (!*block->until_day || strcmp(day, block->until_day) <= 0);
}

/* ---- as a whole ---- */

static bool check_text(const char *text, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    if (strlen(text) > TEXT_MAX)
        return err_set(err, ERR_INPUT,
                       "the text has %zu bytes; %d are the most", strlen(text),
                       TEXT_MAX);
    if (!block_text_check(text, err))
        return false;
    if (!document_from_markdown(str_of(text), NULL, &document, err))
        return err_context(err, "the text");
    return !document_is_empty(document) ||
           err_set(err, ERR_INPUT,
                   "the block has no text: write what is to stand there");
}

bool block_check(const struct block *b, struct err *err)
{
    if (!check_day(b->from_day, err) || !check_day(b->until_day, err))
        return false;
    if (*b->from_day && *b->until_day && strcmp(b->from_day, b->until_day) > 0)
        return err_set(err, ERR_INPUT,
                       "its last day, %s, is before its first, %s",
                       b->until_day, b->from_day);
    return check_text(b->text, err);
}
