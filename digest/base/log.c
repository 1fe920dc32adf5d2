/* Writes the log's lines to standard error, without control characters. */
#include "digest/base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "digest/base/url_shown.h"

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

/* C0, DEL, and C1 as UTF-8 has them (C2 80 to C2 9F). */
static void hide_controls(char *line)
{
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
        else if (c[0] == '\xc2' && (unsigned char)c[1] >= 0x80 &&
                 (unsigned char)c[1] < 0xa0)
            c[0] = c[1] = '?';
    }
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
    hide_controls(line);
    url_hide_password(line);
    fprintf(stderr, "%s%s\n", prefixes[level], line);
}
