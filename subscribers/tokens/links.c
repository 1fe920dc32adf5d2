/* The paths of links, and what the tokens behind them are for. */
#include "subscribers/tokens/links.h"

#include <assert.h>

static const struct {
    const char *path;
    enum token_purpose purpose; /* 0: no token follows */
} links[LINK_COUNT] = {
    [LINK_UNSUBSCRIBE] = {"/u/", TOKEN_UNSUBSCRIBE},
    [LINK_PREFERENCES] = {"/p/", TOKEN_PREFERENCES},
    [LINK_VIEW] = {"/v/", TOKEN_VIEW},
    [LINK_CONFIRM] = {"/c/", TOKEN_CONFIRM},
    [LINK_ADDRESS] = {"/a/", TOKEN_CONFIRM},
    [LINK_RESTORE] = {"/b/", TOKEN_RESTORE},
    [LINK_SIGN_UP] = {"/s/", 0},
    [LINK_ASK] = {"/l", 0},
};

const char *link_path(enum token_link link)
{
    return links[link].path;
}

void link_write(const struct token_keys *keys, const char *base_url,
                enum token_link link, struct token token, struct strbuf *out)
{
    assert(links[link].purpose);
    token.purpose = links[link].purpose;
    strbuf_add_text(out, base_url);
    strbuf_add_text(out, links[link].path);
    token_write(keys, &token, out);
}
