/* Runs `digest subscriber edit`. */
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/cli/cmd_subscriber.h"
#include "subscribers/consent/edit.h"
#include "subscribers/roster/address.h"

static bool read_edit(struct invocation *call, struct app *app,
                      struct consent_edit *edit, struct newsletter *n,
                      struct err *err)
{
    *edit = (struct consent_edit){
        .name = option_get(call, "--name"),
        .email = option_get(call, "--email"),
        .language = option_get(call, "--language"),
        .timezone = option_get(call, "--timezone"),
        .categories = subscriber_command_categories(call),
    };
    if (!edit->name && !edit->email && !edit->language && !edit->timezone &&
        !edit->categories)
        return err_set(err, ERR_USAGE,
                       "what is to change? give --name, --email, --language, "
                       "--timezone or --categories");
    if (edit->categories && !subscriber_command_newsletter(call, app, n, err))
        return false;
    edit->newsletter_id = n->id;
    return !edit->timezone || !*edit->timezone ||
           zone_check(edit->timezone, err);
}

static void warn_of_typo(const char *email)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    const char *meant = address_parse(str_of(email), &address, &ignored)
                            ? address_typo(&address)
                            : NULL;
    if (meant)
        log_warning("%s: is %s meant? It is changed as written.", email, meant);
}

bool subscriber_command_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct subscriber s = {0};
    struct newsletter n = {0};
    struct consent_edit edit;
    bool changed;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !subscriber_command_find(call, &app, call->args[0], &s, err) ||
        !read_edit(call, &app, &edit, &n, err))
        return false;
    if (edit.email)
        warn_of_typo(edit.email);
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = clock_now(), .keys = app.keys};
    if (!consent_edit(app.db, s.id, &edit, &origin, &changed, err))
        return false;
    printf(changed ? "Changed %s.\n" : "%s was so already; nothing changed.\n",
           s.email);
    return true;
}
