#include "digest/issues/issue_lint.h"

#include <inttypes.h>

#include "digest/base/mem.h"

bool issue_lint(const struct conductor *c, const struct issue *issue,
                bool fetch_links, struct lint_report *report, struct err *err)
{
    OWNED(strbuf_free) struct strbuf eml = STRBUF_INIT;
    struct lint_options options = {
        .fetch_links = fetch_links,
        .allow_private = c->conf->fetch_private,
        .own_url = c->conf->base_url,
    };
    *report = (struct lint_report){0};
    return conductor_show(c, issue, SHOW_EML, NULL, &eml, err) &&
           lint_message(strbuf_str(&eml), &options, report, err);
}

bool issue_lint_gate(const struct conductor *c, const struct issue *issue,
                     struct err *err)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    OWNED(strbuf_free) struct strbuf first = STRBUF_INIT;
    if (!issue_lint(c, issue, false, &report, err))
        return false;
    if (!report.errors)
        return true;
    lint_finding_write(&report.items[0], &first);
    return err_set(err, ERR_INPUT,
                   "%s/%" PRId64 ": can't go out like this: %s. `digest lint "
                   "%s/%" PRId64 "` shows all (%zu %s); --anyway sends it in "
                   "spite of them",
                   issue->newsletter, issue->number, strbuf_text(&first),
                   issue->newsletter, issue->number, report.errors,
                   report.errors == 1 ? "error" : "errors");
}
