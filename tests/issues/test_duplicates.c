/* Near-duplicates: pairs that are the same story, and false friends. */
#include "digest/articles/article_store.h"
#include "digest/articles/signature.h"
#include "digest/issues/draft.h"
#include "digest/selector/duplicates_internal.h"
#include "tests/support/house.h"

enum { NOW = 1795500000, HOUR = 3600, DAY = 86400 };

#define FERRY                                                                  \
    "The ferry between the old harbour and the islands will sail twice as "    \
    "often this winter, the operator said on Friday after months of talks "    \
    "with islanders."
#define GAMES                                                                  \
    "All games of the district league with goals, cards and the table, as "    \
    "reported by the referees on Sunday evening."
#define BENGALI                                                                                                                                                                                \
    "শহরের পুরোনো ঘাট থেকে দ্বীপ পর্যন্ত ফেরি এই শীতে দ্বিগুণ বার চলবে বলে " \
    "জানিয়েছে কর্তৃপক্ষ, কয়েক মাসের আলোচনার পর।"
#define CHINESE "今年冬天老港口与群岛之间的渡轮班次将增加一倍,运营商周五表示。"

struct story {
    const char *url, *title, *lead;
};

struct pair {
    struct story a, b;
    int days; /* between them */
    bool near;
};

static const struct pair pairs[] = {
    /* The same story. */
    {{"https://a.example/1", "Ferry sails twice as often in winter", FERRY},
     {"https://b.example/x", "Ferry sails twice as often in winter", FERRY},
     0,
     true},
    {{"https://a.example/1", "Ferry sails twice as often in winter", FERRY},
     {"https://b.example/x",
      "FERRY SAILS TWICE AS OFTEN IN WINTER – The Harbour Post", FERRY},
     1,
     true},
    {{"https://a.example/1", "Café «Zur Fähre» schließt im Winter", FERRY},
     {"https://b.example/x", "Cafe Zur Faehre schliesst im Winter", FERRY},
     1,
     true},
    {{"https://a.example/1", "Ferry operator cuts its winter timetable", FERRY},
     {"https://b.example/x", "Ferry operator trims its winter timetable",
      FERRY " More to follow."},
     1,
     true},
    {{"http://www.a.example/ferry/?utm_source=feed", "Ferry", ""},
     {"https://a.example/ferry", "The ferry sails again", ""},
     20,
     true},
    {{"https://a.example/1", "Ferry doubles its winter timetable today", ""},
     {"https://b.example/1", "Ferry doubles its winter timetable today", ""},
     1,
     true},
    {{"https://a.example/1", "শীতে ফেরি চলবে দ্বিগুণ বার", BENGALI},
     {"https://b.example/x", "শীতে ফেরি চলবে দ্বিগুণ বার", BENGALI},
     1,
     true},
    {{"https://a.example/1", "今冬渡轮班次将增加一倍", CHINESE},
     {"https://b.example/x", "快讯:今冬渡轮班次将增加一倍", CHINESE},
     1,
     true},
    /* False friends. */
    {{"https://a.example/1", "Results of week 3", GAMES},
     {"https://b.example/x", "Results of week 4", GAMES},
     1,
     false},
    {{"https://a.example/1", "Results of week 3", GAMES},
     {"https://b.example/x", "Results of week ৪", GAMES},
     1,
     false},
    {{"https://a.example/1", "第三周比赛结果", CHINESE},
     {"https://b.example/x", "第四周比赛结果", CHINESE},
     1,
     false},
    {{"https://a.example/1", "Weather for the islands on Monday morning",
      "On Monday light winds and sunny spells are to be expected on all the "
      "islands, with calm water in the sound."},
     {"https://b.example/x", "Weather for the islands on Tuesday morning",
      "On Tuesday light winds and sunny spells are to be expected on all the "
      "islands, with calm water in the sound."},
     1,
     false},
    {{"https://a.example/1", "Letters to the editor of this paper", FERRY},
     {"https://b.example/x", "Letters to the editor of this paper", GAMES},
     1,
     false},
    {{"https://a.example/1", "Ferry sails twice as often in winter", FERRY},
     {"https://b.example/x", "Islanders welcome the new winter ferry", FERRY},
     1,
     false},
    {{"https://a.example/1", "The quiz of the week for clever people", GAMES},
     {"https://b.example/x", "The quiz of the week for clever people", GAMES},
     7,
     false},
    {{"https://a.example/1", "The quiz of the week for clever people", GAMES},
     {"https://a.example/2", "The quiz of the week for clever people", GAMES},
     1,
     false}, /* one source says it again on purpose */
    {{"https://a.example/?p=1", "Obituaries", ""},
     {"https://b.example/?p=1", "Obituaries", ""},
     0,
     false},
    {{"https://a.example/?p=1", "Ferry", FERRY},
     {"https://a.example/?p=2", "Games", GAMES},
     0,
     false},
    /* Releases that share a link or a page. */
    {{"https://a.example/log", "Version 7 of the timetable", FERRY},
     {"https://a.example/log", "Version 8 of the timetable", GAMES},
     1,
     false},
    {{"https://a.example/log#v7", "Version 7 of the timetable", FERRY},
     {"https://a.example/log#v8", "Version 8 of the timetable", GAMES},
     1,
     false},
};

static void make(const struct story *story, int64_t id, int64_t at,
                 struct arena *arena, struct selector_candidate *out)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    struct article *article = ARENA_NEW(arena, struct article);
    *article = (struct article){
        .id = id,
        .source_id = 1,
        .url = story->url,
        .title = story->title,
        .summary_html = arena_format(arena, "<p>%s</p>\n", story->lead),
        .body_html = "",
        .published_at = at,
        .known_at = at,
    };
    *out = (struct selector_candidate){.article = article};
    signature_write(article, &bytes);
    assert_true(signature_read(strbuf_str(&bytes), arena, &out->signature));
}

static void the_same_story_is_known_and_false_friends_are_not(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        const struct pair *p = &pairs[i];
        struct selector_candidate a, b;
        make(&p->a, 1, NOW, &arena, &a);
        make(&p->b, 2, NOW + p->days * DAY, &arena, &b);
        if (duplicates_are_near(&a, &b) != p->near ||
            duplicates_are_near(&b, &a) != p->near)
            fail_msg("pair %zu: \"%s\" and \"%s\" should %sbe one story", i,
                     p->a.title, p->b.title, p->near ? "" : "not ");
    }
}

/* Looking up finds what comparing each with each finds. */
static void no_pair_is_missed_among_many(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    enum { COUNT = 2 * ARRAY_SIZE(pairs) };
    struct selector_candidate all[COUNT];
    struct duplicates_item items[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        const struct pair *p = &pairs[i / 2];
        make(i % 2 ? &p->b : &p->a, (int64_t)i + 1,
             NOW + (i % 2 ? p->days : 0) * DAY, &arena, &all[i]);
        items[i] = (struct duplicates_item){.candidate = &all[i]};
    }
    duplicates_find(items, COUNT);
    size_t found = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const struct selector_candidate *first = NULL;
        for (size_t j = 0; j < i && !first; j++)
            if (!items[j].near_to && duplicates_are_near(&all[j], &all[i]))
                first = &all[j];
        assert_ptr_equal(items[i].near_to, first);
        found += first != NULL;
    }
    assert_true(found > 8);
}

static void addresses_compare_without_what_says_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *url, *address;
    } cases[] = {
        {"https://www.A.example/x/", "a.example/x"},
        {"http://a.example/x/index.html#top", "a.example/x"},
        {"https://a.example/x?utm_medium=y&p=3", "a.example/x?p=3"},
        {"https://a.example/x/amp/", "a.example/x"},
        {"https://a.example/", "a.example"},
        {"https://a.example/Camp", "a.example/Camp"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        signature_address(str_of(cases[i].url), &out);
        assert_string_equal(strbuf_text(&out), cases[i].address);
    }
}

/* A text is read piece by piece: no word may be torn or left out. */
static void words_count_whatever_parts_them(void **state)
{
    (void)state;
    static const char *const parted[] = {" ", "</p>\n<p>", ", ", " &amp; "};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf first = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(parted); i++) {
        OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, out = STRBUF_INIT;
        struct article_signature signature;
        for (unsigned word = 0; word < 31; word++)
            strbuf_add_format(&html, "harbour%0*u%s", 8 + (int)word % 7, word,
                              parted[i]);
        struct article article = {.url = "",
                                  .title = "",
                                  .summary_html = strbuf_text(&html),
                                  .body_html = ""};
        signature_write(&article, &out);
        assert_true(signature_read(strbuf_str(&out), &arena, &signature));
        assert_int_equal(signature.lead_count, 31);
        if (i == 0)
            strbuf_add_str(&first, strbuf_str(&out));
        assert_true(str_equal(strbuf_str(&first), strbuf_str(&out)));
    }
}

/* ---- in a draft ---- */

struct fixture {
    struct db *db;
    struct arena arena;
    struct newsletter newsletter;
};

static struct err err;

static int begin(void **state)
{
    struct fixture *f = MEM_NEW(struct fixture);
    static const struct newsletter_section section = {.categories = "*",
                                                      .at_most = 5};
    f->db = house_db();
    f->newsletter = house_newsletter_of(f->db, &section, 1, &f->arena);
    f->newsletter.window_s = 0;
    must(newsletter_update(f->db, &f->newsletter, &err));
    for (int i = 2; i <= 3; i++) {
        struct stmt *add = db_stmt(
            f->db, "INSERT INTO source (id, address, kind, created_at) "
                   "VALUES (?1, 'https://s' || ?1 || '.example/', 'feed', 0)");
        stmt_bind_int(add, 1, i);
        must(stmt_run(add, &err));
    }
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    arena_free(&f->arena);
    db_close(f->db);
    free(f);
    return 0;
}

static int64_t put(struct fixture *f, int64_t source, int64_t at)
{
    char *url = arena_format(&f->arena, "https://s%d.example/f", (int)source);
    return house_article(
        f->db,
        &(struct article){.source_id = source,
                          .guid = "one",
                          .url = url,
                          .title = "Ferry sails twice as often in winter",
                          .published_at = at,
                          .summary_html = "<p>" FERRY "</p>\n"});
}

static struct draft draft(struct fixture *f, int64_t now, bool made)
{
    struct draft_options options = {.now = now};
    struct draft out;
    bool good =
        draft_issue(f->db, &f->newsletter, &options, &f->arena, &out, &err);
    if (good != made)
        fail_msg("%s", good ? "an issue was made" : err.text);
    return out;
}

static void assert_near(struct draft *d, int64_t id, const char *words)
{
    for (size_t i = 0; i < d->selection.count; i++) {
        const struct selector_verdict *v = &d->selection.verdicts[i];
        OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
        if (v->candidate->article->id != id)
            continue;
        selector_explain(&d->rules, v, &why);
        assert_string_equal(strbuf_text(&why), words);
        return;
    }
    fail();
}

static void who_had_it_first_is_taken_unless_another_is_preferred(void **state)
{
    struct fixture *f = *state;
    int64_t late = put(f, 2, NOW - HOUR), early = put(f, 3, NOW - 2 * HOUR);
    struct draft d = draft(f, NOW, true);
    assert_int_equal(d.selection.selected, 1);
    assert_int_equal(d.selection.verdicts[0].candidate->article->id, early);
    assert_near(&d, late, "near-duplicate of #2");
    const struct newsletter_boost boost = {.source_id = 2, .boost = 1};
    f->newsletter.rules.boosts = &boost;
    f->newsletter.rules.boost_count = 1;
    d = draft(f, NOW, true);
    assert_int_equal(d.selection.verdicts[0].candidate->article->id, late);
    assert_near(&d, early, "near-duplicate of #1");
}

static void what_readers_got_isnt_sent_again_by_another_source(void **state)
{
    struct fixture *f = *state;
    put(f, 2, NOW - HOUR);
    struct draft d = draft(f, NOW, true);
    must(issue_move(f->db, d.issue.id, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    int64_t again = put(f, 3, NOW + HOUR);
    d = draft(f, NOW + DAY, false);
    assert_near(&d, again, "near-duplicate of #1, sent in weekly/1");
}

static void a_signature_from_before_is_made_when_it_is_needed(void **state)
{
    struct fixture *f = *state;
    put(f, 2, NOW - HOUR);
    put(f, 3, NOW - 2 * HOUR);
    must(stmt_run(db_stmt(f->db, "UPDATE article SET signature = NULL"), &err));
    struct draft d = draft(f, NOW, true);
    assert_int_equal(d.selection.selected, 1);
    int64_t left;
    must(stmt_one_int(db_stmt(f->db, "SELECT count(*) FROM article "
                                     "WHERE signature IS NULL"),
                      &left, &err));
    assert_int_equal(left, 0);
}

/* After an upgrade, that is. */
static void what_was_sent_without_a_signature_isnt_sent_again(void **state)
{
    struct fixture *f = *state;
    put(f, 2, NOW - HOUR);
    struct draft d = draft(f, NOW, true);
    must(issue_move(f->db, d.issue.id, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    must(stmt_run(db_stmt(f->db, "UPDATE article SET signature = NULL"), &err));
    int64_t again = put(f, 3, NOW + HOUR);
    d = draft(f, NOW + DAY, false);
    assert_near(&d, again, "near-duplicate of #1, sent in weekly/1");
}

static void an_issue_of_a_clock_that_ran_ahead_is_no_last_one(void **state)
{
    struct fixture *f = *state;
    put(f, 2, NOW);
    struct draft d = draft(f, NOW + 20 * DAY, true);
    must(issue_move(f->db, d.issue.id, ISSUE_DRAFT, ISSUE_SENDING,
                    NOW + 20 * DAY, &err));
    int64_t other = put(f, 3, NOW + HOUR);
    must(stmt_run(db_stmt(f->db, "UPDATE article SET title = 'A bridge', "
                                 "summary_html = '', signature = NULL "
                                 "WHERE source_id = 3"),
                  &err));
    d = draft(f, NOW + DAY, true);
    assert_int_equal(d.selection.selected, 1);
    assert_int_equal(d.selection.verdicts[0].candidate->article->id, other);
}

static void a_drop_keeps_its_duplicates_out_as_well(void **state)
{
    struct fixture *f = *state;
    int64_t late = put(f, 2, NOW - HOUR), early = put(f, 3, NOW - 2 * HOUR);
    struct draft d = draft(f, NOW, true);
    must(choice_put(f->db, d.issue.id,
                    &(struct choice){.article_id = early,
                                     .picture = "",
                                     .dropped = true,
                                     .section = "",
                                     .title = "",
                                     .summary = "",
                                     .show = ""},
                    &err));
    d = draft(f, NOW, false);
    assert_near(&d, late, "near-duplicate of #2, which an editor dropped");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_story_is_known_and_false_friends_are_not),
        cmocka_unit_test(no_pair_is_missed_among_many),
        cmocka_unit_test(addresses_compare_without_what_says_nothing),
        cmocka_unit_test(words_count_whatever_parts_them),
        cmocka_unit_test_setup_teardown(
            who_had_it_first_is_taken_unless_another_is_preferred, begin, end),
        cmocka_unit_test_setup_teardown(
            what_readers_got_isnt_sent_again_by_another_source, begin, end),
        cmocka_unit_test_setup_teardown(
            a_signature_from_before_is_made_when_it_is_needed, begin, end),
        cmocka_unit_test_setup_teardown(
            what_was_sent_without_a_signature_isnt_sent_again, begin, end),
        cmocka_unit_test_setup_teardown(
            an_issue_of_a_clock_that_ran_ahead_is_no_last_one, begin, end),
        cmocka_unit_test_setup_teardown(a_drop_keeps_its_duplicates_out_as_well,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
