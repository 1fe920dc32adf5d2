/* Where the links of mails and pages lead: the one table of their paths, which
 * those who write a link, those who serve it and those who look for it ask. */
#ifndef SUBSCRIBERS_TOKENS_LINKS_H
#define SUBSCRIBERS_TOKENS_LINKS_H

#include "subscribers/tokens/tokens.h"

enum token_link {
    LINK_UNSUBSCRIBE,
    LINK_PREFERENCES,
    LINK_VIEW,    /* the public copy of an issue */
    LINK_CONFIRM, /* a subscription */
    LINK_ADDRESS, /* confirms a new address */
    LINK_RESTORE, /* takes a change of address back */
    LINK_SIGN_UP, /* of a newsletter: its name follows, no token */
    LINK_ASK,     /* for links by mail: nothing follows */
    LINK_COUNT
};

/* The path below the site's base_url. A literal; what a token or a name
 * follows ends with a slash. */
const char *link_path(enum token_link link);

/* Appends a link: base_url, its path, and the token with the purpose that this
 * link's page asks for. The link is one that a token follows. */
void link_write(const struct token_keys *keys, const char *base_url,
                enum token_link link, struct token token, struct strbuf *out);

#endif
