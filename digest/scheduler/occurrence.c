/* Tends the times of a schedule: drafts, schedules, tells, or misses. */
#include "digest/scheduler/occurrence.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/delivery/issue_lint.h"
#include "digest/issues/draft.h"
#include "digest/scheduler/editor_mail_internal.h"

enum { RETRY_S = 600, MAX_STEPS = 100000 };

/* ---- what comes next ----------------------------------------------------- */

static bool is_late(const struct schedule *s, int64_t due, int64_t now)
{
    return now > due + s->grace_s;
}

bool occurrence_look(struct db *db, const struct schedule *s, int64_t now,
                     struct occurrence_next *out, struct err *err)
{
    struct occurrence_place place;
    size_t count;
    int64_t due;
    *out = (struct occurrence_next){.at = INT64_MAX};
    if (!occurrence_place(db, s->newsletter_id, s->since, &place, err))
        return false;
    int64_t after = place.decided > s->since ? place.decided : s->since;
    if (!schedule_times(s, after, 1, &due, &count, err))
        return false;
    if (!count)
        return true;
    out->due_at = due;
    out->at = due - s->lead_s;
    out->step = STEP_MAKE;
    if (is_late(s, due, now)) {
        out->step = STEP_MISS;
    } else if (place.waiting && place.waiting_latest <= due) {
        out->step = STEP_WAIT;
        if (out->at < now)
            out->at = now;
    } else if (place.short_at == due && now < due &&
               !clock_is_due(place.short_next_at, RETRY_S, now)) {
        out->step = STEP_RETRY;
        out->at = place.short_next_at < due ? place.short_next_at : due;
    }
    return true;
}

bool occurrence_times(struct db *db, const struct schedule *s, int64_t after,
                      size_t most, int64_t *out, size_t *count, struct err *err)
{
    struct occurrence_place place;
    *count = 0;
    if (!occurrence_place(db, s->newsletter_id, s->since, &place, err))
        return false;
    for (size_t found = 1; *count < most && found;) {
        bool is_due = true;
        if (place.decided <= after)
            return schedule_times(s, after, most - *count, out + *count, &found,
                                  err) &&
                   (*count += found, true);
        if (!schedule_times(s, after, 1, &after, &found, err) ||
            (found && after <= place.decided &&
             !occurrence_waits(db, s->newsletter_id, after, &is_due, err)))
            return false;
        if (found && is_due)
            out[(*count)++] = after;
    }
    return true;
}

/* ---- doing it ------------------------------------------------------ */

struct tending {
    const struct conductor *conductor;
    const struct schedule *schedule;
    struct newsletter newsletter;
    struct arena arena;
    int64_t now;
    struct strbuf said; /* lines, for after the commit */
    int64_t missed, first_missed, last_missed;
};

static void free_tending(struct tending *t)
{
    arena_free(&t->arena);
    strbuf_free(&t->said);
}

static const char *when(struct tending *t, int64_t at)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    zone_date_time(t->schedule->zone, at, &text);
    return arena_copy_str(&t->arena, strbuf_str(&text));
}

/* Said by `run`, and mailed to the editors. */
static bool tell(struct tending *t, const char *what, int64_t due,
                 const char *headline, const char *line, struct err *err)
{
    OWNED(mem_free)
    char *dedupe = mem_format("%s %s %" PRId64, what, t->newsletter.slug, due);
    struct editor_report report = {headline, &line, 1, dedupe};
    strbuf_add_format(&t->said, "%s: %s %s\n", t->newsletter.slug, headline,
                      line);
    return editor_mail_tell(t->conductor, &t->newsletter, &report, err);
}

static bool put(struct tending *t, int64_t due, enum occurrence_state state,
                int64_t issue_id, int64_t next_at, struct err *err)
{
    return occurrence_put(t->conductor->db, t->newsletter.id, due, state,
                          issue_id, next_at, err);
}

static bool miss(struct tending *t, int64_t due, struct err *err)
{
    t->first_missed = t->missed ? t->first_missed : due;
    t->last_missed = due;
    t->missed++;
    return put(t, due, OCCURRENCE_MISSED, 0, 0, err);
}

/* Tells which times were missed; after a long time off, all at once. */
static bool tell_missed(struct tending *t, struct err *err)
{
    char grace[TIME_TEXT_SIZE];
    if (!t->missed)
        return true;
    const char *headline =
        t->missed == 1
            ? arena_format(&t->arena,
                           "The issue due %s was missed and will not go out.",
                           when(t, t->first_missed))
            : arena_format(&t->arena,
                           "%" PRId64 " issues, due from %s to %s, were missed "
                           "and will not go out.",
                           t->missed, when(t, t->first_missed),
                           when(t, t->last_missed));
    const char *line = arena_format(
        &t->arena,
        "`digest run` did not run from then until %s, which is later than "
        "the grace of %s; what was new is in the next issue.",
        when(t, t->now), time_duration(t->schedule->grace_s, grace));
    return tell(t, "missed", t->last_missed, headline, line, err);
}

/* Notes that there are too few articles: so far, or at its time for good. */
static bool too_few(struct tending *t, int64_t due, const struct draft *draft,
                    bool known, struct err *err)
{
    bool for_good = t->now >= due;
    size_t least =
        t->newsletter.min_articles > 1 ? (size_t)t->newsletter.min_articles : 1;
    const char *count = arena_format(
        &t->arena,
        "%zu new %s of its sections, at least %zu %s "
        "needed.",
        draft->selection.selected,
        draft->selection.selected == 1 ? "article is" : "articles are", least,
        least == 1 ? "is" : "are");
    if (!put(t, due, for_good ? OCCURRENCE_NONE : OCCURRENCE_SHORT, 0,
             t->now + RETRY_S, err))
        return false;
    if (for_good)
        return tell(
            t, "none", due,
            arena_format(&t->arena, "No issue was made for %s.", when(t, due)),
            count, err);
    if (known)
        return true;
    return tell(t, "short", due,
                arena_format(&t->arena,
                             "No issue yet for %s: it is made once there are "
                             "enough articles.",
                             when(t, due)),
                count, err);
}

/* The plan of an issue that was drafted for `due`. */
static struct plan make_plan(const struct tending *t, int64_t due,
                             int64_t issue_id, int64_t *goes_at)
{
    const struct schedule *s = t->schedule;
    *goes_at = due > t->now ? due : t->now;
    if (s->policy == POLICY_OBJECT && *goes_at < t->now + s->object_s)
        *goes_at = t->now + s->object_s;
    return (struct plan){
        .issue_id = issue_id,
        .due_at = due,
        .until = *goes_at + s->grace_s,
        .needs_approval = s->policy == POLICY_APPROVE,
    };
}

static bool schedule_draft(struct tending *t, int64_t due, struct draft *draft,
                           struct err *err)
{
    struct db *db = t->conductor->db;
    int64_t goes_at;
    struct plan plan = make_plan(t, due, draft->issue.id, &goes_at);
    struct editor_preview preview = {.schedule = t->schedule,
                                     .newsletter = &t->newsletter,
                                     .draft = draft,
                                     .plan = &plan,
                                     .goes_at = goes_at};
    struct err problem = {0};
    if (!issue_lint_gate(t->conductor, &draft->issue, &problem)) {
        if (problem.kind != ERR_INPUT) {
            *err = problem;
            return false;
        }
        preview.problem = problem.text;
        strbuf_add_format(&t->said, "%s\n", problem.text);
    }
    if (!plan_put(db, &plan, ISSUE_DRAFT, goes_at, err) ||
        !put(t, due, OCCURRENCE_MADE, draft->issue.id, 0, err) ||
        !editor_mail_preview(t->conductor, &preview, err))
        return false;
    strbuf_add_format(
        &t->said, "%s/%" PRId64 ": drafted with %zu %s, %s %s.\n",
        t->newsletter.slug, draft->issue.number, draft->selection.selected,
        draft->selection.selected == 1 ? "article" : "articles",
        plan.needs_approval ? "waits for approval to go out" : "goes out",
        when(t, goes_at));
    return true;
}

static bool make(struct tending *t, int64_t due, bool known, struct err *err)
{
    struct draft draft;
    struct draft_options options = {.now = t->now, .by_schedule = true};
    if (draft_issue(t->conductor->db, &t->newsletter, &options, &t->arena,
                    &draft, err))
        return schedule_draft(t, due, &draft, err);
    return err->kind == ERR_NOT_FOUND && too_few(t, due, &draft, known, err);
}

/* Does one step; *done when there is nothing more to do now. */
static bool step(struct tending *t, bool *done, struct err *err)
{
    struct db *db = t->conductor->db;
    struct occurrence_next next;
    if (!occurrence_look(db, t->schedule, t->now, &next, err))
        return false;
    if (next.step == STEP_MISS)
        return miss(t, next.due_at, err);
    bool due = next.step == STEP_MAKE && next.at <= t->now;
    if (due) {
        struct occurrence_place place;
        return occurrence_place(db, t->newsletter.id, t->schedule->since,
                                &place, err) &&
               make(t, next.due_at, place.short_at == next.due_at, err);
    }
    *done = true;
    return schedule_rest(db, t->schedule, next.at, err);
}

static void say_all(const struct tending *t, const struct occurrence_say *say)
{
    struct str rest = strbuf_str(&t->said), line;
    while (say && say->line && str_next_line(&rest, &line)) {
        OWNED(mem_free) char *text = str_dup(line);
        say->line(say->context, text);
    }
}

bool occurrence_tend(const struct conductor *c, const struct schedule *s,
                     const struct occurrence_say *say, struct err *err)
{
    OWNED(free_tending)
    struct tending t = {.conductor = c, .schedule = s, .now = c->now};
    if (!t.now)
        t.now = clock_now();
    OWNED(tx_end) struct tx tx = TX_INIT;
    bool done = false;
    if (!tx_begin(&tx, c->db, TX_DURABLE, err) ||
        !newsletter_get_by_id(c->db, s->newsletter_id, &t.arena, &t.newsletter,
                              err))
        return false;
    for (int i = 0; !done && i < MAX_STEPS; i++)
        if (!step(&t, &done, err))
            return err_context(err, "%s", s->newsletter);
    if (!tell_missed(&t, err) || !tx_commit(&tx, err))
        return false;
    say_all(&t, say);
    return true;
}
