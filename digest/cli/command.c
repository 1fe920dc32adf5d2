/* Parses a command's arguments by its row, and prints its help. */
#include "digest/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"
#include "digest/sources/source_kind.h"

const char *option_next(const struct invocation *call, const char *name,
                        size_t *index)
{
    while (*index < call->option_count) {
        size_t i = (*index)++;
        if (strcmp(call->options[i].name, name) == 0)
            return call->options[i].value;
    }
    return NULL;
}

const char *option_get(const struct invocation *call, const char *name)
{
    const char *last = NULL, *value;
    size_t index = 0;
    while ((value = option_next(call, name, &index)))
        last = value;
    return last;
}

static const struct option_spec *find_option(const struct command *command,
                                             struct str name)
{
    for (const struct option_spec *o = command->options; o->name; o++)
        if (str_equal(name, str_of(o->name)))
            return o;
    return NULL;
}

static bool fail_option(const struct command *command, struct str name,
                        struct err *err)
{
    const char *best = NULL;
    unsigned nearest = 4;
    for (const struct option_spec *o = command->options; o->name; o++) {
        unsigned d = str_distance(name, str_of(o->name));
        if (d < nearest) {
            nearest = d;
            best = o->name;
        }
    }
    const char *verb = command->verb ? command->verb : "";
    return best ? err_set(err, ERR_USAGE,
                          "unknown option %.*s; did you mean %s?",
                          STR_ARG(name), best)
                : err_set(err, ERR_USAGE,
                          "unknown option %.*s; `digest %s%s%s --help` "
                          "shows those there are",
                          STR_ARG(name), command->noun, *verb ? " " : "", verb);
}

static void add_option(struct invocation *call, const char *name,
                       const char *value)
{
    call->options[call->option_count].name = name;
    call->options[call->option_count++].value = value;
}

/* A quoted one ('NAME <A@B>') is one value, whatever stands in it. */
static bool takes_two(const struct option_spec *spec)
{
    return spec->arg[0] != '\'' && strchr(spec->arg, ' ');
}

/* --name value, --name=value, or a switch. */
static bool take_option(struct invocation *call, int argc, char **argv, int *at,
                        struct err *err)
{
    struct str text = str_of(argv[*at]);
    struct str name = str_cut(&text, '=');
    bool joined = name.len < strlen(argv[*at]);
    const struct option_spec *spec = find_option(call->command, name);
    if (!spec)
        return fail_option(call->command, name, err);
    if (!spec->arg) {
        add_option(call, spec->name, "");
        return !joined ||
               err_set(err, ERR_USAGE, "%s takes no value", spec->name);
    }
    if (!joined && *at + 1 >= argc)
        return err_set(err, ERR_USAGE, "%s needs a value: %s %s", spec->name,
                       spec->name, spec->arg);
    const char *value = joined ? argv[*at] + name.len + 1 : argv[++*at];
    if (!takes_two(spec))
        add_option(call, spec->name, value);
    else if (*at + 1 >= argc)
        return err_set(err, ERR_USAGE, "%s needs two values: %s %s", spec->name,
                       spec->name, spec->arg);
    else
        add_option(call, spec->name,
                   arena_format(&call->arena, "%s %s", value, argv[++*at]));
    return true;
}

bool invocation_parse(struct invocation *call, int argc, char **argv,
                      struct err *err)
{
    size_t most = (size_t)argc + 1;
    call->args = ARENA_NEW_ARRAY(&call->arena, const char *, most);
    call->options = arena_new(&call->arena, most, sizeof *call->options);
    bool plain = false;
    for (int i = 0; i < argc; i++) {
        if (!plain && strcmp(argv[i], "--") == 0)
            plain = true;
        else if (!plain && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(call, argc, argv, &i, err))
                return false;
        } else {
            call->args[call->arg_count++] = argv[i];
        }
    }
    return true;
}

bool invocation_count(const struct invocation *call, size_t least, size_t most,
                      struct err *err)
{
    if (call->arg_count >= least && call->arg_count <= most)
        return true;
    const struct command *c = call->command;
    return err_set(err, ERR_USAGE, "%s: digest %s%s%s%s%s",
                   call->arg_count < least ? "an argument is missing"
                                           : "too many arguments",
                   c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
                   *c->args ? " " : "", c->args);
}

enum { HELP_COLUMN = 24 };

static void write_help(const char *text, struct strbuf *out)
{
    struct str rest = str_of(text), mark = STR("{kinds}");
    size_t at = str_find_str(rest, mark);
    strbuf_add_str(out, (struct str){rest.ptr, at});
    if (at == rest.len)
        return;
    source_kind_add_names(out);
    strbuf_add_str(out, str_from(rest, at + mark.len));
}

/* Prints an option's help; a name too long for its column has it below. */
static void option_help(const struct option_spec *o)
{
    char left[64];
    int length = snprintf(left, sizeof left, "%s%s%s", o->name,
                          o->arg ? " " : "", o->arg ? o->arg : "");
    OWNED(strbuf_free) struct strbuf help = STRBUF_INIT;
    write_help(o->help, &help);
    if (length > HELP_COLUMN)
        printf("  %s\n  %-*s %s\n", left, HELP_COLUMN, "", strbuf_text(&help));
    else
        printf("  %-*s %s\n", HELP_COLUMN, left, strbuf_text(&help));
}

void command_help(const struct command *c)
{
    printf("digest %s%s%s%s%s%s\n%s\n", c->noun, c->verb ? " " : "",
           c->verb ? c->verb : "", *c->args ? " " : "", c->args,
           c->options[0].name ? " [OPTION...]" : "", c->help);
    if (c->options[0].name)
        printf("\n");
    for (const struct option_spec *o = c->options; o->name; o++)
        option_help(o);
}
