/* Hears the signals that ask a command to stop. */
#include "digest/cli/stop.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/log.h"

static volatile int asked;
static struct timespec first_at;
static volatile int speaks;

/* Hears a signal, and does only what is safe in a handler. */
static void hear(int signal_number)
{
    static const char text[] =
        "\nStopping when what is on the wire is through. Once more stops at "
        "once; what has no answer then may arrive twice.\n";
    int saved = errno;
    struct timespec now;
    (void)signal_number;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!asked) {
        first_at = now;
        asked = 1;
        if (speaks && write(STDERR_FILENO, text, sizeof text - 1) < 0)
            speaks = 0;
    } else if (now.tv_sec - first_at.tv_sec > 1 ||
               (now.tv_sec > first_at.tv_sec &&
                now.tv_nsec >= first_at.tv_nsec)) {
        asked = 2;
    }
    errno = saved;
}

const volatile int *stop_watch(void)
{
    struct sigaction action = {.sa_handler = hear};
    speaks = isatty(STDERR_FILENO) && log_level() >= LOG_NOTE;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &asked;
}
