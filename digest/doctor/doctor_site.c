/* The pages at base_url: that a reader's link leads to this program, with
 * these keys. Links are only looked at; nobody is unsubscribed by that. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/base/url.h"
#include "digest/doctor/doctor.h"
#include "digest/fetch/fetch.h"
#include "subscribers/tokens/links.h"

enum { TIMEOUT_S = 15, PAGE_MAX = 1 << 20 };

static bool get(const char *url, struct err *err)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct fetch_options options = {
        .allow_private = true, .max_bytes = PAGE_MAX, .timeout_s = TIMEOUT_S};
    return fetch_url(url, &options, &reply, err);
}

/* A link that our keys signed, of nobody: our pages answer it, any other
 * server doesn't. */
static bool get_link(struct doctor *d, bool forged, struct err *err)
{
    OWNED(strbuf_free) struct strbuf url = STRBUF_INIT;
    struct token token = {0};
    random_bytes(token.subscriber_key, sizeof token.subscriber_key);
    if (forged)
        strbuf_add_format(&url, "%s%sno-such-link", d->conf->base_url,
                          link_path(LINK_UNSUBSCRIBE));
    else
        link_write(d->keys, d->conf->base_url, LINK_UNSUBSCRIBE, token, &url);
    return get(strbuf_text(&url), err);
}

static const char *paths_of_links(struct arena *arena)
{
    const char *list = link_path(0);
    for (int i = 1; i < LINK_COUNT; i++)
        list = arena_format(arena, "%s%s%s", list,
                            i + 1 < LINK_COUNT ? ", " : " and ",
                            link_path((enum token_link)i));
    return list;
}

static bool is_loopback(const char *url)
{
    struct str host = url_split(str_of(url)).host;
    return str_starts(host, STR("127.")) || str_equal(host, STR("[::1]")) ||
           str_equal_nocase(host, STR("localhost"));
}

/* The reason in an error, without the address in front and the advice
 * behind. */
static struct str reason_of(const struct err *err)
{
    struct str text = str_of(err->text);
    size_t begin = str_find_str(text, STR(": ")) + 2;
    text = str_from(text, begin < text.len ? begin : 0);
    text.len = str_find_str(text, STR("; "));
    return text;
}

static void say_unreached(struct doctor *d, const struct err *err)
{
    struct str reason = reason_of(err);
    doctor_say(d, FINDING_ERROR, "site",
               "let your web server pass base_url to `digest serve`, which has "
               "to run (http.listen; cron/setup --install starts it)",
               "the unsubscribe address doesn't answer at %s: %.*s",
               d->conf->base_url, STR_ARG(reason));
    d->findings[d->count - 1].kind =
        err->kind == ERR_TEMPORARY ? ERR_TEMPORARY : ERR_PERMANENT;
}

void doctor_site(struct doctor *d)
{
    const char *url = d->conf->base_url;
    struct err err = {0};
    if (!url) {
        doctor_say(d, FINDING_WARNING, "site",
                   "set site.base_url, and run `digest serve` there",
                   "no base_url: readers can only leave by mail, and there is "
                   "no one-click unsubscribe, which large receivers ask for");
        return;
    }
    if (strncmp(url, "https://", 8) != 0)
        doctor_say(d, is_loopback(url) ? FINDING_WARNING : FINDING_ERROR,
                   "site", "serve it over https, and say so in site.base_url",
                   "%s isn't https: receivers don't offer one-click "
                   "unsubscribe (RFC 8058)",
                   url);
    if (!d->keys)
        return;
    if (!get_link(d, false, &err))
        say_unreached(d, &err);
    else if (get_link(d, true, &err))
        doctor_say(d, FINDING_ERROR, "site",
                   arena_format(&d->arena,
                                "let your web server pass %s below base_url "
                                "to `digest serve`",
                                paths_of_links(&d->arena)),
                   "%s answers, but it isn't `digest serve` with these keys",
                   url);
    else
        doctor_say(d, FINDING_FINE, "site", "",
                   "the unsubscribe address answers at %s", url);
}
