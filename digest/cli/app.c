/* Opens what commands need: configuration, database, keys, templates. */
#include "digest/cli/app.h"

#include <inttypes.h>
#include <stdio.h>

#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/delivery/trial.h"
#include "digest/delivery/ways.h"

bool app_open(struct app *app, const struct invocation *call, struct err *err)
{
    *app = (struct app){0};
    if (!conf_load(call->folder, call->config_path, &app->conf, err) ||
        !db_open(app->conf.database_path, DB_OPEN, &app->db, err) ||
        !token_keys_load(app->conf.keys_file, &app->keys, err))
        return false;
    OWNED(mem_free) char *folder = file_join(app->conf.folder, "templates");
    app->templates = template_set_new(file_is_folder(folder) ? folder : NULL);
    return true;
}

void app_close(struct app *app)
{
    template_set_free(app->templates);
    token_keys_free(app->keys);
    db_close(app->db);
    conf_free(&app->conf);
}

struct conductor app_conductor(const struct app *app)
{
    return (struct conductor){.conf = &app->conf,
                              .db = app->db,
                              .templates = app->templates,
                              .keys = app->keys};
}

bool app_parse_time(const char *option, const char *text, int64_t *out,
                    struct err *err)
{
    return time_parse_rfc3339(str_of(text), out) ||
           err_set(err, ERR_USAGE,
                   "%s \"%.60s\": not a time; write 2026-11-20 or "
                   "'2026-11-20 07:00'",
                   option, text);
}

void app_note_mail(const struct app *app)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const char *words = ways_words(ways_of(&app->conf, &arena), &arena);
    if (words)
        log_note("Mail is %s. Connect a mail server: transport.url in %s",
                 words, app->conf.path);
}

const char *plural(int64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

const char *grouped(struct arena *arena, int64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    struct strbuf out = STRBUF_INIT;
    size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0 && digits[i - 1] != '-')
            strbuf_add_char(&out, ',');
        strbuf_add_char(&out, digits[i]);
    }
    const char *kept = arena_copy_str(arena, strbuf_str(&out));
    strbuf_free(&out);
    return kept;
}

void app_warn_language(const struct app *app, const struct newsletter *n)
{
    OWNED(strbuf_free) struct strbuf note = STRBUF_INIT;
    trial_language(app->templates, n->language, &note);
    if (note.len)
        log_warning("%s: %s", n->slug, strbuf_text(&note));
}
