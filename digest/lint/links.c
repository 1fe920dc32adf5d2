/* Links: where they lead, and what they say. */
#include "digest/lint/links_internal.h"

#include "digest/base/mem.h"
#include "digest/base/organisation.h"
#include "digest/base/utf8.h"
#include "digest/base/url.h"

enum { LINK_MAX = 2048 };

static const char *const shorteners[] = {
    "bit.ly",  "tinyurl.com", "goo.gl",     "ow.ly",   "buff.ly", "is.gd",
    "t.co",    "t.ly",        "rebrand.ly", "cutt.ly", "lnkd.in", "shorturl.at",
    "tiny.cc", "bl.ink",      "rb.gy",      "s.id",    "v.gd",    "dlvr.it",
    "ift.tt",  "trib.al",     "amzn.to",
};

/* Read by themselves, as a list of links is, they say nothing. */
static const char *const vague[] = {
    "click here",
    "here",
    "read more",
    "more",
    "link",
    "this link",
    "read on",
    "learn more",
    "this",
    "click",
    "continue reading",
    "see more",
    "hier",
    "hier klicken",
    "klicken sie hier",
    "mehr",
    "mehr lesen",
    "weiterlesen",
    "weiter",
    "mehr erfahren",
    "ici",
    "cliquez ici",
    "lire la suite",
    "en savoir plus",
    "lire plus",
    "aquí",
    "leer más",
    "más",
    "haga clic",
    "阅读更多",
    "点击这里",
    "更多",
    "这里",
    "اقرأ المزيد",
    "هنا",
    "المزيد",
    "আরও পড়ুন",
    "এখানে",
};

struct str link_of(const struct markup_node *node)
{
    bool is_link = markup_is(node, "a") || markup_is(node, "area");
    const char *href = is_link ? markup_get(node, "href") : NULL;
    return href ? str_trim(str_of(href)) : (struct str){NULL, 0};
}

bool link_is_web(struct str url)
{
    return str_starts_nocase(url, STR("https://")) ||
           str_starts_nocase(url, STR("http://"));
}

/* ---- in text --------------------------------------------------------- */

static bool ends_link(char c)
{
    return (unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"';
}

bool link_next_in_text(struct str text, size_t *at, struct str *url)
{
    for (; *at < text.len; ++*at) {
        struct str rest = str_from(text, *at);
        if ((rest.ptr[0] | 0x20) != 'h' || !link_is_web(rest))
            continue;
        size_t length = 0;
        while (length < rest.len && !ends_link(rest.ptr[length]))
            length++;
        *url = (struct str){rest.ptr, length};
        *at += length;
        return true;
    }
    return false;
}

struct str link_without_marks(struct str url)
{
    while (url.len && strchr(".,;:!?)]}'", url.ptr[url.len - 1]))
        url.len--;
    return url;
}

/* ---- hosts ----------------------------------------------------------- */

static struct str host_of(struct str url)
{
    struct str host = url_split(url).host;
    return str_starts_nocase(host, STR("www.")) ? str_from(host, 4) : host;
}

static bool is_address(struct str host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!strchr("0123456789.", host.ptr[i]))
            return host.ptr[0] == '[';
    return host.len > 0;
}

static bool has_common_ending(struct str host)
{
    static const char *const endings[] = {".com", ".org",   ".net",
                                          ".edu", ".gov",   ".info",
                                          ".biz", ".co.uk", ".eu"};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
        struct str ending = str_of(endings[i]);
        if (host.len > ending.len &&
            str_equal_nocase(str_from(host, host.len - ending.len), ending))
            return true;
    }
    return false;
}

static bool is_host_character(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

/* The host that a link's words show, or an empty view: words with a scheme
 * or "www.", or one word that is a host's name. */
static struct str shown_host(struct str words)
{
    struct str url;
    size_t at = 0;
    if (link_next_in_text(words, &at, &url))
        return host_of(link_without_marks(url));
    bool www = str_starts_nocase(words, STR("www."));
    struct str host = www ? str_from(words, 4) : words;
    size_t end = 0;
    while (end < host.len && is_host_character(host.ptr[end]))
        end++;
    bool whole = end == host.len || host.ptr[end] == '/';
    host.len = end;
    return www || (whole && has_common_ending(host)) ? host : STR("");
}

/* ---- one link -------------------------------------------------------- */

static bool has_name(const struct markup_node *node, struct str words)
{
    const char *label = markup_get(node, "aria-label");
    const char *title = markup_get(node, "title");
    return words.len || (label && *label) || (title && *title);
}

static void check_words(struct lint *lint, const struct markup_node *node,
                        const struct lint_place *place, struct str url)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    markup_words(node, &words);
    struct str said = strbuf_str(&words);
    if (markup_is(node, "area"))
        said = str_of(markup_get(node, "alt") ? markup_get(node, "alt") : "");
    if (!has_name(node, said)) {
        lint_add(lint, RULE_LINK_WORDLESS, place, "has no words: %.*s",
                 STR_ARG(url));
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(vague); i++)
        if (str_equal_nocase(said, str_of(vague[i])) &&
            !markup_get(node, "aria-label"))
            lint_add(lint, RULE_LINK_VAGUE, place,
                     "doesn't say where it leads, read by itself");
    struct str shown = shown_host(said);
    if (shown.len && link_is_web(url) &&
        !organisation_is_same(shown, host_of(url)))
        lint_add(lint, RULE_LINK_OTHER_HOST, place,
                 "shows %.*s and leads to %.*s", STR_ARG(shown),
                 STR_ARG(host_of(url)));
}

static void check_host(struct lint *lint, const struct lint_place *place,
                       struct str url)
{
    struct str host = host_of(url);
    if (!host.len)
        lint_add(lint, RULE_LINK_EMPTY, place, "names no host: %.*s",
                 STR_ARG(url));
    else if (url_split(url).user.ptr)
        lint_add(lint, RULE_LINK_DISGUISED, place,
                 "has a name before its host: %.*s", STR_ARG(url));
    else if (is_address(host))
        lint_add(lint, RULE_LINK_IP, place, "leads to a bare address, %.*s",
                 STR_ARG(host));
    for (size_t i = 0; i < ARRAY_SIZE(shorteners); i++)
        if (str_equal_nocase(host, str_of(shorteners[i])))
            lint_add(lint, RULE_LINK_SHORTENED, place,
                     "hides where it leads behind %s", shorteners[i]);
}

static void check_web(struct lint *lint, const struct lint_place *place,
                      struct str url)
{
    if (str_starts_nocase(url, STR("http://")))
        lint_add(lint, RULE_LINK_HTTP, place, "%.*s", STR_ARG(url));
    if (url.len > LINK_MAX)
        lint_add(lint, RULE_LINK_LONG, place, "has %zu characters", url.len);
    check_host(lint, place, url);
}

static bool has_scheme(struct str url)
{
    size_t colon = str_find(url, ':');
    return colon < url.len && colon < str_find(url, '/') &&
           colon < str_find(url, '?') && colon < str_find(url, '#');
}

static void check_address(struct lint *lint, const struct lint_place *place,
                          struct str url)
{
    if (!url.len || str_equal(url, STR("#")))
        lint_add(lint, RULE_LINK_EMPTY, place, "leads nowhere");
    else if (url.ptr[0] == '#')
        lint_add(lint, RULE_CLIENT_LACKS, place,
                 "leads to a place in the message, which Gmail's and "
                 "Outlook's apps don't follow");
    else if (link_is_web(url))
        check_web(lint, place, url);
    else if (!has_scheme(url))
        lint_add(lint, RULE_LINK_RELATIVE, place, "is relative: %.*s",
                 STR_ARG(url));
    else if (!str_starts_nocase(url, STR("mailto:")) &&
             !str_starts_nocase(url, STR("tel:")))
        lint_add(lint, RULE_LINK_SCHEME, place, "leads to %.*s",
                 (int)str_find(url, ':') + 1, url.ptr);
}

void check_links(struct lint *lint)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        bool is_link = markup_is(node, "a") || markup_is(node, "area");
        bool is_mark = markup_get(node, "name") || markup_get(node, "id");
        struct str url = link_of(node);
        if (!is_link || (!url.ptr && is_mark))
            continue;
        struct lint_place place = lint_at_node(node);
        check_address(lint, &place, url.ptr ? url : STR(""));
        if (url.len)
            check_words(lint, node, &place, url);
    }
}
