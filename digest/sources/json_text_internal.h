/* JSON as it comes, mended so that it can be read; for the files of this room
 * alone. */
#ifndef DIGEST_SOURCES_JSON_TEXT_INTERNAL_H
#define DIGEST_SOURCES_JSON_TEXT_INTERNAL_H

#include "digest/base/str.h"

struct json_t; /* jansson's */
struct json_error_t;

/* Loads JSON as json_loadb does, with U+FFFD in place of halves of surrogate
 * pairs, which the grammar allows and no text can hold (RFC 8259 §8.2). NULL
 * for what isn't JSON; where it is wrong, `why` counts as in `json` itself. */
struct json_t *json_text_load(struct str json, size_t flags,
                              struct json_error_t *why);

#endif
