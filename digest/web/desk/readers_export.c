/* The whole list as a file, made by the worker. */
#include <stdio.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/work.h"
#include "subscribers/consent/subscriber_export.h"

static bool put(void *context, struct str text, struct err *err)
{
    return fwrite(text.ptr, 1, text.len, context) == text.len ||
           file_fail(err, "the list", "write it");
}

static bool run_export(struct work_run *run, void *argument, struct err *err)
{
    size_t count;
    const char *slug = argument;
    run->file = tmpfile();
    if (!run->file)
        return file_fail(err, "the list", "make a file for it");
    struct subscriber_export_to to = {put, run->file};
    if (!subscriber_export(run->conductor.db, *slug ? slug : NULL, &to, &count,
                           err))
        return false;
    if (fflush(run->file) != 0)
        return file_fail(err, "the list", "write it");
    strbuf_add_format(&run->said, "%zu subscriptions are in it.", count);
    return true;
}

bool readers_export_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    const char *slug = visit_field(visit, "newsletter");
    if (*slug && !newsletter_get(visit->db, slug, visit->arena, &n, err))
        return false;
    struct desk_work work = {
        .title = "Taking the list out",
        .back = "readers",
        .run = run_export,
        .free = free,
        .argument = mem_copy(slug),
    };
    return work_start(visit, &work, "exported the readers", slug, "", err);
}
