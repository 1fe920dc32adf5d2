/* Takes in pictures for commands, and says how it went. */
#include "digest/cli/pictures.h"

#include <string.h>

#include "digest/articles/article_edit.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/sources/picture_fetch.h"

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

static bool is_kept(const struct conf *conf, const struct article *a)
{
    return conf->media_fetch == CONF_MEDIA_ALL ||
           (conf->media_fetch == CONF_MEDIA_PASTED && !*a->url);
}

bool pictures_edit(struct app *app, int64_t article_id, const char *image,
                   struct picture *made, struct article_edit *edit,
                   struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct article a;
    bool is_address = image && url_is_absolute(str_of(image));
    edit->image_url = image;
    if (!image || !*image)
        return true;
    if (!article_get(app->db, article_id, &arena, &a, err))
        return false;
    if (is_address && !is_kept(&app->conf, &a))
        return true;
    if (!picture_from(image, app->conf.fetch_private, made, err))
        return false;
    edit->picture = made;
    if (is_address)
        return true;
    edit->image_url = "";
    if (!app->conf.base_url)
        log_note("digest.yaml names no site.base_url: without one no mail "
                 "can show a picture of its own.");
    return true;
}
