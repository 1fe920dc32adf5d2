/* The door: reads the command line, runs one row, reports once. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/str.h"
#include "digest/cli/command.h"
#include "digest/cli/remedies.h"

static const struct command *const tables[] = {
    init_commands,       demo_commands,       article_commands,
    newsletter_commands, subscriber_commands, issue_commands,
    template_commands,   serve_commands,      backup_commands,
    run_commands,        dkim_commands,       suppression_commands,
    block_commands,      text_commands,       source_commands,
    mailbox_commands,    schedule_commands,   editor_commands,
    stats_commands,      doctor_commands,     lint_commands,
    archive_commands,
};

static const char about[] =
    "digest builds an email newsletter from what a publication has written,\n"
    "and delivers it.\n\n"
    "usage: digest [-C DIR] [--config FILE] [--json] [-q | -v] "
    "NOUN VERB ...\n\n"
    "  -C DIR          the folder that holds digest.yaml (default: here)\n"
    "  --config FILE   another file in place of DIR/digest.yaml\n"
    "  --json          print results as JSON\n"
    "  -q, -v          say less, say more\n"
    "  --version       print the version\n\n";

static void print_help(const char *noun)
{
    if (!noun)
        fputs(about, stdout);
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
        for (const struct command *c = tables[t]; c->noun; c++) {
            if (noun && strcmp(noun, c->noun) != 0)
                continue;
            char left[80];
            snprintf(left, sizeof left, "%s%s%s %s", c->noun,
                     c->verb ? " " : "", c->verb ? c->verb : "", c->args);
            printf("  %-38s %s\n", left, c->help);
        }
    }
    if (!noun)
        printf("\n`digest NOUN VERB --help` shows a command's options.\n");
}

static bool is_noun(const char *noun)
{
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
        for (const struct command *c = tables[t]; c->noun; c++)
            if (strcmp(noun, c->noun) == 0)
                return true;
    return false;
}

/* The row for NOUN [VERB]; *used says how many words named it. */
static const struct command *find_command(int argc, char **argv, int *used)
{
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
        for (const struct command *c = tables[t]; c->noun; c++) {
            if (strcmp(c->noun, argv[0]) != 0)
                continue;
            if (c->verb && (argc < 2 || strcmp(c->verb, argv[1]) != 0))
                continue;
            *used = c->verb ? 2 : 1;
            return c;
        }
    }
    return NULL;
}

/* The noun, or the noun's verb, that was probably meant. */
static const char *nearest_word(const char *noun, const char *given)
{
    const char *best = NULL;
    unsigned nearest = 3;
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
        for (const struct command *c = tables[t]; c->noun; c++) {
            const char *word = noun ? c->verb : c->noun;
            if (!word || (noun && strcmp(noun, c->noun) != 0))
                continue;
            unsigned d = str_distance(str_of(given), str_of(word));
            if (d < nearest) {
                nearest = d;
                best = word;
            }
        }
    }
    return best;
}

static bool fail_unknown(int argc, char **argv, struct err *err)
{
    const char *noun = is_noun(argv[0]) ? argv[0] : NULL;
    if (noun && argc < 2)
        return err_set(err, ERR_USAGE,
                       "%s what? `digest %s --help` shows what can be done",
                       noun, noun);
    const char *given = noun ? argv[1] : argv[0];
    const char *best = nearest_word(noun, given);
    const char *lead = noun ? noun : "";
    return best ? err_set(err, ERR_USAGE,
                          "unknown command \"%s%s%.60s\"; did you mean "
                          "\"%s%s%s\"?",
                          lead, noun ? " " : "", given, lead, noun ? " " : "",
                          best)
                : err_set(err, ERR_USAGE,
                          "unknown command \"%s%s%.60s\"; `digest %s%s"
                          "--help` shows those there are",
                          lead, noun ? " " : "", given, lead, noun ? " " : "");
}

static bool need_value(int argc, int at, char **argv, struct err *err)
{
    return at + 1 < argc ||
           err_set(err, ERR_USAGE, "%s needs a value", argv[at]);
}

/* Options in front of the noun; *at ends at the noun. */
static bool take_globals(struct invocation *call, int argc, char **argv,
                         int *at, bool *help, struct err *err)
{
    for (*at = 1; *at < argc && argv[*at][0] == '-'; ++*at) {
        const char *o = argv[*at];
        if (strcmp(o, "-C") == 0 || strcmp(o, "--config") == 0) {
            if (!need_value(argc, *at, argv, err))
                return false;
            *(o[1] == 'C' ? &call->folder : &call->config_path) = argv[++*at];
        } else if (strcmp(o, "--json") == 0) {
            call->json = true;
        } else if (strcmp(o, "-q") == 0) {
            log_set_level(LOG_WARNING);
        } else if (strcmp(o, "-v") == 0) {
            log_set_level(LOG_DETAIL);
        } else if (strcmp(o, "-h") == 0 || strcmp(o, "--help") == 0) {
            *help = true;
        } else {
            return err_set(err, ERR_USAGE,
                           "unknown option %.60s; `digest --help` shows "
                           "those there are",
                           o);
        }
    }
    return true;
}

/* --json and --help may stand anywhere; they are taken out here. */
static int take_anywhere(struct invocation *call, int argc, char **argv,
                         bool *help)
{
    int kept = 0;
    bool plain = false;
    for (int i = 0; i < argc; i++) {
        plain |= strcmp(argv[i], "--") == 0;
        if (!plain && strcmp(argv[i], "--json") == 0)
            call->json = true;
        else if (!plain &&
                 (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0))
            *help = true;
        else
            argv[kept++] = argv[i];
    }
    return kept;
}

/* Whether a command is there to print something; the others say what they
 * did, which -q leaves out. */
static bool only_asks(const struct command *command)
{
    static const char *const verbs[] = {
        "list",   "show",   "status", "render",   "search",
        "export", "record", "keygen", "classify", "review"};
    if (strcmp(command->noun, "stats") == 0 ||
        strcmp(command->noun, "doctor") == 0)
        return true;
    for (size_t i = 0; command->verb && i < ARRAY_SIZE(verbs); i++)
        if (strcmp(command->verb, verbs[i]) == 0)
            return true;
    return false;
}

static bool run(struct invocation *call, int argc, char **argv, struct err *err)
{
    int at = 1, used = 0;
    bool help = false;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("digest " DIGEST_VERSION);
        return true;
    }
    if (!take_globals(call, argc, argv, &at, &help, err))
        return false;
    file_add_home(call->folder);
    argc = take_anywhere(call, argc - at, argv + at, &help);
    argv += at;
    const struct command *command =
        argc ? find_command(argc, argv, &used) : NULL;
    if (!command && (help || argc == 0)) {
        bool noun = argc && is_noun(argv[0]);
        print_help(noun ? argv[0] : NULL);
        if (argc == 0 && !help)
            call->exit_code = err_exit_code(ERR_USAGE);
        return true;
    }
    if (!command)
        return fail_unknown(argc, argv, err);
    call->command = command;
    if (help) {
        command_help(command);
        return true;
    }
    if (log_level() < LOG_NOTE && !call->json && !only_asks(command) &&
        !freopen("/dev/null", "w", stdout))
        return err_set(err, ERR_IO, "/dev/null can't be opened");
    return invocation_parse(call, argc - used, argv + used, err) &&
           command->run(call, err);
}

/* Results that did not reach the reader (a full disk, a closed pipe) are a
 * failure too. */
static bool flush_results(struct err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno == EPIPE)
        return true;
    return err_set(err, ERR_IO, "cannot write the result: %s", strerror(errno));
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    err_set_remedies(cli_remedies);
    struct invocation call = {.program = argv[0], .folder = "."};
    struct err err = {0}, late = {0};
    bool good = run(&call, argc, argv, &err);
    if (!good && !err.kind)
        err_set(&err, ERR_STORE, "failed without saying why");
    if (!flush_results(&late) && good) {
        good = false;
        err = late;
    }
    if (!good)
        log_write(LOG_ERROR, "%s", err.text);
    arena_free(&call.arena);
    return good ? call.exit_code : err_exit_code(err.kind);
}
