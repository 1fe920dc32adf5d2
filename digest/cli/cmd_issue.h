/* The verbs of `issue`, which stand in several files. */
#ifndef DIGEST_CLI_CMD_ISSUE_H
#define DIGEST_CLI_CMD_ISSUE_H

#include "digest/cli/app.h"

/* Opens the folder and the issue that the first argument names. */
FALLIBLE bool issue_command_open(struct invocation *call, struct app *app,
                                 bool unsent, struct issue *out,
                                 struct err *err);

/* Warns of a mail that is, or was, too long for Gmail. */
void issue_command_print_notes(const struct issue *issue,
                               const struct render_notes *notes);
/* The same for a draft as it is now; and if it can't be rendered, says why. */
void issue_command_warn_length(struct app *app, const struct issue *issue);

FALLIBLE bool issue_command_draft(struct invocation *call, struct err *err);
FALLIBLE bool issue_command_edit(struct invocation *call, struct err *err);
FALLIBLE bool issue_command_show(struct invocation *call, struct err *err);
FALLIBLE bool issue_command_send(struct invocation *call, struct err *err);
FALLIBLE bool issue_command_status(struct invocation *call, struct err *err);

/* Prints an issue with what is in it, and what an editor chose: for people,
 * or as JSON. */
FALLIBLE bool issue_command_summary(struct invocation *call, struct app *app,
                                    const struct issue *issue, struct err *err);

#endif
