/* Tests who is owed a correction, and who was told. */
#include <stdio.h>

#include "digest/ledger/correction.h"
#include "digest/ledger/ledger.h"
#include "digest/ledger/story.h"
#include "tests/support/house.h"

enum { MADE = 1000, PAUSE = 500 };

static struct err err;

/* Article 1 was in weekly/1, in a variant of its own, and in daily/1; article 2
 * in weekly/1 alone, article 3 in a draft. Readers 1 to 6 are on both lists. */
static int open_db(void **state)
{
    static const char *const rows[] = {
        "INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (1, 'weekly', 'W', 'w@example.org', 0), "
        "    (2, 'daily', 'D', 'd@example.org', 0)",
        "INSERT INTO article (id, source_id, guid, url, title, published_at, "
        "    known_at, fresh_at, changed_at) "
        "SELECT value, 1, value, '', 'A' || value, 0, 0, 0, 0 "
        "FROM json_each('[1,2,3]')",
        "INSERT INTO issue (id, newsletter_id, number, state, subject, "
        "    window_from, window_until, drafted_at, started_at) "
        "VALUES (1, 1, 1, 'sent', 'S', 0, 0, 0, 10), "
        "    (2, 2, 1, 'sent', 'S', 0, 0, 0, 20), "
        "    (3, 1, 2, 'draft', 'S', 0, 0, 0, NULL)",
        "INSERT INTO story (issue_id, article_id, position, section, heading, "
        "    name, title, own_title, author, source, url, language, "
        "    published_at, word_count, image_url, image_alt, image_width, "
        "    image_height, summary_html, body_html) "
        "SELECT i, a, a, 0, '', '', 'As sent ' || a, '', '', '', 'https://a/' "
        "    || a, '', 0, 0, '', '', 0, 0, '', '' "
        "FROM (SELECT 1 AS i, 1 AS a UNION ALL SELECT 1, 2 UNION ALL "
        "    SELECT 2, 1)",
        "INSERT INTO variant (id, issue_id, key) "
        "VALUES (11, 1, 'en:1,2'), (12, 1, 'en:2'), (21, 2, 'en:1')",
        "INSERT INTO variant_article (variant_id, position, article_id) "
        "VALUES (11, 0, 1), (11, 1, 2), (12, 0, 2), (21, 0, 1)",
        "INSERT INTO subscriber (id, key, email, email_key, created_at) "
        "SELECT value, CAST(printf('%016d', value) AS BLOB), value || '@x.y', "
        "    value || '@x.y', 0 FROM json_each('[1,2,3,4,5,6]')",
        "INSERT INTO subscription (newsletter_id, subscriber_id, state, since) "
        "SELECT n.value, r.id, 'active', 0 "
        "FROM json_each('[1,2]') n, subscriber r",
        /* 5 had it from the other newsletter alone, 6 from neither. */
        "INSERT INTO delivery (issue_id, subscriber_id, variant_id, state, "
        "    changed_at) "
        "VALUES (1, 1, 11, 'sent', 0), (1, 2, 12, 'sent', 0), "
        "    (1, 3, 11, 'failed', 0), (1, 4, 11, 'queued', 0), "
        "    (2, 5, 21, 'sent', 0), (1, 5, 12, 'sent', 0), "
        "    (2, 1, 21, 'sent', 0)",
    };
    struct db *db = house_db();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        house_run(db, rows[i]);
    *state = db;
    return 0;
}

static int64_t correct(struct db *db, int64_t article_id, const char *note)
{
    int64_t id;
    bool is_new;
    must(correction_add(db, article_id, note, MADE, &id, &is_new, &err));
    assert_true(is_new);
    return id;
}

/* Whom an issue of a newsletter that starts then would tell, each as
 * "SUBSCRIBER=IDS ". */
static const char *owed_at(struct db *db, int64_t newsletter_id, int64_t only,
                           int64_t now)
{
    static char out[200];
    struct ledger_stretch whole = {.newsletter_id = newsletter_id,
                                   .now = now,
                                   .longest_pause_s = PAUSE,
                                   .correction_id = only};
    size_t length = 0;
    out[0] = '\0';
    for (int64_t id = 1; id <= 6; id++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        const char *ids;
        must(ledger_corrections_owed(db, &whole, id, &arena, &ids, &err));
        if (*ids)
            length += (size_t)snprintf(out + length, sizeof out - length,
                                       "%d=%s ", (int)id, ids);
    }
    return out;
}

static const char *owed(struct db *db, int64_t newsletter_id)
{
    return owed_at(db, newsletter_id, 0, MADE + 1);
}

static void who_had_the_article_is_owed_its_correction(void **state)
{
    struct db *db = *state;
    assert_string_equal(owed(db, 1), "");
    assert_int_equal(correct(db, 1, "One."), 1);
    assert_string_equal(owed(db, 1), "1=1 4=1 ");
    assert_string_equal(owed(db, 2), "1=1 5=1 ");
    assert_int_equal(correct(db, 2, "Two."), 2);
    assert_string_equal(owed(db, 1), "1=1,2 2=2 4=1,2 5=2 ");
    assert_string_equal(owed_at(db, 1, 2, MADE + 1), "1=2 2=2 4=2 5=2 ");
}

/* weekly/2 gets two variants, of which one brings correction 1. */
static void tell(struct db *db)
{
    struct ledger_variant variant = {
        .issue_id = 3,
        .key = "en:3+1",
        .html = STR("H"),
        .text = STR("T"),
        .message = STR("M"),
        .public_html = STR("P"),
        .correction_ids = (const int64_t[]){1},
        .correction_count = 1,
    };
    int64_t id;
    must(ledger_add_variant(db, &variant, &id, &err));
    variant.key = "en:3";
    variant.correction_count = 0;
    must(ledger_add_variant(db, &variant, &id, &err));
}

static void each_is_told_once(void **state)
{
    struct db *db = *state;
    correct(db, 1, "One.");
    tell(db);
    assert_string_equal(owed(db, 1), "1=1 4=1 "); /* nobody has it yet */
    house_run(db,
              "INSERT INTO delivery (issue_id, subscriber_id, variant_id, "
              "    state, changed_at) "
              "SELECT 3, 1, id, 'queued', 0 FROM variant WHERE key = 'en:3+1'");
    house_run(db, "INSERT INTO delivery (issue_id, subscriber_id, variant_id, "
                  "    state, changed_at) "
                  "SELECT 3, 4, id, 'sent', 0 FROM variant WHERE key = 'en:3'");
    assert_string_equal(owed(db, 1), "4=1 ");
    assert_string_equal(owed(db, 2), "5=1 "); /* 1 knows it from weekly */
    house_run(db, "UPDATE delivery SET state = 'failed' "
                  "WHERE issue_id = 3 AND subscriber_id = 1");
    assert_string_equal(owed(db, 1), "1=1 4=1 ");
}

static void an_old_correction_is_owed_to_nobody(void **state)
{
    struct db *db = *state;
    correct(db, 1, "One.");
    assert_string_equal(owed_at(db, 1, 0, MADE + PAUSE - 1), "1=1 4=1 ");
    assert_string_equal(owed_at(db, 1, 0, MADE + PAUSE), "");
    assert_string_equal(owed_at(db, 1, 1, MADE + PAUSE), "1=1 4=1 ");
}

static void what_came_out_later_was_not_corrected_by_it(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t *ids;
    size_t count;
    house_run(db, "UPDATE issue SET started_at = NULL, state = 'draft' "
                  "WHERE id = 2");
    correct(db, 1, "One.");
    house_run(db,
              "UPDATE issue SET started_at = 30, state = 'sent' WHERE id = 2");
    assert_string_equal(owed(db, 2), "");
    must(correction_newsletters(db, 1, &arena, &ids, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 1);
}

static void recipients_of_a_correction_are_those_owed_it(void **state)
{
    struct db *db = *state;
    int64_t count = 0;
    struct ledger_stretch whole = {.newsletter_id = 1,
                                   .now = MADE + 1,
                                   .longest_pause_s = PAUSE,
                                   .correction_id = correct(db, 2, "Two.")};
    must(ledger_count_recipients(db, &whole, &count, &err));
    assert_int_equal(count, 4);
    house_run(db, "UPDATE subscription SET state = 'unsubscribed' "
                  "WHERE newsletter_id = 1 AND subscriber_id = 1");
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('2@x.y', 'complaint', 0)");
    must(ledger_count_recipients(db, &whole, &count, &err));
    assert_int_equal(count, 2);
    /* And they are who is entered. */
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct ledger_choices choices;
    whole.issue_id = 3;
    must(ledger_stretch_begin(db, &whole, &err));
    must(ledger_stretch_next(db, &whole, &err));
    must(ledger_stretch_choices(db, &whole, &arena, &choices, &err));
    assert_int_equal(choices.count, 1);
    assert_string_equal(choices.items[0].corrections, "1");
    choices.items[0].variant_id = 12;
    must(ledger_choose(db, &choices.items[0], &err));
    must(ledger_stretch_enter(db, &whole, "none", &count, &err));
    assert_int_equal(count, 2);
}

static void readers_are_parted_by_what_they_are_owed(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct ledger_choices choices;
    struct ledger_stretch stretch = {
        .newsletter_id = 1, .now = MADE + 1, .longest_pause_s = PAUSE};
    correct(db, 1, "One.");
    must(ledger_stretch_begin(db, &stretch, &err));
    must(ledger_stretch_next(db, &stretch, &err));
    must(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 2);
    must(ledger_choose(db, &choices.items[0], &err));
    must(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 1);
}

static void nobody_is_told_of_what_was_never_sent(void **state)
{
    struct db *db = *state;
    int64_t id;
    bool is_new;
    assert_false(correction_add(db, 3, "Three.", MADE, &id, &is_new, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void the_same_note_is_there_once(void **state)
{
    struct db *db = *state;
    int64_t first = correct(db, 1, "One."), id;
    bool is_new;
    must(correction_add(db, 1, "One.", MADE + 9, &id, &is_new, &err));
    assert_false(is_new);
    assert_int_equal(id, first);
    must(correction_remove(db, 1, first, MADE + 10, &err));
    assert_string_equal(owed(db, 1), "");
    assert_true(correct(db, 1, "One.") != first);
}

static void what_went_out_is_not_taken_back(void **state)
{
    struct db *db = *state;
    int64_t id = correct(db, 1, "One.");
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct correction_list list;
    assert_false(correction_remove(db, 2, id, MADE, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    house_run(db, "UPDATE issue SET correction_id = 1 WHERE id = 3");
    assert_false(correction_remove(db, 1, id, MADE, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "weekly/2"));
    house_run(db, "UPDATE issue SET correction_id = NULL WHERE id = 3");
    tell(db);
    house_run(db, "UPDATE issue SET started_at = 99, state = 'sending' "
                  "WHERE id = 3");
    assert_false(correction_remove(db, 1, id, MADE, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    must(correction_find(db, 1, &arena, &list, &err));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].sent_in, "weekly/2");
    assert_string_equal(list.items[0].title, "As sent 1");
    assert_string_equal(list.items[0].url, "https://a/1");
}

static void pages_have_those_of_their_stories(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct correction_list list;
    correct(db, 1, "One.");
    correct(db, 2, "Two.");
    must(correction_find_in(db, 1, &arena, &list, &err));
    assert_int_equal(list.count, 2);
    must(correction_find_in(db, 2, &arena, &list, &err));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].note, "One.");
    house_run(db, "UPDATE article SET unpublished_at = 5 WHERE id = 1");
    must(correction_find_in(db, 2, &arena, &list, &err));
    assert_int_equal(list.count, 0);
}

static void pages_that_were_made_before_are_made_anew(void **state)
{
    struct db *db = *state;
    struct story_stamp before, after;
    must(story_stamp(db, 1, &before, &err));
    correct(db, 1, "One.");
    must(story_stamp(db, 1, &after, &err));
    assert_true(before.hash != after.hash);
    must(story_newsletter_stamp(db, 1, &before, &err));
    must(correction_remove(db, 1, 1, MADE, &err));
    must(story_newsletter_stamp(db, 1, &after, &err));
    assert_true(before.hash != after.hash);
}

static void who_is_no_longer_kept_is_said(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct correction_reach reach;
    int64_t id = correct(db, 1, "One.");
    must(correction_reach(db, id, &arena, &reach, &err));
    assert_int_equal(reach.had, 3); /* 1, 4 and 5 */
    assert_string_equal(correction_reach_words(&reach, &arena), "3");
    house_run(db, "DELETE FROM delivery WHERE issue_id = 1");
    must(correction_reach(db, id, &arena, &reach, &err));
    assert_string_equal(correction_reach_words(&reach, &arena),
                        "2; who had weekly/1 is no longer kept");
    house_run(db, "DELETE FROM delivery WHERE issue_id = 2");
    must(correction_reach(db, id, &arena, &reach, &err));
    assert_string_equal(correction_reach_words(&reach, &arena),
                        "0; who had weekly/1, daily/1 is no longer kept");
}

int main(void)
{
#define WITH_DB(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_db, house_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(who_had_the_article_is_owed_its_correction),
        WITH_DB(each_is_told_once),
        WITH_DB(an_old_correction_is_owed_to_nobody),
        WITH_DB(what_came_out_later_was_not_corrected_by_it),
        WITH_DB(recipients_of_a_correction_are_those_owed_it),
        WITH_DB(readers_are_parted_by_what_they_are_owed),
        WITH_DB(nobody_is_told_of_what_was_never_sent),
        WITH_DB(the_same_note_is_there_once),
        WITH_DB(what_went_out_is_not_taken_back),
        WITH_DB(pages_have_those_of_their_stories),
        WITH_DB(pages_that_were_made_before_are_made_anew),
        WITH_DB(who_is_no_longer_kept_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
