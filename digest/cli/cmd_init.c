/* Runs `digest init`: makes a working folder. */
#include <stdio.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/cli/command.h"
#include "digest/cli/init_from.h"
#include "digest/cli/workfolder.h"

static bool run_init(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 0, 1, err))
        return false;
    const char *folder = call->arg_count ? call->args[0] : call->folder;
    const char *address = option_get(call, "--from");
    if (address)
        return init_from(call, folder, address, err);
    OWNED(mem_free) char *yaml = file_join(folder, "digest.yaml");
    bool there = file_exists(yaml);
    struct workfolder settings = {0};
    if (!workfolder_make(folder, &settings, err))
        return false;
    const char *in = strcmp(folder, ".") == 0 ? "" : folder;
    const char *flag = *in ? " -C " : "";
    printf(there ? "%s was there and is as it was; what was missing beside "
                   "it is made.\n"
                 : "Made %s, and beside it the database digest.db and the "
                   "key file digest.keys.\n",
           yaml);
    printf("Next: fill in site: in %s, then\n"
           "  digest%s%s newsletter create weekly --title 'Weekly Review' "
           "--from 'Review <news@example.org>'\n"
           "  digest%s%s article import PATH|URL\n",
           yaml, flag, in, flag, in);
    return true;
}

const struct command init_commands[] = {
    {"init",
     NULL,
     "[DIR]",
     "make digest.yaml, the database and the keys",
     {{"--from", "URL",
       "read a publication's site, and draft its first newsletter"},
      {0}},
     run_init},
    {0},
};
