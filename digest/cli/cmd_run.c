/* `digest run`: all that is due, once; for cron. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/moment.h"
#include "digest/cli/stop.h"
#include "digest/delivery/relays.h"
#include "digest/scheduler/scheduler.h"

static void say(void *context, const char *line)
{
    (void)context;
    puts(line);
    fflush(stdout);
}

/* ---- explain ---- */

static void print_json(const struct scheduler_steps *steps)
{
    json_t *array = json_array();
    for (size_t i = 0; i < steps->count; i++)
        json_array_append_new(array, json_pack("{s:o, s:s}", "at",
                                               json_time(steps->items[i].at),
                                               "what", steps->items[i].text));
    json_print(array);
}

static void print_steps(const struct scheduler_steps *steps, int64_t now)
{
    size_t i = 0;
    puts("Now:");
    for (; i < steps->count && !steps->items[i].at; i++)
        printf("  %s\n", steps->items[i].text);
    if (i == 0)
        puts("  nothing");
    puts("Next:");
    if (i == steps->count)
        puts("  nothing; set a time with `digest newsletter schedule SLUG "
             "--every 'friday 07:00'`");
    for (; i < steps->count; i++) {
        OWNED(strbuf_free) struct strbuf at = STRBUF_INIT;
        moment_add(steps->items[i].at, now, steps->items[i].zone, &at);
        printf("  %s\n    %s\n", strbuf_text(&at), steps->items[i].text);
    }
}

static bool explain(struct invocation *call, const struct scheduler *scheduler,
                    struct err *err)
{
    OWNED(scheduler_steps_free) struct scheduler_steps steps = {0};
    if (!scheduler_explain(scheduler, &steps, err))
        return false;
    if (call->json)
        print_json(&steps);
    else
        print_steps(&steps, clock_now());
    return true;
}

/* ---- after a backup was put in place ---- */

static bool accept_restored(const struct scheduler *scheduler, struct err *err)
{
    struct scheduler_restored done;
    if (!scheduler_accept_restored(scheduler, &done, err))
        return false;
    printf(
        "Goes on from the restored database. On record as sent since: %" PRId64
        " %s. Paused in the middle of being sent: %" PRId64
        ". Due, and missed: %" PRId64 ".\n",
        done.lost, plural(done.lost, "issue", "issues"), done.paused,
        done.missed);
    if (done.paused)
        puts("`digest issue resume` sends a paused one to all who are not on "
             "record as having it; some of them may have it already.");
    return true;
}

static bool run_run(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err))
        return false;
    struct scheduler scheduler = {
        .conductor = app_conductor(&app), .watch = stop_watch, .say = say};
    if (option_get(call, "--explain"))
        return explain(call, &scheduler, err);
    if (option_get(call, "--restored"))
        return accept_restored(&scheduler, err);
    enum err_kind failed;
    if (!scheduler_run(&scheduler, &failed, err))
        return false;
    if (failed)
        call->exit_code = err_exit_code(failed);
    /* A relay that is mistyped is told now, not when an issue is due. */
    return failed || !app.conf.relay_count || relays_check(&app.conf, err);
}

const struct command run_commands[] = {
    {"run",
     NULL,
     "",
     "do all that is due, once; for cron, as often as each minute",
     {{"--explain", NULL, "say what would be done now, and what comes next"},
      {"--restored", NULL,
       "go on after a backup was put in the database's place"},
      {0}},
     run_run},
    {0},
};
