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
 * commands or pages, the rooms below name none (err_remedy). */
bool err_advise(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What would help. The rooms below the doors name no command and no page:
 * they say which remedy they mean, and the door that the program came in by has
 * the words for it. */
enum err_remedy {
    REMEDY_LIST_SOURCES,
    REMEDY_LIST_ARTICLES,
    REMEDY_LIST_ISSUES, /* of a newsletter, by its slug */
    REMEDY_LIST_SUBSCRIBERS,
    REMEDY_LIST_SUPPRESSIONS,
    REMEDY_SHOW_ARTICLE,   /* by its number */
    REMEDY_EDIT_ARTICLE,   /* by its number */
    REMEDY_ADD_SUBSCRIBER, /* to a newsletter, by its slug */
    REMEDY_CREATE_NEWSLETTER,
    REMEDY_DRAFT,         /* of a newsletter, by its slug */
    REMEDY_EXPLAIN_DRAFT, /* of a newsletter, by its slug */
    REMEDY_TAKE_IN,       /* an article into an issue, by its number */
    REMEDY_LINT,          /* an issue, by its name */
    REMEDY_CANCEL_ISSUE,  /* by its name */
    REMEDY_SEE_ALL,       /* of a message for one subscriber */
    REMEDY_NAME_KIND,     /* of a file */
    REMEDY_SET_PASSWORD,
    REMEDY_MAKE_DATABASE,
    REMEDY_MAKE_CONFIG,
    REMEDY_MAKE_KEY,
    REMEDY_REPLACE, /* a database by a backup */
    REMEDY_SETTLE_RESTORED,
    REMEDY_COUNT
};

/* Sets the door's words, once and before any thread: for each remedy a
 * sentence, in which {} stands for what it is about; NULL: it has none. */
void err_set_remedies(const char *const words[REMEDY_COUNT]);

/* Puts the door's words for a remedy behind the text, as err_advise does, and
 * returns false. `about` may be NULL where a remedy is about nothing. */
bool err_remedy(struct err *err, enum err_remedy remedy, const char *about);

/* The exit code for a kind (sysexits.h; the table stands in err.c). */
int err_exit_code(enum err_kind kind);

/* A short word for a kind, for --json: "usage", "input", … */
const char *err_kind_name(enum err_kind kind);

#endif
