/* Asks a person by mail to confirm, for `digest subscriber add`. */
#include "digest/cli/cmd_subscriber_ask.h"

#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/notices/outbox.h"
#include "digest/notices/reader_mail.h"

static void try_to_send(struct app *app)
{
    struct notices_report report = {0};
    struct err err = {0};
    if (!outbox_send(&app->conf, app->db, NULL, &report, &err))
        log_warning("%s: the mail that asks them waits in the outbox.",
                    err.text);
    else if (report.deferred || report.failed)
        log_warning("The mail that asks them could not be sent %s.",
                    report.deferred ? "yet; it waits in the outbox"
                                    : "and was given up");
    else
        app_note_mail(app);
}

static void print_result(const char *email, const char *slug,
                         enum consent_result result, bool queued)
{
    if (queued)
        printf("Added %s to %s, waiting for confirmation.\n", email, slug);
    else if (result == CONSENT_DONE)
        printf("Added %s to %s, waiting for confirmation: they were asked "
               "within the hour.\n",
               email, slug);
    else
        printf("%s is on %s already, or was asked within the hour.\n", email,
               slug);
}

bool subscriber_command_ask(struct invocation *call, struct app *app,
                            const struct newsletter *newsletter,
                            const char *categories, struct err *err)
{
    struct reader_mail mail = {
        .db = app->db,
        .keys = app->keys,
        .templates = app->templates,
        .site_name = app->conf.site_name,
        .postal_address = app->conf.postal_address,
        .base_url = app->conf.base_url,
    };
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = clock_now(), .keys = app->keys};
    struct reader_wish wish = {
        .email = str_of(call->args[0]),
        .name = option_get(call, "--name"),
        .categories = categories,
        .origin = &origin,
    };
    enum consent_result result;
    bool queued;
    if (!reader_mail_confirm(&mail, newsletter, &wish, &result, &queued, err))
        return false;
    if (result == CONSENT_REFUSED) {
        err->kind = ERR_CONFLICT;
        return false;
    }
    print_result(call->args[0], newsletter->slug, result, queued);
    fflush(stdout);
    if (queued)
        try_to_send(app);
    return true;
}
