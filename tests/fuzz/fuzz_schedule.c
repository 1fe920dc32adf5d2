/* When a newsletter goes out, as people write it; rules of time zones. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/zone_file_internal.h"
#include "digest/newsletters/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795600800, MOST = 4 };

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void read_schedule(const char *text)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule s = {.zone = "Europe/Berlin", .except = ""};
    struct err err = {0};
    int64_t times[MOST];
    size_t count;
    if (!schedule_read(text, NOW, &arena, &s, &err)) {
        require(err.kind == ERR_USAGE,
                "what isn't understood is a usage error");
        return;
    }
    require(schedule_times(&s, NOW, MOST, times, &count, &err),
            "what was read can be followed");
    for (size_t i = 0; i < count; i++)
        require(times[i] > (i ? times[i - 1] : NOW), "times rise");
}

static void read_zone(struct str text)
{
    struct zone_rule rule;
    if (zone_rule_parse(text, &rule))
        zone_rule_offset(&rule, NOW);
    struct zone_file *zone = zone_file_parse(text);
    if (zone)
        zone_file_offset(zone, NOW);
    zone_file_free(zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(mem_free) char *text = mem_copy_n((const char *)data, size);
    read_schedule(text);
    read_zone((struct str){text, size});
    return 0;
}
