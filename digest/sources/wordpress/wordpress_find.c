/* Looks for WordPress's API, and asks whether it is open. */
#include "digest/sources/wordpress/wordpress_find_internal.h"

#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/wordpress/wordpress_api_internal.h"

/* A list of posts has to come: many sites name an API that is closed. */
static bool is_open(struct site_search *search, const char *api)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct err ignored;
    struct import_bytes input = {.name = api};
    const char **guids;
    size_t count;
    const char *url = wordpress_api_url(search->arena, api, "wp/v2/posts",
                                        "per_page=1&_fields=id");
    if (!fetch_url(url, &search->options, &reply, &ignored))
        return false;
    input.bytes = strbuf_str(&reply.body);
    return wordpress_api_read_guids(&input, search->arena, &guids, &count,
                                    &ignored);
}

static void read_root(struct site_search *search, const char *api)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct wordpress_site site;
    struct site *out = search->out;
    struct err ignored;
    const char *url = wordpress_api_url(
        search->arena, api, "",
        "_fields=name,description,namespaces,timezone_string,site_icon_url");
    if (!fetch_url(url, &search->options, &reply, &ignored) ||
        !wordpress_api_read_site(strbuf_str(&reply.body), search->arena, &site))
        return;
    site_take(&out->name, feed_words(search->arena, site.name));
    site_take(&out->timezone, site.timezone);
    if (!*out->logo_url && *site.image_url) {
        out->logo_url = site.image_url;
        out->logo_is_icon = true;
    }
}

static bool take_api(struct site_search *search, const char *api)
{
    if (!api || !is_open(search, api))
        return false;
    search->out->address = api;
    read_root(search, api);
    return true;
}

bool wordpress_is_at(struct site_search *search, bool *found, struct err *err)
{
    struct wordpress_site api;
    (void)err;
    *found = wordpress_api_read_site(strbuf_str(&search->reply->body),
                                     search->arena, &api) &&
             take_api(search, arena_copy(search->arena, search->reply->url));
    return true;
}

/* The one that the answer's header names, else the page's own link. */
bool wordpress_is_behind(struct site_search *search)
{
    const struct fetch_reply *reply = search->reply;
    const struct discovery *page = &search->page;
    const char *api = NULL;
    if (reply->wordpress_api && *reply->wordpress_api)
        api = url_resolve(search->arena, str_of(reply->wordpress_api),
                          reply->url, URL_FILE);
    for (size_t i = 0; !api && i < page->link_count; i++)
        if (discovery_has_rel(&page->links[i], "https://api.w.org/"))
            api = url_resolve(search->arena, str_of(page->links[i].href),
                              page->base, URL_FILE);
    return take_api(search, api);
}
