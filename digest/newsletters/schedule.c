/* The rules that every schedule keeps, whoever changes it. */
#include "digest/newsletters/schedule.h"

#include "digest/base/timetext.h"

bool schedule_read_span(const char *text, int64_t *out, struct err *err)
{
    int64_t span;
    if (!time_parse_duration(str_of(text), &span) || span < 0 ||
        span > SCHEDULE_SPAN_MAX_S)
        return err_set(err, ERR_USAGE,
                       "\"%.40s\" has to be a time such as 24h or 90m, 31d at "
                       "most",
                       text);
    *out = span;
    return true;
}

static bool check_dates(const char *dates, struct err *err)
{
    struct str rest = str_of(dates), line;
    int64_t at;
    while (str_next_line(&rest, &line))
        if (line.len != 10 || !time_parse_rfc3339(line, &at))
            return err_set(err, ERR_USAGE,
                           "\"%.*s\" has to be a date such as 2026-12-25",
                           (int)(line.len < 40 ? line.len : 40), line.ptr);
    return true;
}

bool schedule_asks_editors(const struct schedule *s)
{
    return *s->every && s->policy != POLICY_AUTO;
}

bool schedule_check(const struct schedule *s, const char *editors,
                    struct err *err)
{
    if (!check_dates(s->except, err))
        return false;
    if (s->policy == POLICY_OBJECT && s->object_s < 1)
        return err_set(err, ERR_USAGE,
                       "editors need a while to cancel it, such as 4h");
    return !schedule_asks_editors(s) || *editors ||
           err_set(err, ERR_USAGE,
                   "%s has no editors who could %s; name their addresses",
                   s->newsletter,
                   s->policy == POLICY_OBJECT ? "object" : "approve");
}

bool schedule_change(struct db *db, const struct schedule *s,
                     const char *addresses, struct arena *arena,
                     struct err *err)
{
    const char *editors;
    return (!addresses ||
            schedule_set_editors(db, s->newsletter_id, addresses, err)) &&
           schedule_editors(db, s->newsletter_id, arena, &editors, err) &&
           schedule_check(s, editors, err) && schedule_set(db, s, err);
}
