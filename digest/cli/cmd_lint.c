/* Runs `digest lint`, on a file or on an issue. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/lint_print.h"
#include "digest/delivery/issue_lint.h"

enum { FILE_MAX = 32 << 20 };

static bool has_ending(const char *path, const char *ending)
{
    return str_ends(str_of(path), str_of(ending));
}

/* A file is one that is there, or is called like one; all else is an issue. */
static bool is_file(const char *name)
{
    return (file_exists(name) && !file_is_folder(name)) ||
           has_ending(name, ".eml") || has_ending(name, ".html") ||
           has_ending(name, ".htm");
}

static bool is_html(const char *path, struct str bytes)
{
    if (has_ending(path, ".eml"))
        return false;
    return has_ending(path, ".html") || has_ending(path, ".htm") ||
           str_starts(str_trim(bytes), STR("<"));
}

/* Whether private addresses may be asked: a digest.yaml decides, where there is
 * one; a file can be looked at anywhere. */
static bool may_ask_private(const struct invocation *call)
{
    OWNED(conf_free) struct conf conf = {0};
    struct err ignored;
    return conf_load(call->folder, call->config_path, &conf, &ignored) &&
           conf.fetch_private;
}

static bool lint_file(const struct invocation *call, const char *path,
                      bool links, struct lint_report *report, struct err *err)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    struct lint_options options = {
        .fetch_links = links,
        .allow_private = links && may_ask_private(call),
    };
    if (!file_read(path, FILE_MAX, &bytes, err))
        return false;
    struct str text = strbuf_str(&bytes);
    bool good = is_html(path, text) ? lint_html(text, &options, report, err)
                                    : lint_message(text, &options, report, err);
    return good || err_context(err, "%s", path);
}

static bool lint_issue(struct invocation *call, const char *name, bool links,
                       struct lint_report *report, const char **shown,
                       struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    if (!app_open(&app, call, err) ||
        !issue_get(app.db, name, false, &call->arena, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    *shown = arena_format(&call->arena, "%s/%" PRId64, issue.newsletter,
                          issue.number);
    return issue_lint(&conductor, &issue, links, report, err);
}

static bool run_lint(struct invocation *call, struct err *err)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    bool links = option_get(call, "--links") != NULL;
    if (!invocation_count(call, 1, 1, err))
        return false;
    const char *name = call->args[0], *shown = name;
    bool good = is_file(name)
                    ? lint_file(call, name, links, &report, err)
                    : lint_issue(call, name, links, &report, &shown, err);
    if (!good)
        return false;
    if (call->json)
        json_print(lint_json(shown, &report));
    else
        lint_print(stdout, shown, &report);
    if (report.errors)
        call->exit_code = err_exit_code(ERR_INPUT);
    return true;
}

const struct command lint_commands[] = {
    {"lint",
     NULL,
     "ISSUE|FILE",
     "say what is wrong with an issue, a message or a page of HTML",
     {{"--links", NULL, "ask for each link as well"}, {0}},
     run_lint},
    {0},
};
