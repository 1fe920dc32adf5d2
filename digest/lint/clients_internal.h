/* Gaps of major mail programs, as far as they do harm: a table of facts; for
 * the files of this room alone.
 *
 * Source: caniemail.com (its data of 2026-05-13, MIT), for Gmail, Apple Mail,
 * Outlook, Yahoo, Thunderbird and Samsung Email. "Outlook" alone is more than
 * one of Outlook's programs, that for Windows mostly among them. What merely
 * looks plainer without (rounded corners, shadows, web fonts) isn't in it.
 */
#ifndef DIGEST_LINT_CLIENTS_INTERNAL_H
#define DIGEST_LINT_CLIENTS_INTERNAL_H

#include <stddef.h>

enum client_feature_kind {
    CLIENT_ELEMENT,   /* <name>, or <name rel="value"> */
    CLIENT_ATTRIBUTE, /* name="" */
    CLIENT_PROPERTY,  /* name: anything */
    CLIENT_VALUE,     /* name: value */
    CLIENT_FUNCTION,  /* anything: name( */
    CLIENT_UNIT,      /* anything: 1name */
    CLIENT_AT_RULE,   /* @name */
    CLIENT_IMAGE,     /* <img src="x.name"> */
};

struct client_feature {
    enum client_feature_kind kind;
    const char *name, *value;
    const char *lacking; /* which programs */
};

extern const struct client_feature client_features[];
extern const size_t client_feature_count;

#endif
