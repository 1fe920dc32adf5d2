/* Runs `digest subscriber export`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/cli/cmd_subscriber.h"
#include "subscribers/consent/subscriber_export.h"

/* The target that the list goes to. A file is written beside its place and
 * renamed, so that there is never half a list. */
struct target {
    const char *path; /* "-": standard output */
    char *beside;
    FILE *file;
};

static void target_free(struct target *t)
{
    if (t->file && t->beside) {
        fclose(t->file);
        unlink(t->beside);
    }
    free(t->beside);
}

static bool target_open(struct target *t, struct err *err)
{
    if (strcmp(t->path, "-") == 0) {
        t->file = stdout;
        return true;
    }
    int fd = file_create_beside(t->path, &t->beside);
    t->file = fd < 0 ? NULL : fdopen(fd, "w");
    return t->file || file_fail(err, t->path, "write the list");
}

static bool put(void *context, struct str text, struct err *err)
{
    struct target *t = context;
    return fwrite(text.ptr, 1, text.len, t->file) == text.len ||
           file_fail(err, t->path, "write the list");
}

static bool target_close(struct target *t, struct err *err)
{
    if (fflush(t->file) != 0)
        return file_fail(err, t->path, "write the list");
    if (!t->beside)
        return true;
    if (fsync(fileno(t->file)) != 0 || rename(t->beside, t->path) != 0)
        return file_fail(err, t->path, "write the list");
    fclose(TAKE(t->file));
    return true;
}

bool subscriber_command_export(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(target_free) struct target target = {.path = "-"};
    struct subscriber_export_to to = {put, &target};
    struct newsletter n = {0};
    const char *slug = option_get(call, "--newsletter");
    size_t count;
    if (!invocation_count(call, 0, 1, err) || !app_open(&app, call, err) ||
        (slug && !subscriber_command_newsletter(call, &app, &n, err)))
        return false;
    if (call->arg_count)
        target.path = call->args[0];
    if (!target_open(&target, err) ||
        !subscriber_export(app.db, slug, &to, &count, err) ||
        !target_close(&target, err))
        return false;
    if (strcmp(target.path, "-") != 0)
        printf("Wrote %zu %s to %s.\n", count,
               plural((int64_t)count, "subscription", "subscriptions"),
               target.path);
    return true;
}
