#include "digest/base/log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level most_shown = LOG_NOTE;

static const char *const prefixes[] = {
    [LOG_ERROR] = "error: ",
    [LOG_WARNING] = "warning: ",
    [LOG_NOTE] = "",
    [LOG_DETAIL] = "",
};

void log_set_level(enum log_level most)
{
    most_shown = most;
}

enum log_level log_level(void)
{
    return most_shown;
}

void log_write(enum log_level level, const char *format, ...)
{
    if (level > most_shown)
        return;
    char line[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    fprintf(stderr, "%s%s\n", prefixes[level], line);
}
