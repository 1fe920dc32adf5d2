/* `digest backup`, `digest restore`: the database and the keys together; one
 * without the other is half a backup, for links that were sent would no
 * longer be good. */
#include <stdio.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/store/backup.h"
#include "digest/store/upkeep.h"

enum { KEYS_MAX = 1 << 20 };

static bool copy_keys(const char *from, const char *to, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (file_exists(to))
        return err_set(err, ERR_CONFLICT,
                       "%s: exists already; name a file that doesn't", to);
    return file_read(from, KEYS_MAX, &text, err) &&
           file_write(to, strbuf_str(&text), 0600, err);
}

static bool run_backup(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err))
        return false;
    const char *path = call->args[0];
    OWNED(mem_free) char *keys = mem_format("%s.keys", path);
    if (!copy_keys(app.conf.keys_file, keys, err))
        return false;
    if (!db_backup(app.db, path, err)) {
        unlink(keys);
        return false;
    }
    printf("Backed up the database to %s, verified it, and put the keys that "
           "sign its links beside it (%s).\n",
           path, keys);
    return upkeep_note(app.db, UPKEEP_BACKUP, clock_now(), path, err);
}

/* ---- restore ---- */

static bool restore_keys(const struct conf *conf, const char *backup,
                         struct err *err)
{
    OWNED(mem_free) char *keys = mem_format("%s.keys", backup);
    size_t added;
    if (!file_exists(keys)) {
        printf("There are no keys beside it (%s): links in messages that "
               "were sent stay good only with the keys that signed them.\n",
               keys);
        return true;
    }
    bool there = file_exists(conf->keys_file);
    if (!token_keys_merge(conf->keys_file, keys, &added, err) ||
        !file_give(conf->keys_file, conf->database_path, err))
        return false;
    if (added)
        printf("%s %zu %s from the backup %s %s.\n",
               there ? "Added" : "Restored", added,
               plural((int64_t)added, "key", "keys"),
               there ? "behind those in" : "to", conf->keys_file);
    return true;
}

static bool run_restore(struct invocation *call, struct err *err)
{
    OWNED(conf_free) struct conf conf = {0};
    OWNED(mem_free) char *aside = NULL;
    bool replace = option_get(call, "--replace") != NULL;
    if (!invocation_count(call, 1, 1, err) ||
        !conf_load(call->folder, call->config_path, &conf, err) ||
        !db_restore(call->args[0], conf.database_path, replace, &aside, err))
        return false;
    printf("Restored %s from %s, and verified it.\n", conf.database_path,
           call->args[0]);
    if (aside)
        printf("The database that was there is kept as %s.\n", aside);
    if (!restore_keys(&conf, call->args[0], err))
        return false;
    puts("What happened since that backup is not in it: who unsubscribed (the "
         "web server's\nlog has it), who bounced, what was sent. Where "
         "something was sent since, `digest run`\nsends nothing more until "
         "you have looked at `digest issue list`, and say so with\n`digest "
         "run --restored`.");
    return true;
}

const struct command backup_commands[] = {
    {"backup",
     NULL,
     "FILE",
     "copy the database and the keys, also while they are in use",
     {{0}},
     run_backup},
    {"restore",
     NULL,
     "FILE",
     "put a backup in the database's place",
     {{"--replace", NULL, "put the database that is there aside"}},
     run_restore},
    {0},
};
