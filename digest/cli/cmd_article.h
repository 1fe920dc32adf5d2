/* The verbs of `article`, which stand in several files. */
#ifndef DIGEST_CLI_CMD_ARTICLE_H
#define DIGEST_CLI_CMD_ARTICLE_H

#include "digest/cli/app.h"

struct json_t;

/* An article's number. Fails: USAGE. */
FALLIBLE bool article_command_id(const char *text, int64_t *out,
                                 struct err *err);

FALLIBLE bool article_command_correct(struct invocation *call, struct err *err);

/* Prints the corrections of an article, or sets them in its JSON. */
FALLIBLE bool article_command_corrections(struct invocation *call,
                                          struct app *app, int64_t article_id,
                                          struct json_t *object,
                                          struct err *err);

#endif
