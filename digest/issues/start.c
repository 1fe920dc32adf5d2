#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/issues/conductor.h"
#include "digest/issues/draft.h"
#include "digest/issues/issue_lint.h"
#include "digest/issues/plan.h"
#include "digest/delivery/relays.h"
#include "digest/delivery/signing.h"
#include "digest/issues/story_pages.h"
#include "digest/issues/variants.h"
#include "digest/ledger/counter.h"
#include "subscribers/consent/preferences.h"

static bool check_state(const struct issue *issue, struct err *err)
{
    if (issue->state == ISSUE_DRAFT || issue->state == ISSUE_SCHEDULED)
        return true;
    return err_set(
        err, ERR_CONFLICT, "%s/%" PRId64 ": is %s; only a draft can be started",
        issue->newsletter, issue->number, issue_state_words(issue->state));
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

/* A variant for each choice of categories and language, or none. */
static bool make_variants(const struct conductor *c, const struct build *build,
                          const struct issue_articles *articles,
                          struct ledger_choices *choices,
                          struct variants *variants, struct err *err)
{
    size_t index;
    for (size_t i = 0; i < choices->count; i++) {
        struct ledger_choice *choice = &choices->items[i];
        struct build its = *build;
        if (!build_voice(build, choice->language, &its.voice, err) ||
            !variants_store(variants, &its, articles, choice->categories, c->db,
                            &index, err))
            return false;
        choice->variant_id = 0;
        if (index == SIZE_MAX)
            continue;
        choice->variant_id = variants->items[index].id;
        variants->items[index].has_readers = true;
    }
    return true;
}

static bool freeze(const struct conductor *c, const struct build *build,
                   const struct issue_articles *articles,
                   struct start_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(variants_free) struct variants variants = {0};
    struct ledger_choices choices;
    size_t whole;
    /* First all of it, in the newsletter's language: for the archive, whether
     * or not somebody gets that. */
    if (!variants_store(&variants, build, articles, "", c->db, &whole, err) ||
        !ledger_choices(c->db, build->newsletter->id, &arena, &choices, err) ||
        !make_variants(c, build, articles, &choices, &variants, err) ||
        !ledger_enqueue(
            c->db, build->issue->id, build->newsletter->id, &choices,
            "nothing in this issue is of the chosen categories", build->date,
            PREFERENCES_PAUSE_MAX_S, &report->recipients, err))
        return false;
    note_variants(&variants, report);
    if (!report->recipients)
        return err_set(err, ERR_INPUT,
                       "%s/%" PRId64 ": nobody to send to; add somebody with "
                       "`digest subscriber add EMAIL --newsletter %s`",
                       build->issue->newsletter, build->issue->number,
                       build->issue->newsletter);
    return true;
}

/* What would stop the first message is better found while the issue is still
 * a draft. */
static bool check_way_out(const struct conductor *c,
                          const struct newsletter *newsletter, struct err *err)
{
    OWNED(relays_free) struct relays relays = {0};
    OWNED(sender_release) struct sender *sender = NULL;
    OWNED(signing_free) struct signing signing = {0};
    return relays_make(c->conf, &relays, err) &&
           sender_new(relays.items, relays.count, &sender, err) &&
           signing_load(c->conf->dkim, c->conf->dkim_count,
                        newsletter->from_address,
                        signing_complaints_to(c->conf), &signing, err);
}

bool conductor_recipients(struct db *db, const struct issue *issue, int64_t at,
                          int64_t *count, struct err *err)
{
    return ledger_count_recipients(db, issue->newsletter_id, at,
                                   PREFERENCES_PAUSE_MAX_S, count, err);
}

bool conductor_cancel(const struct conductor *c, const struct issue *issue,
                      int64_t *skipped, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    if (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED ||
        issue->state == ISSUE_MISSED)
        return err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s",
                       issue->newsletter, issue->number,
                       issue_state_words(issue->state));
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, c->db, TX_DURABLE, err) &&
           issue_move(c->db, issue->id, issue->state, ISSUE_CANCELLED, now,
                      err) &&
           (issue->started_at || plan_drop(c->db, issue, err)) &&
           conductor_recover(c, issue->id, err) &&
           ledger_skip_waiting(c->db, issue->id, "the issue was cancelled", now,
                               skipped, err) &&
           tx_commit(&tx, err);
}

bool conductor_retry(const struct conductor *c, const struct issue *issue,
                     int64_t *count, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    if (issue->state != ISSUE_SENT && issue->state != ISSUE_SENDING)
        return err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s",
                       issue->newsletter, issue->number,
                       issue_state_words(issue->state));
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, c->db, TX_DURABLE, err) ||
        !ledger_retry_failed(c->db, issue->id, now, count, err))
        return false;
    if (!*count)
        return err_set(err, ERR_NOT_FOUND,
                       "%s/%" PRId64 ": no delivery of it has failed",
                       issue->newsletter, issue->number);
    return (issue->state == ISSUE_SENDING ||
            issue_move(c->db, issue->id, ISSUE_SENT, ISSUE_SENDING, now,
                       err)) &&
           tx_commit(&tx, err);
}

/* The issue as it is now: what was typed a second ago is in it. One that was
 * moved to another time, or taken off its time, since the caller looked does
 * not go out. */
static bool read_again(const struct conductor *c, const struct issue *seen,
                       struct arena *arena, struct issue *out, struct err *err)
{
    if (!issue_get_by_id(c->db, seen->id, arena, out, err))
        return false;
    return (out->state == seen->state &&
            out->scheduled_at == seen->scheduled_at) ||
           err_set(err, ERR_CONFLICT,
                   "%s/%" PRId64 ": is %s now, and its time was changed "
                   "meanwhile; nothing was sent",
                   out->newsletter, out->number, issue_state_words(out->state));
}

bool conductor_start(const struct conductor *c, const struct issue *seen,
                     bool dry_run, struct start_report *report, struct err *err)
{
    *report = (struct start_report){0};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue fresh;
    const struct issue *issue = &fresh;
    struct newsletter newsletter;
    struct issue_articles articles;
    int64_t now = c->now ? c->now : clock_now();
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!check_state(seen, err) || !counter_check(c->db, err) ||
        !tx_begin(&tx, c->db, TX_DURABLE, err) ||
        !read_again(c, seen, &arena, &fresh, err) ||
        !newsletter_get_by_id(c->db, issue->newsletter_id, &arena, &newsletter,
                              err) ||
        !check_way_out(c, &newsletter, err) ||
        !issue_move(c->db, issue->id, issue->state, ISSUE_SENDING, now, err) ||
        !issue_get_articles(c->db, issue->id, &arena, &articles, err))
        return false;
    report->withdrawn = (int64_t)articles.withdrawn;
    if (!articles.count)
        return err_set(err, ERR_INPUT,
                       "%s/%" PRId64 ": no article is left in it; draft it "
                       "again with `digest issue draft %s`",
                       issue->newsletter, issue->number, issue->newsletter);
    if (!issue_name_pages(c->db, issue, &newsletter, &articles, &arena, err) ||
        !issue_freeze_stories(c->db, issue, &articles, err))
        return false;
    struct block_list blocks;
    struct text_list texts;
    if (!build_find_blocks(c->db, issue, &newsletter, now, &arena, &blocks,
                           err) ||
        !block_freeze(c->db, issue->id, &blocks, err) ||
        !build_find_texts(c->db, issue, &arena, &texts, err) ||
        !text_freeze(c->db, issue->id, newsletter.id, err))
        return false;
    OWNED(build_end)
    struct build build = {.conf = c->conf,
                          .templates = c->templates,
                          .keys = c->keys,
                          .newsletter = &newsletter,
                          .issue = issue,
                          .blocks = &blocks,
                          .texts = &texts,
                          .date = now};
    if (!build_begin(&build, err) || !freeze(c, &build, &articles, report, err))
        return false;
    if (!c->anyway && !issue_lint_gate(c, issue, err))
        return false;
    return dry_run || (counter_advance(c->db, err) && tx_commit(&tx, err) &&
                       counter_write(c->db, err));
}
