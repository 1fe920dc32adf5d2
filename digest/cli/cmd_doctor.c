/* `digest doctor`: how everything is that delivery hangs on. */
#include "digest/doctor/doctor.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"

static void print_json(const struct doctor *d)
{
    json_t *array = json_array();
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->findings[i];
        json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:s, s:o}", "level",
                      finding_level_name(f->level), "check", f->check,
                      "finding", f->says, "remedy",
                      *f->remedy ? json_string(f->remedy) : json_null()));
    }
    json_print(array);
}

static size_t count_of(const struct doctor *d, enum finding_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < d->count; i++)
        count += d->findings[i].level == level;
    return count;
}

static bool is_brief(void)
{
    return log_level() < LOG_NOTE;
}

/* Prints a finding at once, for a relay may take its time. With -q, good ones
 * are left out. */
static void print_finding(const struct finding *f)
{
    if (is_brief() && f->level == FINDING_FINE)
        return;
    printf("%-8s %-9s %s\n", finding_level_name(f->level), f->check, f->says);
    if (*f->remedy)
        printf("%-8s %-9s -> %s\n", "", "", f->remedy);
    fflush(stdout);
}

static void print_sum(const struct doctor *d)
{
    size_t errors = count_of(d, FINDING_ERROR);
    size_t warnings = count_of(d, FINDING_WARNING);
    if (!is_brief())
        printf("\n%zu %s, %zu %s.\n", errors,
               plural((int64_t)errors, "error", "errors"), warnings,
               plural((int64_t)warnings, "warning", "warnings"));
}

/* A setting is what has to be mended first; of the rest, what came first. */
static int exit_code(const struct doctor *d)
{
    int code = 0;
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->findings[i];
        if (f->level != FINDING_ERROR)
            continue;
        if (f->kind == ERR_CONFIG)
            return err_exit_code(ERR_CONFIG);
        if (!code)
            code = err_exit_code(f->kind);
    }
    return code;
}

/* Opens database, keys and templates, each by itself: the doctor goes on
 * without. */
static void open_what_there_is(struct doctor *d, struct app *app)
{
    struct err err = {0};
    if (db_open(app->conf.database_path, DB_OPEN, &app->db, &err))
        d->db = app->db;
    else
        doctor_fail(d, "database", &err);
    err = (struct err){0};
    if (token_keys_load(app->conf.keys_file, &app->keys, &err))
        d->keys = app->keys;
    else
        doctor_fail(d, "files", &err);
}

static bool run_doctor(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(doctor_free)
    struct doctor doctor = {
        .conf = &app.conf,
        .dns = dns_system(),
        .now = clock_now(),
        .tell = call->json ? NULL : print_finding,
    };
    struct err wrong = {0};
    if (!invocation_count(call, 0, 0, err))
        return false;
    if (conf_load(call->folder, call->config_path, &app.conf, &wrong)) {
        open_what_there_is(&doctor, &app);
        doctor_examine(&doctor);
    } else {
        doctor_fail(&doctor, "settings", &wrong);
    }
    if (call->json)
        print_json(&doctor);
    else
        print_sum(&doctor);
    call->exit_code = exit_code(&doctor);
    return true;
}

const struct command doctor_commands[] = {
    {"doctor",
     NULL,
     "",
     "look at everything that delivery hangs on, and say what to do",
     {{0}},
     run_doctor},
    {0},
};
