/* The verbs of `subscriber`, which stand in several files. */
#ifndef DIGEST_CLI_CMD_SUBSCRIBER_H
#define DIGEST_CLI_CMD_SUBSCRIBER_H

#include "digest/cli/app.h"
#include "digest/newsletters/newsletter.h"
#include "subscribers/roster/subscriber.h"

/* The newsletter that --newsletter names. Fails: USAGE where it isn't
 * given. */
FALLIBLE bool subscriber_command_newsletter(struct invocation *call,
                                            struct app *app,
                                            struct newsletter *out,
                                            struct err *err);
FALLIBLE bool subscriber_command_find(struct invocation *call, struct app *app,
                                      const char *email, struct subscriber *out,
                                      struct err *err);
/* --categories "World,Science" as names, one a line; NULL: not given. */
const char *subscriber_command_categories(struct invocation *call);

FALLIBLE bool subscriber_command_import(struct invocation *call,
                                        struct err *err);
FALLIBLE bool subscriber_command_export(struct invocation *call,
                                        struct err *err);
FALLIBLE bool subscriber_command_show(struct invocation *call, struct err *err);
FALLIBLE bool subscriber_command_edit(struct invocation *call, struct err *err);

#endif
