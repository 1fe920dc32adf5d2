#include "digest/cli/pictures.h"

#include "digest/articles/picture_fetch.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"

static void tell(void *context, const char *line)
{
    (void)context;
    log_write(LOG_WARNING, "%s", line);
}

bool pictures_take_in(struct app *app, struct err *err)
{
    struct picture_fetch_report report = {.tell = tell};
    struct picture_fetch_options options = {
        .now = clock_now(),
        .all = app->conf.media_fetch == CONF_MEDIA_ALL,
        .allow_private = app->conf.fetch_private,
    };
    if (app->conf.media_fetch == CONF_MEDIA_NONE)
        return true;
    if (!pictures_fetch(app->db, &options, &report, err))
        return false;
    if (report.stored)
        log_note("Took in %zu %s.", report.stored,
                 plural((int64_t)report.stored, "picture", "pictures"));
    return true;
}
