/* The verbs of `issue`, which stand in two files. */
#ifndef DIGEST_CLI_CMD_ISSUE_H
#define DIGEST_CLI_CMD_ISSUE_H

#include "digest/cli/app.h"

/* Opens the folder and the issue that the first argument names. */
FALLIBLE bool issue_command_open(struct invocation *call, struct app *app,
                                 bool unsent, struct issue *out,
                                 struct err *err);

FALLIBLE bool issue_command_send(struct invocation *call, struct err *err);
FALLIBLE bool issue_command_status(struct invocation *call, struct err *err);

#endif
