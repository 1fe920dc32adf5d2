#include "tests/sources/importing.h"

#include "digest/sources/feed/feed_internal.h"
#include "digest/sources/page/page_internal.h"
#include "digest/sources/site_search_internal.h"
#include "digest/sources/source_fetch.h"
#include "digest/sources/source_kind_internal.h"
#include "digest/sources/source_turn_internal.h"
#include "tests/sources/server.h"

/* A kind that nobody knows, and a table of this program's own with a row for
 * it: whatever works here, works by the row alone. A gazette's first line is
 * "Gazette 1", and each other line an article's title. */

static enum source_sureness recognise(const char *name, const char *look)
{
    (void)name;
    return str_starts(str_of(look), STR("gazette 1\n")) ? SOURCE_BY_MARK
                                                        : SOURCE_NO;
}

static bool read_gazette(struct import_run *run,
                         const struct import_bytes *input, struct err *err)
{
    struct str rest = input->bytes;
    str_cut(&rest, '\n');
    while (rest.len) {
        struct entry entry = {.file = input->name};
        entry.title = arena_copy_str(&run->arena, str_cut(&rest, '\n'));
        entry.url =
            arena_format(&run->arena, "https://a.example/%s", entry.title);
        entry.guid = entry.url;
        entry.published_at = NOW - 60;
        if (!import_entry(run, &entry, err))
            return false;
    }
    return true;
}

static bool is_at(struct site_search *search, bool *found, struct err *err)
{
    (void)err;
    *found = str_starts(strbuf_str(&search->reply->body), STR("Gazette 1\n"));
    if (*found) {
        search->out->address = arena_copy(search->arena, search->url);
        search->out->name = "The Gazette";
    }
    return true;
}

static size_t begun, ended;

static struct fetch_request begin_gazette(struct source_turn *turn)
{
    turn->state = &begun;
    begun++;
    return (struct fetch_request){turn->source->address,
                                  {.etag = turn->source->etag}};
}

static bool take_gazette(struct source_turn *turn,
                         const struct fetch_reply *reply, char **follow,
                         struct err *err)
{
    (void)follow;
    turn->source->etag = reply->etag;
    return import_reply(turn->db, turn->source->address, reply, &turn->options,
                        turn->report, err);
}

static void end_gazette(struct source_turn *turn)
{
    ended += turn->state == &begun;
}

static const struct source_kind gazette = {
    .name = "gazette",
    .source_noun = "gazette",
    .file_noun = "a gazette",
    .suffixes = (const char *const[]){".gazette", NULL},
    .recognise = recognise,
    .read = read_gazette,
    .is_at = is_at,
    .begin = begin_gazette,
    .take = take_gazette,
    .end = end_gazette,
};

const struct source_kind *const source_kinds[] = {
    &source_kind_feed, &source_kind_page, &gazette, NULL};

static void its_files_are_told_by_their_text(void **state)
{
    (void)state;
    assert_true(source_kind_recognise("a.txt", STR("GAZETTE 1\nHarbour\n")) ==
                &gazette);
    assert_true(source_kind_recognise("a.txt", STR("Harbour\n")) ==
                &source_kind_page);
}

static void its_files_are_opened_in_a_folder_and_read(void **state)
{
    struct importing *t = *state;
    write_text(t, "1.gazette", "Gazette 1\nHarbour\nMarket\n");
    write_text(t, "2.unknown", "Gazette 1\nBridge\n");
    import(t, "");
    assert_int_equal(t->report.added, 2);
    assert_int_equal(t->report.failed, 0);
}

static void its_name_is_typed_as_that_of_others(void **state)
{
    struct importing *t = *state;
    struct strbuf names = STRBUF_INIT;
    source_kind_add_names(&names);
    assert_string_equal(strbuf_text(&names), "feed, page or gazette");
    strbuf_free(&names);
    assert_true(import_kind_parse("gazette", &t->options.kind));
    assert_true(t->options.kind == &gazette);
    write_text(t, "a.feed", "No mark\nHarbour\n");
    import(t, "a.feed");
    assert_int_equal(t->report.added, 1);
    assert_false(import_kind_parse("markdown", &t->options.kind));
}

static void it_is_named_where_a_text_is_none_of_the_kinds(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.unknown", "Harbour\n");
    import(t, "a.unknown");
    assert_told(t, "(a feed, a page, a gazette)");
}

#define ANSWER                                                                 \
    "HTTP/1.0 200 OK\r\nETag: \"one\"\r\nContent-Type: text/plain\r\n\r\n"     \
    "Gazette 1\nHarbour\n"

static void it_is_found_behind_an_address(void **state)
{
    struct importing *t = *state;
    struct server s;
    struct source source;
    struct err err = {0};
    start(&s, ANSWER);
    char *url = mem_format("http://127.0.0.1:%u/", s.port);
    assert_true(source_look(url, true, &t->arena, &source, &err));
    assert_string_equal(source.kind, "gazette");
    assert_string_equal(source.name, "The Gazette");
    assert_string_equal(source.address, url);
    stop(&s);
    free(url);
}

static struct source stored(struct importing *t, const char *address,
                            const char *kind)
{
    struct source source = {.address = address,
                            .kind = kind,
                            .name = "",
                            .category = "",
                            .language = "",
                            .etag = "",
                            .last_modified = "",
                            .last_error = ""};
    struct err err = {0};
    if (!source_add(t->db, &source, &err))
        fail_msg("%s", err.text);
    return source;
}

static struct source_list listed(struct importing *t)
{
    struct source_list list;
    struct err err = {0};
    assert_true(source_find(t->db, &t->arena, &list, &err));
    return list;
}

static void it_is_fetched_as_it_is_stored(void **state)
{
    struct importing *t = *state;
    struct server s;
    struct err err = {0};
    struct source_fetch_options options = {.now = NOW, .allow_private = true};
    struct source_fetch_report report = {
        .import = {.tell = note, .context = &t->told}};
    start(&s, ANSWER);
    char *url = mem_format("http://127.0.0.1:%u/", s.port);
    stored(t, url, "gazette");
    struct source_list list = listed(t);
    begun = ended = 0;
    assert_true(
        sources_fetch(t->db, list.items, list.count, &options, &report, &err));
    assert_int_equal(report.fetched, 1);
    assert_int_equal(report.import.added, 1);
    assert_int_equal(begun, 1);
    assert_int_equal(ended, 1);
    list = listed(t);
    assert_string_equal(list.items[0].kind, "gazette");
    assert_string_equal(list.items[0].etag, "\"one\"");
    assert_int_equal(list.items[0].last_fetched_at, NOW);
    import_report_free(&report.import);
    stop(&s);
    free(url);
}

/* A database may come from a version that knew more kinds. */
static void a_kind_without_a_row_is_told_and_keeps_no_other_out(void **state)
{
    struct importing *t = *state;
    struct server s;
    struct err err = {0};
    struct source_fetch_options options = {.now = NOW, .allow_private = true};
    struct source_fetch_report report = {
        .import = {.tell = note, .context = &t->told}};
    start(&s, ANSWER);
    char *url = mem_format("http://127.0.0.1:%u/", s.port);
    stored(t, "https://a.example/herald", "herald");
    stored(t, "https://a.example/page", "page");
    stored(t, url, "gazette");
    struct source_list list = listed(t);
    assert_true(
        sources_fetch(t->db, list.items, list.count, &options, &report, &err));
    assert_int_equal(report.failed, 2);
    assert_int_equal(report.fetched, 1);
    assert_told(t, "source 2: https://a.example/herald: can't be fetched, "
                   "being of the kind \"herald\"");
    list = listed(t);
    assert_int_equal(list.items[0].failures, 1);
    assert_string_equal(list.items[0].kind, "herald");
    assert_int_equal(list.items[1].failures, 1);
    assert_int_equal(list.items[2].failures, 0);
    import_report_free(&report.import);
    stop(&s);
    free(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_files_are_told_by_their_text),
        cmocka_unit_test_setup_teardown(
            its_files_are_opened_in_a_folder_and_read, begin, end),
        cmocka_unit_test_setup_teardown(its_name_is_typed_as_that_of_others,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            it_is_named_where_a_text_is_none_of_the_kinds, begin, end),
        cmocka_unit_test_setup_teardown(it_is_found_behind_an_address, begin,
                                        end),
        cmocka_unit_test_setup_teardown(it_is_fetched_as_it_is_stored, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            a_kind_without_a_row_is_told_and_keeps_no_other_out, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
