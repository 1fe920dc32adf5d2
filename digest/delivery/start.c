/* Starts an issue: renders and freezes its variants, enters its recipients. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/delivery/build_internal.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/issue_lint.h"
#include "digest/delivery/relays.h"
#include "digest/delivery/signing.h"
#include "digest/delivery/story_pages.h"
#include "digest/delivery/turn.h"
#include "digest/delivery/variants_internal.h"
#include "digest/issues/acts.h"
#include "digest/issues/draft.h"
#include "digest/ledger/counter.h"

/* Checks that the first message could be sent, while the issue is still a
 * draft. */
static bool check_way_out(const struct conductor *c,
                          const struct newsletter *newsletter, struct err *err)
{
    OWNED(signing_free) struct signing signing = {0};
    return relays_check(c->conf, err) &&
           signing_load(c->conf->dkim, c->conf->dkim_count,
                        newsletter->from_address,
                        signing_complaints_to(c->conf), &signing, err);
}

/* A start under way: what it froze, as it stood in one moment. */
struct start {
    const struct conductor *conductor;
    bool dry_run;
    struct start_report *report;
    struct work *work; /* the turn */
    struct arena arena;
    struct issue issue;
    struct newsletter newsletter;
    struct issue_articles articles;
    struct block_list blocks;
    struct text_list texts;
    struct correction_list corrections; /* that somebody may be owed */
    struct build build;
    struct variants variants;
};

static void start_free(struct start *s)
{
    work_end(s->work);
    variants_free(&s->variants);
    build_end(&s->build);
    arena_free(&s->arena);
}

void start_report_free(struct start_report *report)
{
    render_notes_free(&report->notes);
}

static void note_variants(const struct variants *variants,
                          struct start_report *report)
{
    struct render_notes *longest = NULL;
    for (size_t i = 0; i < variants->count; i++) {
        struct render_notes *notes = &variants->items[i].notes;
        report->variants += variants->items[i].has_readers;
        if (!longest || notes->full_bytes > longest->full_bytes)
            longest = notes;
    }
    if (longest) {
        report->notes = *longest;
        longest->shortened_titles = NULL; /* the report's from here on */
    }
}

/* ---- freezing -------------------------------------------------------- */

/* The issue as it is now: what was typed a second ago is in it. One that was
 * moved to another time, or taken off its time, since the caller looked does
 * not go out. */
static bool read_again(struct db *db, const struct issue *seen,
                       struct arena *arena, struct issue *out, struct err *err)
{
    if (!issue_get_by_id(db, seen->id, arena, out, err))
        return false;
    return (out->state == seen->state &&
            out->scheduled_at == seen->scheduled_at) ||
           err_set(err, ERR_CONFLICT,
                   "%s/%" PRId64 ": is %s now, and its time was changed "
                   "meanwhile; nothing was sent",
                   out->newsletter, out->number, issue_state_words(out->state));
}

static bool look_up(struct start *s, const struct issue *seen, struct err *err)
{
    struct db *db = s->conductor->db;
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, db, TX_READ, err) &&
           read_again(db, seen, &s->arena, &s->issue, err) &&
           newsletter_get_by_id(db, s->issue.newsletter_id, &s->arena,
                                &s->newsletter, err) &&
           issue_get_articles(db, seen->id, &s->arena, &s->articles, err) &&
           issue_name_pages(db, &s->issue, &s->newsletter, &s->articles,
                            &s->arena, err) &&
           build_find_blocks(db, &s->issue, &s->newsletter, s->build.date,
                             &s->arena, &s->blocks, err) &&
           build_find_texts(db, &s->issue, &s->arena, &s->texts, err) &&
           build_find_corrections(db, &s->issue, s->build.date, &s->arena,
                                  &s->corrections, err);
}

static bool check(struct start *s, struct err *err)
{
    const struct conductor *c = s->conductor;
    s->report->withdrawn = (int64_t)s->articles.withdrawn;
    if (!check_way_out(c, &s->newsletter, err))
        return false;
    if (s->issue.correction_id && !s->corrections.count)
        return err_set(err, ERR_INPUT,
                       "%s/%" PRId64 ": the correction that it was to bring "
                       "was taken back; cancel it",
                       s->issue.newsletter, s->issue.number);
    if (!s->articles.count && !s->issue.correction_id)
        return err_set(err, ERR_INPUT,
                       "%s/%" PRId64 ": no article is left in it",
                       s->issue.newsletter, s->issue.number) ||
               err_remedy(err, REMEDY_DRAFT, s->issue.newsletter);
    return c->anyway || issue_lint_gate(c, &s->issue, err);
}

/* ---- variants and recipients ----------------------------------------- */

/* A variant for a choice of categories and language, and corrections owed, or
 * none. */
static bool make_variant(struct start *s, struct ledger_choice *choice,
                         struct err *err)
{
    size_t index;
    struct build its = s->build;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct correction_list owed =
        correction_pick(&s->corrections, choice->corrections, &arena);
    its.corrections = &owed;
    if (!build_voice(&s->build, choice->language, &its.voice, err) ||
        !variants_store(&s->variants, &its, &s->articles, choice->categories,
                        s->dry_run ? NULL : s->work, &index, err))
        return false;
    choice->variant_id = 0;
    if (index != SIZE_MAX) {
        choice->variant_id = s->variants.items[index].id;
        s->variants.items[index].has_readers = true;
    }
    return ledger_choose(s->conductor->db, choice, err);
}

static bool make_variants(struct start *s, struct ledger_choices *choices,
                          struct err *err)
{
    for (size_t i = 0; i < choices->count; i++)
        if (!make_variant(s, &choices->items[i], err))
            return false;
    return true;
}

static bool enter(struct start *s, const struct ledger_stretch *stretch,
                  struct err *err)
{
    int64_t count = 0;
    if (s->dry_run)
        return true;
    if (!ledger_stretch_enter(
            s->conductor->db, stretch,
            "nothing in this issue is of the chosen categories", &count, err))
        return false;
    s->report->recipients += count;
    return work_commit(s->work, err);
}

/* Enters a stretch of recipients. New variants are rendered without the lock;
 * somebody may choose anew meanwhile, so the choices are looked at again. */
static bool enter_stretch(struct start *s, const struct ledger_stretch *stretch,
                          struct err *err)
{
    for (;;) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct ledger_choices choices;
        if (!s->dry_run &&
            (!work_keep(s->work, err) || !work_begin(s->work, err)))
            return false;
        if (!ledger_stretch_choices(s->conductor->db, stretch, &arena, &choices,
                                    err))
            return false;
        if (!choices.count)
            return enter(s, stretch, err);
        work_end(s->work);
        if (!make_variants(s, &choices, err))
            return false;
    }
}

static bool enter_all(struct start *s, struct err *err)
{
    struct db *db = s->conductor->db;
    struct ledger_stretch stretch = build_stretch(&s->issue, s->build.date);
    if (!ledger_stretch_begin(db, &stretch, err))
        return false;
    do {
        if (!ledger_stretch_next(db, &stretch, err) ||
            !enter_stretch(s, &stretch, err))
            return false;
    } while (stretch.until > stretch.after);
    if (s->dry_run && !conductor_recipients(db, &s->issue, s->build.date,
                                            &s->report->recipients, err))
        return false;
    if (!s->report->recipients && s->issue.correction_id)
        return err_set(err, ERR_INPUT,
                       "%s/%" PRId64 ": nobody is left to tell: who had the "
                       "article was told by another issue, or may not be "
                       "mailed",
                       s->issue.newsletter, s->issue.number);
    if (!s->report->recipients)
        return err_set(err, ERR_INPUT, "%s/%" PRId64 ": nobody to send to",
                       s->issue.newsletter, s->issue.number) ||
               err_remedy(err, REMEDY_ADD_SUBSCRIBER, s->issue.newsletter);
    return true;
}

static bool freeze(struct start *s, struct err *err)
{
    size_t whole;
    /* First all of it, in the newsletter's language: for the archive, whether
     * or not somebody gets that. */
    if (s->issue.correction_id)
        s->build.corrections = &s->corrections;
    if (!build_begin(&s->build, err) ||
        !variants_store(&s->variants, &s->build, &s->articles, "",
                        s->dry_run ? NULL : s->work, &whole, err) ||
        !enter_all(s, err))
        return false;
    note_variants(&s->variants, s->report);
    return true;
}

/* ---- the start itself ------------------------------------------------ */

static bool is_there(const struct correction_list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return true;
    return false;
}

/* Whether a correction has been taken back meanwhile; one that was made since
 * is the next issue's. */
static bool is_taken_back(const struct start *s, struct arena *arena, bool *out,
                          struct err *err)
{
    struct correction_list now;
    *out = false;
    if (!build_find_corrections(s->conductor->db, &s->issue, s->build.date,
                                arena, &now, err))
        return false;
    for (size_t i = 0; i < s->corrections.count; i++)
        *out |= !is_there(&now, s->corrections.items[i].id);
    return true;
}

/* Whether the issue differs from the frozen one: then it isn't started. */
static bool is_changed(const struct start *s, bool *changed, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct db *db = s->conductor->db;
    struct issue issue;
    struct issue_articles articles;
    if (!read_again(db, &s->issue, &arena, &issue, err) ||
        !issue_get_articles(db, issue.id, &arena, &articles, err) ||
        !is_taken_back(s, &arena, changed, err))
        return false;
    *changed |= issue.version != s->issue.version ||
                articles.count != s->articles.count;
    return true;
}

/* Starts the issue. The recipients entered are on disk by now, so this is soon
 * done. */
static bool move_on(const struct start *s, bool *changed, struct err *err)
{
    struct db *db = s->conductor->db;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !lease_check(db, &s->work->lease, err) || !is_changed(s, changed, err))
        return false;
    return *changed ||
           (issue_act(db, &s->issue, ACT_START, s->build.date, err) &&
            issue_freeze_stories(db, &s->issue, &s->articles, err) &&
            block_freeze(db, s->issue.id, &s->blocks, err) &&
            text_freeze(db, s->issue.id, &s->texts, err) &&
            counter_advance(db, err) && tx_commit(&tx, err) &&
            counter_write(db, err));
}

static bool start_once(const struct conductor *c, struct work *work,
                       const struct issue *issue, bool dry_run,
                       struct start_report *report, bool *changed,
                       struct err *err)
{
    OWNED(start_free)
    struct start s = {.conductor = c,
                      .dry_run = dry_run,
                      .report = report,
                      .work = work,
                      .arena = ARENA_INIT};
    s.build = (struct build){.conf = c->conf,
                             .templates = c->templates,
                             .keys = c->keys,
                             .newsletter = &s.newsletter,
                             .issue = &s.issue,
                             .blocks = &s.blocks,
                             .texts = &s.texts,
                             .date = c->now ? c->now : clock_now()};
    start_report_free(report);
    *report = (struct start_report){0};
    *changed = false;
    return ledger_take_back(c->db, &work->lease, issue->id, err) &&
           look_up(&s, issue, err) && check(&s, err) && freeze(&s, err) &&
           (dry_run || (db_sync(c->db, err) && move_on(&s, changed, err)));
}

static bool start_in_turn(const struct conductor *c, struct work *work,
                          const struct issue *issue, bool dry_run,
                          struct start_report *report, struct err *err)
{
    enum { TIMES = 5 };
    for (int i = 0; i < TIMES; i++) {
        bool changed;
        if (!start_once(c, work, issue, dry_run, report, &changed, err))
            return false;
        if (!changed)
            return true;
    }
    return err_set(err, ERR_CONFLICT,
                   "%s/%" PRId64 ": is being changed; it wasn't started",
                   issue->newsletter, issue->number);
}

/* Ends the turn. Deliveries that can't be taken back now are taken back by the
 * next run. */
static void end_turn(const struct conductor *c, struct work *work,
                     int64_t issue_id, bool is_started)
{
    struct err late = {0};
    if (!is_started) {
        (void)!ledger_take_back(c->db, &work->lease, issue_id, &late);
        turn_remove_issue(c->db, issue_id);
    }
    lease_release(c->db, &work->lease);
}

bool conductor_start(const struct conductor *c, const struct issue *issue,
                     bool dry_run, struct start_report *report, struct err *err)
{
    OWNED(file_unlock) int lock = -1;
    struct work work = {0};
    *report = (struct start_report){0};
    if (!issue_check(issue, ACT_START, err) || !counter_check(c->db, err) ||
        !turn_take_issue(c->db, issue, "started", &work, &lock, err))
        return false;
    bool good = start_in_turn(c, &work, issue, dry_run, report, err);
    end_turn(c, &work, issue->id, good && !dry_run);
    return good;
}

/* ---- starts that broke off ------------------------------------------- */

bool conductor_start_left(const struct conductor *c, bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t *ids;
    size_t count;
    if (!ledger_left_over(c->db, &arena, &ids, &count, err))
        return false;
    *out = count > 0;
    return true;
}

static bool take_one_back(const struct conductor *c, int64_t issue_id,
                          struct arena *arena, struct err *err)
{
    OWNED(file_unlock) int lock = -1;
    struct work work = {0};
    struct issue issue;
    struct err held = {0};
    if (!issue_get_by_id(c->db, issue_id, arena, &issue, err))
        return false;
    if (!turn_take_issue(c->db, &issue, "started", &work, &lock, &held))
        return held.kind == ERR_TEMPORARY || (*err = held, false);
    bool good = ledger_take_back(c->db, &work.lease, issue_id, err);
    turn_remove_issue(c->db, issue_id);
    lease_release(c->db, &work.lease);
    return good;
}

bool conductor_take_back(const struct conductor *c, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t *ids;
    size_t count;
    if (!ledger_left_over(c->db, &arena, &ids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_one_back(c, ids[i], &arena, err))
            return false;
    return true;
}

/* ---- cancelling, and once more ---------------------------------------- */

bool conductor_recipients(struct db *db, const struct issue *issue, int64_t at,
                          int64_t *count, struct err *err)
{
    struct ledger_stretch whole = build_stretch(issue, at);
    return ledger_count_recipients(db, &whole, count, err);
}

bool conductor_retry(const struct conductor *c, const struct issue *issue,
                     int64_t *count, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    if (!issue_check(issue, ACT_RETRY, err))
        return false;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, c->db, TX_DURABLE, err) ||
        !ledger_retry_failed(c->db, issue->id, now, count, err))
        return false;
    if (!*count)
        return err_set(err, ERR_NOT_FOUND,
                       "%s/%" PRId64 ": no delivery of it has failed",
                       issue->newsletter, issue->number);
    return issue_act(c->db, issue, ACT_RETRY, now, err) && tx_commit(&tx, err);
}
