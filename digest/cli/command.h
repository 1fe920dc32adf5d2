/* A command: one row of the table that dispatches, and prints the help.
 *
 * Each noun has its file cmd_NOUN.c, which exports its rows. A command gets
 * its arguments parsed by its own row, and reports by returning an error.
 */
#ifndef DIGEST_CLI_COMMAND_H
#define DIGEST_CLI_COMMAND_H

#include "digest/base/arena.h"
#include "digest/base/err.h"

struct option_spec {
    const char *name; /* "--title" */
    const char *arg;  /* "T"; "ID T": two, which come joined by a blank;
                         NULL: a switch */
    const char *help; /* "{kinds}" stands for the kinds of sources that can be
                         read, as their table has them */
};

struct invocation;

struct command {
    const char *noun, *verb; /* verb NULL: the noun alone */
    const char *args;        /* "PATH|URL...", "[SLUG]", "" */
    const char *help;        /* one line */
    struct option_spec options[28];
    bool (*run)(struct invocation *call, struct err *err);
};

/* One call of the program. */
struct invocation {
    const struct command *command;
    const char *program;     /* as it was called */
    const char *folder;      /* -C, or "." */
    const char *config_path; /* --config, or NULL */
    bool json;
    const char **args; /* what is no option */
    size_t arg_count;
    struct {
        const char *name, *value;
    } * options;
    size_t option_count;
    int exit_code; /* set by a command that did its work in part */
    struct arena arena;
};

/* The value of an option given once, or NULL. A switch gives "". */
const char *option_get(const struct invocation *call, const char *name);
/* The values of an option given any number of times, one after another,
 * from *index = 0 on; NULL at the end. */
const char *option_next(const struct invocation *call, const char *name,
                        size_t *index);

/* All rows, one noun after another, ended by a row without a noun. */
extern const struct command init_commands[], demo_commands[],
    article_commands[], newsletter_commands[], block_commands[],
    text_commands[], subscriber_commands[], issue_commands[],
    template_commands[], serve_commands[], backup_commands[], dkim_commands[],
    run_commands[], suppression_commands[], source_commands[],
    mailbox_commands[], schedule_commands[], editor_commands[],
    stats_commands[], doctor_commands[], lint_commands[], archive_commands[];

/* Reads the arguments of a call by its row. Fails: USAGE. */
FALLIBLE bool invocation_parse(struct invocation *call, int argc, char **argv,
                               struct err *err);

/* Checks the number of plain arguments against `least` and `most`. */
FALLIBLE bool invocation_count(const struct invocation *call, size_t least,
                               size_t most, struct err *err);

/* Prints one command's help. */
void command_help(const struct command *command);

#endif
