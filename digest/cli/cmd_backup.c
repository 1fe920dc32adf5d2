#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/cli/app.h"

static bool run_backup(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !db_backup(app.db, call->args[0], err))
        return false;
    printf("Backed up the database to %s, and verified the copy. Keep %s "
           "as well: it signs every link.\n",
           call->args[0], app.conf.keys_file);
    return true;
}

const struct command backup_commands[] = {
    {"backup",
     NULL,
     "FILE",
     "copy the database, also while it is in use",
     {{0}},
     run_backup},
    {0},
};
