/* Drops the footer that blogs append to each text of their feed. */
#include "digest/sources/feed/feed_footer_internal.h"

#include "digest/document/url.h"

enum { MAX_FOOTER = 1500 /* bytes, tags included */ };

/* The begin of the last paragraph, or html.len. */
static size_t last_paragraph(struct str html)
{
    for (size_t at = html.len; at-- > 0;)
        if (html.ptr[at] == '<' && at + 2 < html.len &&
            (html.ptr[at + 1] | 0x20) == 'p' && strchr(" >", html.ptr[at + 2]))
            return at;
    return html.len;
}

/* An address without query and fragment, and without the last slash. */
static struct str bare(struct str url)
{
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] == '?' || url.ptr[i] == '#')
            url.len = i;
    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    return url;
}

/* A host alone, and that of the article. */
static bool is_home(struct str link, struct str url)
{
    struct str host = url_host(link);
    return host.len && str_equal_nocase(host, url_host(url)) &&
           str_ends(bare(link), host);
}

static bool next_link(struct str *rest, struct str *link)
{
    *rest = str_from(*rest, str_find_str(*rest, STR("href=")));
    if (rest->len < 7)
        return false;
    char quote = rest->ptr[5];
    *rest = str_from(*rest, 6);
    *link = str_cut(rest, quote);
    return quote == '"' || quote == '\'';
}

struct str feed_without_footer(struct str html, const char *url)
{
    size_t at = last_paragraph(html);
    struct str rest = str_from(html, at), link, own = str_of(url ? url : "");
    bool has_own = false, has_home = false;
    if (!rest.len || rest.len > MAX_FOOTER || !own.len)
        return html;
    while (next_link(&rest, &link)) {
        if (str_equal(bare(link), bare(own)))
            has_own = true;
        else if (is_home(link, own))
            has_home = true;
        else
            return html;
    }
    return has_own && has_home ? (struct str){html.ptr, at} : html;
}
