/* The needs of most commands: configuration, database, keys, templates. */
#ifndef DIGEST_CLI_APP_H
#define DIGEST_CLI_APP_H

#include "digest/base/conf.h"
#include "digest/cli/command.h"
#include "digest/delivery/conductor.h"
#include "digest/newsletters/newsletter.h"

struct app {
    struct conf conf;
    struct db *db;
    struct token_keys *keys;
    struct template_set *templates;
};

/* Opens all of it for the call's folder. Fails: CONFIG, NOT_FOUND, … */
FALLIBLE bool app_open(struct app *app, const struct invocation *call,
                       struct err *err);
void app_close(struct app *app); /* for OWNED */

struct conductor app_conductor(const struct app *app);

/* Says that mail goes to a folder or nowhere, where it does, and the remedy. */
void app_note_mail(const struct app *app);

/* "YYYY-MM-DD", "YYYY-MM-DD HH:MM" and the like as Unix seconds, UTC where
 * no zone stands. Fails: USAGE, naming the option. */
FALLIBLE bool app_parse_time(const char *option, const char *text, int64_t *out,
                             struct err *err);

/* "1 article", "2 articles": `many` when count isn't 1. */
const char *plural(int64_t count, const char *one, const char *many);

/* A number with thousands separated: 12,480. In the arena. */
const char *grouped(struct arena *arena, int64_t number);

/* Says that a newsletter's language has no words, where that is so. */
void app_warn_language(const struct app *app,
                       const struct newsletter *newsletter);

#endif
