#include "digest/sources/format_internal.h"

#include "digest/base/mem.h"

enum { LOOK_AT = 4096 };

static const struct {
    const char *name;
    enum import_format format;
} formats[] = {
    {"auto", IMPORT_AUTO}, {"markdown", IMPORT_MARKDOWN},
    {"feed", IMPORT_FEED}, {"wordpress", IMPORT_WORDPRESS},
    {"page", IMPORT_PAGE},
};

static const struct {
    const char *suffix;
    enum import_format format;
} suffixes[] = {
    {".md", IMPORT_MARKDOWN},   {".markdown", IMPORT_MARKDOWN},
    {".mdx", IMPORT_MARKDOWN},  {".mkd", IMPORT_MARKDOWN},
    {".rss", IMPORT_FEED},      {".atom", IMPORT_FEED},
    {".rdf", IMPORT_FEED},      {".xml", IMPORT_FEED},
    {".json", IMPORT_FEED},     {".wxr", IMPORT_WORDPRESS},
    {".xml", IMPORT_WORDPRESS}, {".html", IMPORT_PAGE},
    {".htm", IMPORT_PAGE},      {".txt", IMPORT_PAGE},
    {".html", IMPORT_MARKDOWN},
};

/* What stands early in a file of each kind, the surest first. */
static const struct {
    const char *mark;
    enum import_format format;
} marks[] = {
    {"wordpress.org/export/", IMPORT_WORDPRESS},
    {"jsonfeed.org/version/", IMPORT_FEED},
    {"<rss", IMPORT_FEED},
    {"<rdf:rdf", IMPORT_FEED},
    {"<feed", IMPORT_FEED},
    {":feed", IMPORT_FEED},
    {"<channel", IMPORT_FEED},
    {"<!doctype html", IMPORT_PAGE},
    {"<html", IMPORT_PAGE},
    {"<body", IMPORT_PAGE},
    {"<article", IMPORT_PAGE},
};

bool import_format_parse(const char *name, enum import_format *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
        if (strcmp(formats[i].name, name) == 0) {
            *out = formats[i].format;
            return true;
        }
    return false;
}

static bool ends_nocase(struct str text, const char *suffix)
{
    size_t length = strlen(suffix);
    return text.len >= length &&
           str_equal_nocase(str_from(text, text.len - length), str_of(suffix));
}

/* The beginning in small letters, without the zeros of UTF-16. */
static void look_at(struct str bytes, struct strbuf *out)
{
    for (size_t i = 0; i < bytes.len && i < LOOK_AT; i++) {
        char c = bytes.ptr[i];
        if (c)
            strbuf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
}

static bool has_front_matter(struct str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from(text, 3);
    return str_starts(text, STR("---\n")) || str_starts(text, STR("+++\n")) ||
           str_starts(text, STR("---\r")) || str_starts(text, STR("+++\r"));
}

enum import_format format_guess(const char *name, struct str bytes)
{
    OWNED(strbuf_free) struct strbuf look = STRBUF_INIT;
    struct str path = str_of(name);
    look_at(bytes, &look);
    if (has_front_matter(strbuf_str(&look)))
        return IMPORT_MARKDOWN;
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
        if (suffixes[i].format == IMPORT_MARKDOWN &&
            !ends_nocase(path, ".html") &&
            ends_nocase(path, suffixes[i].suffix))
            return IMPORT_MARKDOWN;
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (strstr(strbuf_text(&look), marks[i].mark))
            return marks[i].format;
    if (ends_nocase(path, ".html") || ends_nocase(path, ".htm") ||
        ends_nocase(path, ".txt"))
        return IMPORT_PAGE;
    return IMPORT_AUTO;
}

bool format_is_candidate(const char *name, enum import_format format)
{
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
        if ((format == IMPORT_AUTO || format == suffixes[i].format) &&
            ends_nocase(str_of(name), suffixes[i].suffix))
            return true;
    return false;
}
