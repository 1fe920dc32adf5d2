/* `subscriber add --pending`: asks a person by mail to confirm. */
#ifndef DIGEST_CLI_CMD_SUBSCRIBER_ASK_H
#define DIGEST_CLI_CMD_SUBSCRIBER_ASK_H

#include "digest/cli/app.h"
#include "digest/newsletters/newsletter.h"

/* Queues the mail for the call's first argument, and sends what waits in the
 * outbox. A mail that can't be sent now stays there. Fails: CONFIG, INPUT,
 * CONFLICT (they can't be asked), STORE. */
FALLIBLE bool subscriber_command_ask(struct invocation *call, struct app *app,
                                     const struct newsletter *newsletter,
                                     const char *categories, struct err *err);

#endif
