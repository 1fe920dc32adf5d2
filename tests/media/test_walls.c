/* Tests what a process can still do behind the walls that pictures are decoded
 * behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/media/child/child.h"

/* Runs `attempt` behind the walls, in a process of its own: whether it got
 * through. */
static bool gets_through(bool (*attempt)(void))
{
    enum { THROUGH = 7, HELD = 8 };
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(!child_walls() ? EXIT_FAILURE : attempt() ? THROUGH : HELD);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        fail_msg("it ended by signal %d", WTERMSIG(status));
    assert_true(WEXITSTATUS(status) == THROUGH || WEXITSTATUS(status) == HELD);
    return WEXITSTATUS(status) == THROUGH;
}

static bool does_nothing(void)
{
    return true;
}

static bool opens_a_file(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
    return open("/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) >= 0;
}

static bool connects(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ||
           socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool forks(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool runs_a_program(void)
{
    char name[] = "true", *arguments[] = {name, NULL};
    execv("/bin/true", arguments);
    return false;
}

static bool touches_its_parent(void)
{
    return kill(getppid(), 0) == 0;
}

/* Never written to: what counts is that it may have it. */
static bool has_memory(size_t bytes)
{
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool takes_what_it_needs(void)
{
    return has_memory(CHILD_MEMORY / 2);
}

static bool takes_more(void)
{
    return has_memory((size_t)CHILD_MEMORY + 1);
}

static void a_walled_process_computes_and_no_more(void **state)
{
    (void)state;
    assert_true(gets_through(does_nothing));
    assert_false(gets_through(opens_a_file));
    assert_false(gets_through(makes_a_file));
    assert_false(gets_through(connects));
    assert_false(gets_through(forks));
    assert_false(gets_through(touches_its_parent));
    /* Were it run, it would end with 0, which is neither. */
    assert_false(gets_through(runs_a_program));
}

static void memory_is_limited(void **state)
{
    (void)state;
    assert_true(gets_through(takes_what_it_needs));
    assert_false(gets_through(takes_more));
}

/* It computes for ever; the kernel ends that. */
static void processor_time_is_limited(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!child_walls())
            _exit(EXIT_FAILURE);
        for (volatile unsigned turn = 0;; turn++)
            ;
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walled_process_computes_and_no_more),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(processor_time_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
