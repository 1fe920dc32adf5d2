/* Prints what an import did. */
#include "digest/cli/import_print.h"

#include <inttypes.h>

#include "digest/base/log.h"

void import_tell(void *context, enum import_word word, const char *line)
{
    static const enum log_level levels[] = {[IMPORT_FAILED] = LOG_ERROR,
                                            [IMPORT_DOUBTED] = LOG_WARNING,
                                            [IMPORT_LEFT_OUT] = LOG_DETAIL};
    (void)context;
    log_write(levels[word], "%s", line);
}

static bool print_withdrawn(struct app *app, struct arena *arena, int64_t id,
                            struct err *err)
{
    const char *drafts = "";
    if (!issue_drafts_with(app->db, id, arena, &drafts, err))
        return false;
    log_note("Article %" PRId64 " was taken back by its source, and is "
             "withdrawn%s%s%s.",
             id, *drafts ? ": " : "", drafts,
             *drafts ? ", not yet sent, will leave it out" : "");
    return true;
}

static bool print_changed(struct app *app, struct arena *arena, int64_t id,
                          struct err *err)
{
    const char *drafts = "";
    if (!issue_drafts_with(app->db, id, arena, &drafts, err))
        return false;
    if (*drafts)
        log_note("Article %" PRId64 " changed: %s, not yet sent, will carry "
                 "the new text.",
                 id, drafts);
    return true;
}

bool import_print_drafts(struct app *app, struct arena *arena,
                         const struct import_report *report, struct err *err)
{
    for (size_t i = 0; i < report->withdrawn_count; i++)
        if (!print_withdrawn(app, arena, report->withdrawn_ids[i], err))
            return false;
    for (size_t i = 0; i < report->changed_count; i++)
        if (!print_changed(app, arena, report->changed_ids[i], err))
            return false;
    return true;
}
