#include "digest/articles/article_edit.h"
#include "digest/articles/article_picture.h"
#include "digest/articles/source_rest.h"
#include "digest/base/clock.h"
#include "tests/sources/importing.h"

enum { DAY = 86400 };

static const char address[] = "https://a.example/a.jpg";

/* An article of now, with a picture at `address`. */
static int64_t put(struct importing *t, const char *guid, const char *url,
                   const char *image_url)
{
    struct err err = {0};
    int64_t id = 0;
    enum article_change change;
    struct article a = {.source_id = 1,
                        .guid = guid,
                        .url = url,
                        .title = "T",
                        .author = "",
                        .published_at = clock_now(),
                        .language = "en",
                        .summary_html = "",
                        .body_html = "",
                        .image_url = image_url,
                        .image_alt = ""};
    if (!article_put(t->db, &a, &id, &change, &err))
        fail_msg("%s", err.text);
    return id;
}

static size_t due(struct importing *t, bool all, int64_t now)
{
    struct err err = {0};
    struct article_picture_list list;
    struct article_picture_wish wish = {.all = all, .now = now, .limit = 10};
    if (!article_picture_due(t->db, &wish, &t->arena, &list, &err))
        fail_msg("%s", err.text);
    return list.count;
}

static struct picture sample(const char *name, const char *bytes)
{
    struct picture p = {
        .width = 1200, .height = 800, .small_width = 600, .small_height = 400};
    snprintf(p.name, sizeof p.name, "%s", name);
    strbuf_add_text(&p.bytes, bytes);
    strbuf_add_text(&p.small, "small");
    return p;
}

static const char first[] = "0123456789abcdef0123456789abcdef.jpg";
static const char second[] = "fedcba9876543210fedcba9876543210.png";

static void keep(struct importing *t, int64_t id, const char *url,
                 const char *name)
{
    struct err err = {0};
    OWNED(picture_free) struct picture p = sample(name, name);
    if (!article_picture_put(t->db, id, url, &p, clock_now(), &err))
        fail_msg("%s", err.text);
}

static struct article_picture kept(struct importing *t, int64_t id)
{
    struct err err = {0};
    struct article a;
    struct article_picture out = {0};
    if (!article_get(t->db, id, &t->arena, &a, &err) ||
        !article_picture_get(t->db, &a, &t->arena, &out, &err))
        fail_msg("%s", err.text);
    return out;
}

static void pasted_articles_come_first(void **state)
{
    struct importing *t = *state;
    put(t, "pasted", "", address);
    put(t, "linked", "https://a.example/story", address);
    put(t, "bare", "", "");
    assert_int_equal(due(t, false, clock_now() + 1), 1);
    assert_int_equal(due(t, true, clock_now() + 1), 2);
}

static void old_and_removed_articles_need_none(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    int64_t id = put(t, "pasted", "", address);
    assert_int_equal(due(t, true, clock_now() + PICTURE_FRESH_S + DAY), 0);
    assert_true(article_withdraw(t->db, id, clock_now(), &err));
    assert_int_equal(due(t, true, clock_now() + 1), 0);
}

static void a_picture_is_fetched_once(void **state)
{
    struct importing *t = *state;
    int64_t id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    assert_int_equal(due(t, false, clock_now() + 30 * DAY), 0);
    assert_string_equal(kept(t, id).name, first);
    /* An article that comes in again as it was changes nothing. */
    put(t, "pasted", "", address);
    assert_string_equal(kept(t, id).name, first);
}

static void another_address_is_another_picture(void **state)
{
    struct importing *t = *state;
    int64_t id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    put(t, "pasted", "", "https://a.example/b.jpg");
    assert_null(kept(t, id).name);
    assert_int_equal(due(t, false, clock_now() + 1), 1);
}

static void what_fails_rests_longer_and_is_given_up(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    int64_t id = put(t, "pasted", "", address), now = clock_now() + 1;
    for (int64_t tries = 1; tries <= PICTURE_TRIES; tries++) {
        assert_int_equal(due(t, false, now), 1);
        assert_true(
            article_picture_fail(t->db, id, address, "404: gone", now, &err));
        assert_int_equal(kept(t, id).failures, tries);
        assert_string_equal(kept(t, id).error, "404: gone");
        assert_int_equal(due(t, false, now + source_rest_s(tries) - 1), 0);
        now += source_rest_s(tries);
    }
    assert_int_equal(due(t, false, now + DAY), 0);
    struct article_picture_trouble trouble;
    assert_true(article_picture_trouble(t->db, now, &t->arena, &trouble, &err));
    assert_int_equal(trouble.count, 1);
    assert_int_equal(trouble.article_id, id);
    /* Another address begins anew. */
    put(t, "pasted", "", "https://a.example/b.jpg");
    assert_int_equal(due(t, false, now), 1);
    assert_true(article_picture_trouble(t->db, now, &t->arena, &trouble, &err));
    assert_int_equal(trouble.count, 0);
}

/* ---- sweeping ---- */

static int64_t swept(struct importing *t, int64_t now)
{
    struct err err = {0};
    int64_t removed = -1;
    if (!picture_sweep(t->db, now, &removed, &err))
        fail_msg("%s", err.text);
    return removed;
}

static bool is_there(struct importing *t, const char *name)
{
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    bool found = picture_read(t->db, name, false, &bytes, &err);
    assert_true(found || err.kind == ERR_NOT_FOUND);
    return found;
}

static void what_nothing_refers_to_is_swept_in_a_week(void **state)
{
    struct importing *t = *state;
    int64_t now = clock_now(), id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    assert_int_equal(swept(t, now), 0);
    keep(t, id, address, second);
    assert_int_equal(swept(t, now), 0);
    assert_int_equal(swept(t, now + PICTURE_GRACE_S - 1), 0);
    assert_true(is_there(t, first));
    assert_int_equal(swept(t, now + PICTURE_GRACE_S), 1);
    assert_false(is_there(t, first));
    assert_true(is_there(t, second));
}

static void what_is_used_again_begins_anew(void **state)
{
    struct importing *t = *state;
    int64_t now = clock_now(), id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    keep(t, id, address, second);
    assert_int_equal(swept(t, now), 0);
    keep(t, id, address, first);
    assert_int_equal(swept(t, now + PICTURE_GRACE_S), 0);
    keep(t, id, address, second);
    /* Unused since now, not since then. */
    assert_int_equal(swept(t, now + PICTURE_GRACE_S + 1), 0);
    assert_true(is_there(t, first));
}

/* Whoever refers to it, by whatever way. */
static void what_is_referred_to_stays(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    int64_t now = clock_now(), id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    keep(t, id, address, second);
    assert_int_equal(swept(t, now), 0);
    struct stmt *refer = db_stmt(t->db, "UPDATE article_picture SET picture = "
                                        "(SELECT min(name) FROM picture)");
    assert_true(stmt_run(refer, &err));
    assert_int_equal(swept(t, now + PICTURE_GRACE_S), 0);
    assert_true(is_there(t, first));
}

static void what_was_kept_is_read_as_it_was(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf large = STRBUF_INIT, small = STRBUF_INIT;
    struct picture_size size;
    int64_t id = put(t, "pasted", "", address);
    keep(t, id, address, first);
    assert_true(picture_read(t->db, first, false, &large, &err));
    assert_true(picture_read(t->db, first, true, &small, &err));
    assert_true(picture_size(t->db, first, &size, &err));
    assert_string_equal(strbuf_text(&large), first);
    assert_string_equal(strbuf_text(&small), "small");
    assert_int_equal(size.width, 1200);
    assert_int_equal(size.small_height, 400);
    assert_false(picture_size(t->db, second, &size, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pasted_articles_come_first),
        TEST(old_and_removed_articles_need_none),
        TEST(a_picture_is_fetched_once),
        TEST(another_address_is_another_picture),
        TEST(what_fails_rests_longer_and_is_given_up),
        TEST(what_nothing_refers_to_is_swept_in_a_week),
        TEST(what_is_used_again_begins_anew),
        TEST(what_is_referred_to_stays),
        TEST(what_was_kept_is_read_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
