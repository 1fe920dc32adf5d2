/* Names the source of each article in an issue. */
#include "digest/issues/issue_sources.h"

#include <string.h>

#include "digest/document/url.h"

static struct str host_of(const struct issue_article *item)
{
    return url_host(str_of(item->article.url));
}

/* One site has one name, also where an article of it came by hand. */
static const char *name_for(const struct issue_articles *named,
                            const struct issue_article *item,
                            struct arena *arena)
{
    struct str host = host_of(item);
    if (*item->source)
        return item->source;
    for (size_t i = 0; host.len && i < named->count; i++)
        if (*named->items[i].source &&
            str_equal_nocase(host_of(&named->items[i]), host))
            return named->items[i].source;
    return arena_copy_str(arena, host);
}

static bool all_alike(const struct issue_articles *articles)
{
    for (size_t i = 1; i < articles->count; i++)
        if (strcmp(articles->items[i].source, articles->items[0].source) != 0)
            return false;
    return true;
}

void issue_sources_name(struct issue_articles *articles, struct arena *arena)
{
    for (size_t i = 0; i < articles->count; i++)
        articles->items[i].source =
            name_for(articles, &articles->items[i], arena);
    bool none = all_alike(articles);
    for (size_t i = 0; i < articles->count; i++)
        if (none || !*articles->items[i].source)
            articles->items[i].source = NULL;
}

static bool is_same(const char *source, struct str name)
{
    return name.len &&
           str_equal_nocase(str_trim(str_of(source)), str_trim(name));
}

bool issue_source_is_own(const char *source, const char *newsletter,
                         const struct conf *conf)
{
    return is_same(source, str_of(newsletter)) ||
           is_same(source, str_of(conf->site_name)) ||
           is_same(source, url_host(str_of(conf_site(conf))));
}
