/* Looks at a site's address, and finds the source behind it. */
#include "digest/sources/site.h"

#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/sources/site_search_internal.h"
#include "digest/sources/source_kind.h"

enum { LOOK_TIMEOUT_S = 10 };

static bool has_scheme(const char *text)
{
    return str_starts_nocase(str_of(text), STR("https://")) ||
           str_starts_nocase(str_of(text), STR("http://"));
}

bool site_is_address(const char *text)
{
    struct str host = str_of(text);
    if (has_scheme(text))
        return true;
    host.len = strcspn(text, "/?#");
    size_t dot = str_find(host, '.');
    if (dot == 0 || dot + 1 >= host.len)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] <= ' ' || strchr("@\\\"'", host.ptr[i]))
            return false;
    return true;
}

/* The address of a site's home, whatever was named below it. */
static const char *home_of(struct arena *arena, const char *url)
{
    const char *home = url_resolve(arena, STR("/"), url, URL_FILE);
    return home ? home : url;
}

void site_take(const char **slot, const char *text)
{
    if (text && *text)
        *slot = text;
}

/* Kinds of source that give a whole site come first. */
static const struct source_kind *next_kind(size_t *index)
{
    size_t count = 0;
    while (source_kinds[count])
        count++;
    for (; *index < 2 * count; ++*index)
        if (source_kinds[*index % count]->is_whole == (*index < count))
            return source_kinds[(*index)++ % count];
    return NULL;
}

static bool look_at(struct site_search *search, struct err *err)
{
    const struct source_kind *kind;
    struct site *out = search->out;
    out->url = home_of(search->arena, search->reply->url);
    for (size_t i = 0; (kind = next_kind(&i));) {
        bool found = false;
        if (kind->is_at && !kind->is_at(search, &found, err))
            return false;
        if (found) {
            out->kind = kind;
            return true;
        }
    }
    if (!discover(search->url, search->reply, search->arena, &search->page,
                  err))
        return false;
    out->name = search->page.name;
    out->language = search->page.language;
    out->logo_url = search->page.image_url;
    out->logo_is_icon = search->page.image_is_icon;
    out->logo_width = search->page.image_width;
    for (size_t i = 0; (kind = next_kind(&i));)
        if (kind->is_behind && kind->is_behind(search)) {
            out->kind = kind;
            return true;
        }
    return err_set(err, ERR_INPUT,
                   "%.300s: is neither a feed nor a page that names one, "
                   "and there is none in the usual places; look for the "
                   "site's feed and give its address",
                   search->url);
}

bool site_look(const char *address, bool allow_private, struct arena *arena,
               struct site *out, struct err *err)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct site_search search = {
        .arena = arena,
        .options = {.allow_private = allow_private,
                    .timeout_s = LOOK_TIMEOUT_S},
        .url = has_scheme(address) ? address
                                   : arena_format(arena, "https://%s", address),
        .reply = &reply,
        .out = out};
    *out = (struct site){.name = "",
                         .url = "",
                         .address = "",
                         .language = "",
                         .timezone = "",
                         .logo_url = ""};
    return fetch_url(search.url, &search.options, &reply, err) &&
           look_at(&search, err);
}
