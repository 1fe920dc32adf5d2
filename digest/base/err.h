/* An error: what went wrong, in one caller-owned value.
 *
 * Fallible functions return bool and fill a `struct err` that the caller
 * owns; nothing is allocated and nothing has to be released. A kind is a
 * decision, not a place: the command line maps it to an exit code, the web
 * to a status. The text says what was wrong, where, and the remedy. Rooms
 * return errors; only the door (cli, web) reports them, once.
 */
#ifndef DIGEST_BASE_ERR_H
#define DIGEST_BASE_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,      /* the command was called wrongly (exit 64) */
    ERR_INPUT,      /* bad data; what was good is kept (65) */
    ERR_CONFLICT,   /* it contradicts what is there already (65) */
    ERR_NOT_FOUND,  /* no such thing (66) */
    ERR_PERMANENT,  /* a service refuses for good (69) */
    ERR_TEMPORARY,  /* try again later (75) */
    ERR_STORE,      /* the database (74) */
    ERR_IO,         /* a file or the network stack (74) */
    ERR_PERMISSION, /* not permitted (77) */
    ERR_CONFIG,     /* digest.yaml (78) */
};

struct err {
    enum err_kind kind;
    char text[1024];
};

#define FALLIBLE __attribute__((warn_unused_result))

/* Sets kind and text, and returns false so that it can be returned. A NULL
 * `err` is allowed where the caller only wants to know whether it worked. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " in front of the text, and returns false. */
bool err_context(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "; REMEDY" behind the text, and returns false: a door knows its own
 * commands or pages, the rooms below name none. */
bool err_advise(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit code for a kind (sysexits.h; the table stands in err.c). */
int err_exit_code(enum err_kind kind);

/* A short word for a kind, for --json: "usage", "input", … */
const char *err_kind_name(enum err_kind kind);

#endif
