/* Runs `digest suppression`: lists, adds and removes addresses. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "subscribers/consent/suppression.h"

static json_t *to_json(const struct suppression *s)
{
    return json_pack("{s:o, s:s, s:s, s:o}", "address",
                     *s->address ? json_string(s->address) : json_null(),
                     "reason", s->reason, "note", s->note, "at",
                     json_time(s->at));
}

static void print_list(const struct suppression_list *list)
{
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"ADDRESS", "SINCE", "REASON", "NOTE"});
    for (size_t i = 0; i < list->count; i++) {
        const struct suppression *s = &list->items[i];
        char at[TIME_TEXT_SIZE];
        table_add(&table, "%s",
                  *s->address                                ? s->address
                  : strcmp(s->reason, SUPPRESSED_MOVED) == 0 ? "(changed)"
                                                             : "(forgotten)");
        table_add(&table, "%.10s", time_rfc3339(s->at, at));
        table_add(&table, "%s", s->reason);
        table_add(&table, "%s", s->note);
    }
    if (list->count)
        table_print(&table);
    else
        puts("No address is suppressed.");
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct suppression_list list;
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err) ||
        !suppression_find(app.db, &call->arena, &list, err))
        return false;
    if (!call->json) {
        print_list(&list);
        return true;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, to_json(&list.items[i]));
    json_print(array);
    return true;
}

static bool run_add(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        bool added = false;
        if (!suppression_add(app.db, str_of(call->args[i]), SUPPRESSED_EDITOR,
                             option_get(call, "--note"), clock_now(), &added,
                             err))
            return false;
        printf(added ? "Suppressed %s: no newsletter mails it any more.\n"
                     : "%s was suppressed already.\n",
               call->args[i]);
    }
    return true;
}

static bool run_remove(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        if (!suppression_remove(app.db, str_of(call->args[i]), app.keys,
                                clock_now(), err))
            return false;
        printf("Lifted the suppression of %s; it can be added again.\n",
               call->args[i]);
    }
    return true;
}

const struct command suppression_commands[] = {
    {"suppression",
     "list",
     "",
     "list addresses that are never mailed",
     {{0}},
     run_list},
    {"suppression",
     "add",
     "EMAIL...",
     "never mail an address, for any newsletter",
     {{"--note", "TEXT", "why, for the record"}, {0}},
     run_add},
    {"suppression",
     "remove",
     "EMAIL...",
     "let an address be added again",
     {{0}},
     run_remove},
    {0},
};
