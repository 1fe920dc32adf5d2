#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

#include "feed.h"

static char *make_folder(void)
{
    char *folder = mem_copy("/tmp/digest-maildir-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void remove_folder(const char *folder)
{
    OWNED(mem_free) char *command = mem_format("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static bool run(struct feed *feed, const char *url, struct err *err)
{
    struct relay_settings relay = {.url = url};
    struct sender_feed of = feed_of(feed);
    struct sender *sender = NULL;
    bool good =
        sender_new(&relay, 1, &sender, err) && sender_run(sender, &of, err);
    sender_free(sender);
    assert_int_equal(feed->given, feed->answered);
    return good;
}

static void
messages_are_kept_in_new_with_the_line_ends_of_this_system(void **state)
{
    (void)state;
    OWNED(mem_free) char *folder = make_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s/a/outbox", folder);
    OWNED(mem_free) char *kept = mem_format("%s/a/outbox/new", folder);
    OWNED(mem_free) char *half = mem_format("%s/a/outbox/tmp", folder);
    OWNED(mem_free) char *cur = mem_format("%s/a/outbox/cur", folder);
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    OWNED(file_list_free) struct file_list list = {0};
    OWNED(file_list_free) struct file_list rest = {0};
    struct err err = {0};
    feed->total = 100;
    assert_true(run(feed, url, &err));
    assert_int_equal(feed_count(feed, SENDER_SENT), 100);
    assert_string_equal(feed->told[3].relay, url);
    assert_true(file_list(kept, NULL, &list, &err));
    assert_int_equal(list.count, 100);
    assert_true(file_list(half, NULL, &rest, &err));
    assert_int_equal(rest.count, 0);
    assert_true(file_is_folder(cur));
    for (size_t i = 0; i < list.count; i++) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        OWNED(mem_free) char *path = file_join(kept, list.names[i]);
        assert_null(strpbrk(list.names[i], "/:"));
        assert_true(file_read(path, 1000, &text, &err));
        assert_non_null(strstr(strbuf_text(&text), "\n\n.dot\n..\nend\n"));
        assert_null(strchr(strbuf_text(&text), '\r'));
    }
    remove_folder(folder);
}

static void a_second_run_adds_and_replaces_nothing(void **state)
{
    (void)state;
    OWNED(mem_free) char *folder = make_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s", folder);
    OWNED(mem_free) char *kept = mem_format("%s/new", folder);
    OWNED(file_list_free) struct file_list list = {0};
    struct err err = {0};
    for (int i = 0; i < 3; i++) {
        OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
        feed->total = 5;
        assert_true(run(feed, url, &err));
    }
    assert_true(file_list(kept, NULL, &list, &err));
    assert_int_equal(list.count, 15);
    remove_folder(folder);
}

static void a_folder_that_cannot_be_written_returns_everything(void **state)
{
    (void)state;
    OWNED(mem_free) char *folder = make_folder();
    OWNED(mem_free) char *file = mem_format("%s/file", folder);
    OWNED(mem_free) char *url = mem_format("maildir:%s/inside", file);
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    struct err err = {0};
    assert_true(file_write(file, STR("x"), 0600, &err));
    feed->total = 50;
    assert_false(run(feed, url, &err));
    assert_non_null(strstr(err.text, file));
    assert_int_equal(feed_count(feed, SENDER_RETURNED), feed->given);
    assert_true(feed->given < 50);
    remove_folder(folder);
}

static void an_address_that_is_none_is_refused_here_too(void **state)
{
    (void)state;
    OWNED(mem_free) char *folder = make_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s", folder);
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    struct err err = {0};
    feed->total = 2;
    feed->domain = "x>\r\nDATA";
    assert_true(run(feed, url, &err));
    assert_int_equal(feed_count(feed, SENDER_FAILED), 2);
    assert_string_equal(feed->told[0].status, "5.1.3");
    remove_folder(folder);
}

static void null_counts(void **state)
{
    (void)state;
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    struct err err = {0};
    feed->total = 1000;
    assert_true(run(feed, "null:", &err));
    assert_int_equal(feed_count(feed, SENDER_SENT), 1000);
    assert_string_equal(feed->told[0].relay, "null:");
    assert_int_equal(feed->uncommitted, 0);
    assert_true(feed->commits < 100);
}

static void weights_share_the_messages(void **state)
{
    (void)state;
    OWNED(mem_free) char *folder = make_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s", folder);
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    struct relay_settings relays[] = {
        {.url = "null:", .weight = 3, .connections = 8},
        {.url = url, .weight = 1, .connections = 8}};
    struct sender_feed of = feed_of(feed);
    struct sender *sender = NULL;
    struct err err = {0};
    int counted = 0;
    feed->total = 400;
    assert_true(sender_new(relays, 2, &sender, &err));
    assert_true(sender_run(sender, &of, &err));
    sender_free(sender);
    for (int i = 0; i < 400; i++)
        counted += strcmp(feed->told[i].relay, "null:") == 0;
    assert_in_range(counted, 260, 340);
    remove_folder(folder);
}

static void the_pace_outlives_the_sender(void **state)
{
    (void)state;
    struct relay_settings relay = {
        .url = "null:", .rate = 0.001, .rate_per_domain = 0.002};
    struct sender *sender = NULL;
    struct sender_pace *paces = NULL;
    struct err err = {0};
    OWNED(mem_free) struct feed *feed = MEM_NEW(struct feed);
    struct sender_feed of = feed_of(feed);
    feed->total = 1;
    assert_true(sender_new(&relay, 1, &sender, &err));
    assert_int_equal(sender_pace_save(sender, &paces), 0);
    assert_true(sender_run(sender, &of, &err));
    size_t count = sender_pace_save(sender, &paces);
    sender_free(sender);
    assert_int_equal(count, 2);
    assert_string_equal(paces[0].relay, "null:");
    assert_true(paces[0].tokens < 0.1);
    assert_string_equal(paces[1].domain, "example.net");

    assert_true(sender_new(&relay, 1, &sender, &err));
    sender_pace_load(sender, paces, count);
    free(paces);
    assert_int_equal(sender_pace_save(sender, &paces), 2);
    assert_true(paces[0].tokens < 0.1 && paces[1].tokens < 0.1);
    for (size_t i = 0; i < 2; i++)
        paces[i].at -= 3600;
    sender_pace_load(sender, paces, 2);
    free(paces);
    assert_int_equal(sender_pace_save(sender, &paces), 0);
    free(paces);
    sender_free(sender);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            messages_are_kept_in_new_with_the_line_ends_of_this_system),
        cmocka_unit_test(a_second_run_adds_and_replaces_nothing),
        cmocka_unit_test(a_folder_that_cannot_be_written_returns_everything),
        cmocka_unit_test(an_address_that_is_none_is_refused_here_too),
        cmocka_unit_test(null_counts),
        cmocka_unit_test(weights_share_the_messages),
        cmocka_unit_test(the_pace_outlives_the_sender),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
