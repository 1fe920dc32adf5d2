/* Prints the times of schedules, for tests/support/recurrences.py.
 *
 * Each line of standard input is ZONE, FROM, AFTER, COUNT and RULE, separated
 * by tabs; each line of output the times, in Unix seconds, or "error: …".
 * The schedule is made at FROM, and asked for what comes after AFTER.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/newsletters/schedule.h"

static void answer(const char *zone, int64_t from, int64_t after, size_t most,
                   const char *rule)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule schedule = {.zone = zone, .except = ""};
    struct err err;
    size_t count;
    int64_t *times = ARENA_NEW_ARRAY(&arena, int64_t, most);
    if (!schedule_read(rule, from, &arena, &schedule, &err) ||
        !schedule_times(&schedule, after, most, times, &count, &err)) {
        printf("error: %s\n", err.text);
        return;
    }
    for (size_t i = 0; i < count; i++)
        printf("%s%" PRId64, i ? " " : "", times[i]);
    putchar('\n');
}

int main(void)
{
    char line[2000];
    while (fgets(line, sizeof line, stdin)) {
        char *rest = line;
        const char *fields[5];
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
            fields[i] = rest ? strsep(&rest, "\t") : "";
        answer(fields[0], strtoll(fields[1], NULL, 10),
               strtoll(fields[2], NULL, 10), strtoul(fields[3], NULL, 10),
               fields[4]);
    }
    return 0;
}
