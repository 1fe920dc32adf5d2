/* The log: messages for the operator, on standard error.
 *
 * Results go to standard output; everything said on the way comes through
 * here, one line each. `-q` leaves errors and warnings, `-v` adds detail.
 */
#ifndef DIGEST_BASE_LOG_H
#define DIGEST_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTE, LOG_DETAIL };

void log_set_level(enum log_level most);
enum log_level log_level(void);

/* Writes "warning: …\n" and so on; control characters in the text become
 * '?', so that no input can drive a terminal. Safe from several threads. */
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_note(...) log_write(LOG_NOTE, __VA_ARGS__)
#define log_detail(...) log_write(LOG_DETAIL, __VA_ARGS__)

#endif
