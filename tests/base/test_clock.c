#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/clock.h"

static char path[] = "/tmp/digest-clock-XXXXXX";

static void set_ahead(const char *seconds)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(seconds, file);
    fclose(file);
}

/* Between two looks at the machine's own clock. */
static void is_ahead_by(int64_t seconds)
{
    int64_t before = (int64_t)time(NULL), now = clock_now();
    int64_t ms = clock_now_ms();
    assert_in_range(now - seconds, before, (int64_t)time(NULL));
    assert_in_range(ms / 1000 - seconds, before, (int64_t)time(NULL));
}

static void a_file_sets_the_clock_of_a_running_program(void **state)
{
    (void)state;
    set_ahead("3600\n");
    is_ahead_by(3600);
    set_ahead("-31536000");
    is_ahead_by(-31536000);
    set_ahead("");
    is_ahead_by(0);
    unlink(path);
    is_ahead_by(0);
}

static void a_deadline_is_due_when_it_came_or_is_beyond_its_span(void **state)
{
    (void)state;
    assert_true(clock_is_due(0, 60, 1000));
    assert_true(clock_is_due(1000, 60, 1000));
    assert_false(clock_is_due(1001, 60, 1000));
    assert_false(clock_is_due(1060, 60, 1000));
    assert_true(clock_is_due(1061, 60, 1000));
}

int main(void)
{
    char now[40];
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    snprintf(now, sizeof now, "@%s", path);
    setenv("DIGEST_NOW", now, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_sets_the_clock_of_a_running_program),
        cmocka_unit_test(a_deadline_is_due_when_it_came_or_is_beyond_its_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
