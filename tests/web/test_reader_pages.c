#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/notices/reader_request.h"
#include "digest/web/limits.h"
#include "digest/web/web.h"
#include "subscribers/consent/consent.h"
#include "subscribers/roster/address_list.h"
#include "tests/support/house.h"

enum { NOW = 1764054000 };

static struct db *db;
static struct token_keys *keys;
static struct template_set *templates;
static struct languages *languages;
static struct arena arena;
static struct err err;
static struct response response;
static struct web web;

static bool public_html(void *context, int64_t issue_id,
                        const unsigned char *subscriber_key,
                        struct strbuf *html, struct err *why)
{
    (void)context;
    (void)subscriber_key;
    strbuf_add_format(html, "<p>issue %d", (int)issue_id);
    return issue_id == 5 || err_set(why, ERR_NOT_FOUND, "no such issue");
}

static int begin_group(void **state)
{
    (void)state;
    keys = house_keys();
    templates = template_set_new(NULL);
    clock_hold(NOW);
    return languages_new(templates, &languages, &err) ? 0 : -1;
}

static int end_group(void **state)
{
    (void)state;
    token_keys_free(keys);
    languages_free(languages);
    template_set_free(templates);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    db = house_db();
    house_run(
        db,
        "INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (1, 'weekly', 'Weekly <Review>', 'w@example.org', 0), "
        "       (2, 'daily', 'Daily', 'd@example.org', 0)");
    house_issue(db, 5, 1, 12, "sent");
    struct consent_origin origin = {.means = MEANS_COMMAND, .now = 1};
    enum consent_result result;
    web = (struct web){
        .db = db,
        .keys = keys,
        .templates = templates,
        .languages = languages,
        .site_name = "The Site",
        .view = {.public_html = public_html},
    };
    return consent_subscribe(db, STR("ada@example.org"), "Ada", 1, NULL, false,
                             &origin, &result, &err) &&
                   consent_subscribe(db, STR("ada@example.org"), "Ada", 2, NULL,
                                     false, &origin, &result, &err)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    response_free(&response);
    arena_free(&arena);
    db_release(&db);
    return 0;
}

/* ---- requests ---- */

static const char *accepted = ""; /* Accept-Language */

static const char *path_of(const char *prefix, enum token_purpose purpose,
                           int64_t newsletter_id, int64_t issue_id)
{
    struct subscriber ada;
    assert_true(roster_get(db, "ada@example.org", &arena, &ada, &err));
    struct token token = {.purpose = purpose,
                          .newsletter_id = newsletter_id,
                          .issue_id = issue_id};
    memcpy(token.subscriber_key, ada.key, sizeof token.subscriber_key);
    OWNED(strbuf_free) struct strbuf path = STRBUF_INIT;
    strbuf_add_text(&path, prefix);
    token_write(keys, &token, &path);
    return arena_copy_str(&arena, strbuf_str(&path));
}

static const char *ask(enum request_method method, const char *path,
                       const char *type, const char *body)
{
    response_free(&response);
    response = (struct response){0};
    struct request request = {
        .method = method,
        .path = str_of(path),
        .content_type = str_of(type),
        .languages = str_of(accepted),
        .body = str_of(body),
        .client = "192.0.2.7",
        .arena = &arena,
    };
    web_handle(&web, &request, &response);
    return strbuf_text(&response.body);
}

static const char *get(const char *path)
{
    return ask(METHOD_GET, path, "", "");
}

static const char *post(const char *path, const char *body)
{
    return ask(METHOD_POST, path, "application/x-www-form-urlencoded", body);
}

static const char *weekly(void)
{
    return path_of("/u/", TOKEN_UNSUBSCRIBE, 1, 5);
}

static bool is_active(int newsletter)
{
    return house_number(
               db, newsletter == 1
                       ? "SELECT count(*) FROM subscription "
                         "WHERE newsletter_id = 1 AND state = 'active'"
                       : "SELECT count(*) FROM subscription "
                         "WHERE newsletter_id = 2 AND state = 'active'") == 1;
}

static struct consent_event last_event(void)
{
    struct consent_history history;
    assert_true(consent_history(db, 1, &arena, &history, &err));
    assert_true(history.count > 0);
    return history.items[history.count - 1];
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void assert_header(const char *name, const char *value)
{
    const char *is = response_get_header(&response, name);
    if (!is)
        fail_msg("no header %s", name);
    assert_string_equal(is, value);
}

/* ---- leaving ---- */

static void the_page_names_the_newsletter_and_has_one_button(void **state)
{
    (void)state;
    const char *page = get(weekly());
    assert_int_equal(response.status, 200);
    assert_contains(page, "<b dir=\"auto\">Weekly &lt;Review&gt;</b>");
    assert_contains(page, "<form method=\"post\">");
    assert_contains(page, "href=\"../pages.css\"");
    assert_null(strstr(page, "ada@example.org"));
    const char *button = strstr(page, "<button");
    assert_non_null(button);
    const char *second = strstr(button + 1, "<button");
    assert_ptr_equal(
        second,
        strstr(page, "<button class=\"quiet\" name=\"action\" value=\"all\""));
}

static void looking_changes_nothing(void **state)
{
    (void)state;
    get(weekly());
    ask(METHOD_OPTIONS, weekly(), "", "");
    assert_int_equal(response.status, 204);
    assert_header("Allow", "GET, HEAD, POST, OPTIONS");
    ask(METHOD_OTHER, weekly(), "", "List-Unsubscribe=One-Click");
    assert_int_equal(response.status, 405);
    assert_true(is_active(1));
    assert_int_equal(house_number(db, "SELECT count(*) FROM consent_event"), 2);
}

static void a_mail_program_leaves_in_one_click(void **state)
{
    (void)state;
    const char *path = weekly();
    assert_string_equal(post(path, "List-Unsubscribe=One-Click"),
                        "Unsubscribed.\n");
    assert_int_equal(response.status, 200);
    assert_false(is_active(1));
    assert_true(is_active(2));
    struct consent_event event = last_event();
    assert_string_equal(event.event, "unsubscribed");
    assert_string_equal(event.means, "one-click");
    assert_string_equal(event.newsletter, "weekly");
    assert_string_equal(event.issue, "weekly/12");
    assert_string_equal(event.client, "192.0.2.7");
    assert_int_equal(event.at, NOW);
    assert_string_equal(post(path, "List-Unsubscribe=One-Click"),
                        "Unsubscribed.\n");
    assert_int_equal(house_number(db, "SELECT count(*) FROM consent_event"), 3);
}

static void a_multipart_click_does_too(void **state)
{
    (void)state;
    ask(METHOD_POST, weekly(), "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n"
        "\r\nOne-Click\r\n--b--\r\n");
    assert_int_equal(response.status, 200);
    assert_string_equal(last_event().means, "one-click");
    assert_false(is_active(1));
}

static void the_pages_button_leaves_and_says_so(void **state)
{
    (void)state;
    const char *page = post(weekly(), "action=unsubscribe");
    assert_int_equal(response.status, 200);
    assert_contains(page, "Done:");
    assert_contains(page, "Come back");
    assert_string_equal(last_event().means, "page");
    assert_false(is_active(1));
    assert_contains(get(weekly()), "Done:");
}

/* RFC 8058 §3.2: a POST of anything else is no wish to leave. */
static void anything_else_that_is_posted_gets_the_page(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
    } others[] = {
        {"", ""},
        {"application/x-www-form-urlencoded", "a=b"},
        {"application/x-www-form-urlencoded", "List-Unsubscribe=Two-Click"},
        {"application/x-www-form-urlencoded", "action=leave"},
        {"text/plain", "List-Unsubscribe=One-Click"},
        {"application/json", "{\"List-Unsubscribe\": \"One-Click\"}"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n"
         "\r\nOne-Click\r\n--b--\r\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        ask(METHOD_POST, weekly(), others[i].type, others[i].body);
        assert_int_equal(response.status, 200);
        assert_contains(strbuf_text(&response.body), "value=\"unsubscribe\"");
        assert_true(is_active(1));
    }
    assert_int_equal(house_number(db, "SELECT count(*) FROM consent_event"), 2);
}

static void a_token_for_all_leaves_all(void **state)
{
    (void)state;
    const char *path = path_of("/u/", TOKEN_UNSUBSCRIBE, 0, 0);
    assert_contains(get(path), "leaving everything");
    post(path, "action=unsubscribe");
    assert_false(is_active(1) || is_active(2));
    assert_string_equal(last_event().newsletter, "");
}

/* "" or what stands behind `before`, up to the next quote. */
static const char *link_behind(const char *page, const char *before)
{
    const char *at = strstr(page, before);
    if (!at)
        return "";
    at += strlen(before);
    return arena_copy_str(&arena, (struct str){at, strcspn(at, "\"")});
}

/* Where something is done there is a way on: to the archive, and to what else
 * they get. */
static void what_is_done_leads_on(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *body;
        enum token_purpose purpose;
        int64_t newsletter_id, issue_id;
        const char *archive;
    } cases[] = {
        {"/u/", "action=unsubscribe", TOKEN_UNSUBSCRIBE, 1, 5, "weekly/"},
        {"/u/", "action=why&why=x", TOKEN_UNSUBSCRIBE, 1, 5, "weekly/"},
        {"/u/", "action=return", TOKEN_UNSUBSCRIBE, 1, 5, "weekly/"},
        {"/u/", "action=all", TOKEN_UNSUBSCRIBE, 1, 5, ""},
        {"/c/", "", TOKEN_CONFIRM, 2, 0, "daily/"},
    };
    const struct conductor archive = {.db = db, .templates = templates};
    house_run(db,
              "UPDATE subscription SET state = 'pending', since = 1764054000 "
              "WHERE newsletter_id = 2");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *path = path_of(cases[i].prefix, cases[i].purpose,
                                   cases[i].newsletter_id, cases[i].issue_id);
        web.archive = &archive;
        if (cases[i].purpose == TOKEN_CONFIRM)
            house_run(db, "UPDATE subscription SET state = 'pending', since = "
                          "1764054000 WHERE newsletter_id = 2");
        const char *page = arena_copy(&arena, post(path, cases[i].body));
        assert_int_equal(response.status, 200);
        assert_string_equal(link_behind(page, "href=\"../archive/"),
                            cases[i].archive);
        const char *token = link_behind(page, "href=\"../p/");
        assert_contains(get(arena_format(&arena, "/p/%s", token)),
                        "ada@example.org");
        assert_int_equal(response.status, 200);
        web.archive = NULL;
        assert_null(strstr(post(path, cases[i].body), "../archive/"));
    }
}

static void leaving_can_be_taken_back_for_a_day(void **state)
{
    (void)state;
    post(weekly(), "action=unsubscribe");
    clock_hold(NOW + CONSENT_RETURN_WITHIN_S + 1);
    assert_contains(get(weekly()), "mailto:w@example.org");
    assert_contains(post(weekly(), "action=return"), "mailto:w@example.org");
    assert_false(is_active(1));
    clock_hold(NOW);
    assert_contains(post(weekly(), "action=return"), "Welcome back");
    assert_true(is_active(1));
    assert_string_equal(last_event().event, "returned");
}

static void a_reader_who_is_forgotten_has_left(void **state)
{
    (void)state;
    const char *path = weekly();
    house_run(db, "DELETE FROM subscriber");
    assert_contains(get(path), "Done:");
    assert_string_equal(post(path, "List-Unsubscribe=One-Click"),
                        "Unsubscribed.\n");
    assert_int_equal(response.status, 200);
}

static void a_wrong_token_helps_and_reveals_nothing(void **state)
{
    (void)state;
    const char *path = weekly();
    OWNED(mem_free) char *cut = mem_copy_n(path, strlen(path) - 1);
    OWNED(mem_free) char *first = mem_copy(get(cut));
    assert_int_equal(response.status, 404);
    assert_contains(first, "unsubscribe");
    assert_null(strstr(first, "Review"));
    const char *others[] = {"/u/x", path_of("/u/", TOKEN_PREFERENCES, 1, 5)};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        assert_string_equal(get(others[i]), first);
        assert_string_equal(post(others[i], "List-Unsubscribe=One-Click"),
                            first);
        assert_int_equal(response.status, 404);
    }
    assert_true(is_active(1));
}

/* ---- confirming ---- */

static void confirming_takes_the_button(void **state)
{
    (void)state;
    const char *path = path_of("/c/", TOKEN_CONFIRM, 1, 0);
    house_run(db,
              "UPDATE subscription SET state = 'pending', since = 1764054000");
    assert_contains(get(path), "Confirm</button>");
    assert_false(is_active(1));
    assert_contains(post(path, ""), "you get");
    assert_true(is_active(1));
    assert_false(is_active(2));
    assert_string_equal(last_event().event, "confirmed");
    assert_string_equal(last_event().client, "192.0.2.7");
    assert_contains(get(path), "already");
}

static void what_is_no_longer_asked_cannot_be_confirmed(void **state)
{
    (void)state;
    const char *path = path_of("/c/", TOKEN_CONFIRM, 1, 0);
    house_run(db, "DELETE FROM subscription");
    assert_contains(post(path, ""), "sign up again");
    house_run(db, "DELETE FROM subscriber");
    assert_contains(post(path, ""), "sign up again");
}

static void only_a_confirmations_link_confirms(void **state)
{
    (void)state;
    house_run(db, "UPDATE subscription SET state = 'pending'");
    post(path_of("/c/", TOKEN_UNSUBSCRIBE, 1, 5), "");
    assert_int_equal(response.status, 404);
    post(path_of("/c/", TOKEN_CONFIRM, 0, 0), "");
    assert_int_equal(response.status, 404);
    assert_false(is_active(1));
}

/* ---- every response ---- */

static void every_response_is_private_and_strict(void **state)
{
    (void)state;
    const char *paths[] = {weekly(), "/u/x", "/nothing/here"};
    for (size_t i = 0; i < ARRAY_SIZE(paths) * 2; i++) {
        ask(i % 2 ? METHOD_POST : METHOD_GET, paths[i / 2], "", "");
        assert_header("Referrer-Policy", "no-referrer");
        assert_header("Cache-Control", "no-store");
        assert_header("X-Robots-Tag", "noindex");
        assert_header("X-Content-Type-Options", "nosniff");
        assert_contains(
            response_get_header(&response, "Content-Security-Policy"),
            "default-src 'none'; style-src 'self'");
        assert_null(response_get_header(&response, "Set-Cookie"));
        assert_null(response_get_header(&response, "Location"));
    }
}

static void an_unknown_path_is_not_found(void **state)
{
    (void)state;
    static const char *const paths[] = {"/",     "/u",       "/u/", "/u/a/b",
                                        "/x/yz", "/../etc/", "",    "/v/x"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        get(paths[i]);
        assert_int_equal(response.status, 404);
        assert_header("Content-Type", "text/html; charset=utf-8");
    }
}

static void the_style_sheet_is_served(void **state)
{
    (void)state;
    assert_contains(get("/pages.css"), "prefers-color-scheme");
    assert_header("Content-Type", "text/css; charset=utf-8");
    assert_contains(get("/robots.txt"), "Disallow: /");
}

/* ---- forms for everybody ---- */

/* The form of /l, old enough to have been typed in. */
static const char *links_form(const char *email)
{
    clock_hold(NOW);
    const char *page = get("/l");
    const char *stamp = strstr(page, "form_time\" value=\"");
    assert_non_null(stamp);
    struct str value = str_of(stamp + strlen("form_time\" value=\""));
    value = str_cut(&value, '"');
    clock_hold(NOW + 10);
    return arena_format(&arena, "form_time=%.*s&email=%s", STR_ARG(value),
                        email);
}

static void a_client_that_asks_too_often_is_told_so(void **state)
{
    (void)state;
    web.limits = limits_new(keys);
    web.base_url = "https://news.example.org";
    const char *form = links_form("nobody@example.org");
    for (int i = 0; i < 30; i++) {
        post("/l", form);
        assert_int_equal(response.status, 200);
    }
    assert_contains(post("/l", form), "too often");
    assert_int_equal(response.status, 429);
    assert_header("Retry-After", "3600");
    clock_hold(NOW);
    limits_free(web.limits);
}

static void do_requests(void)
{
    struct reader_mail mail = web_reader_mail(&web);
    assert_true(reader_request_do(&mail, 100, &err));
}

/* Counts what the database was asked to do for an answer, but for the
 * values. */
static int64_t asked_of_database(const char *email)
{
    int64_t before = db_used(db);
    post("/l", links_form(email));
    assert_int_equal(response.status, 200);
    return db_used(db) - before;
}

static void an_answer_takes_the_same_for_whoever_is_asked_about(void **state)
{
    (void)state;
    web.base_url = "https://news.example.org";
    int64_t unknown = asked_of_database("nobody@example.org");
    assert_int_equal(asked_of_database("ada@example.org"), unknown);
    house_run(db, "UPDATE subscription SET state = 'complained'");
    assert_int_equal(asked_of_database("ada@example.org"), unknown);
    /* Nothing is done before the answer, and all of it afterwards. */
    assert_int_equal(house_number(db, "SELECT count(*) FROM reader_request"),
                     3);
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 0);
    house_run(db, "UPDATE subscription SET state = 'active'");
    do_requests();
    assert_int_equal(house_number(db, "SELECT count(*) FROM reader_request"),
                     0);
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 1);
    clock_hold(NOW);
}

static void a_link_mails_strangers_three_times_a_day(void **state)
{
    (void)state;
    web.base_url = "https://news.example.org";
    const char *path = path_of("/p/", TOKEN_PREFERENCES, 0, 0);
    for (int i = 0; i < 3; i++) {
        assert_contains(post(path, arena_format(&arena,
                                                "action=address&email="
                                                "x%d@example.net",
                                                i)),
                        "One step is left");
    }
    assert_contains(post(path, "action=address&email=x3@example.net"),
                    "too often");
    assert_int_equal(response.status, 429);
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 3);
    clock_hold(NOW + 24 * 3600 + 1);
    assert_contains(post(path, "action=address&email=x3@example.net"),
                    "One step is left");
    /* A clock that was ahead, and is set right, keeps nobody waiting. */
    house_run(db, "UPDATE notice SET created_at = created_at + 365 * 86400");
    clock_hold(NOW);
    assert_contains(post(path, "action=address&email=x4@example.net"),
                    "One step is left");
}

static void a_disposable_address_signs_nobody_up(void **state)
{
    (void)state;
    OWNED(address_list_release) struct address_list *list = NULL;
    assert_true(
        address_list_parse(STR("throwaway.example\n"), "l", &list, &err));
    web.disposables = list;
    web.base_url = "https://news.example.org";
    const char *page = get("/s/weekly");
    struct str value = str_of(strstr(page, "form_time\" value=\"") +
                              strlen("form_time\" value=\""));
    value = str_cut(&value, '"');
    const char *form =
        arena_format(&arena, "form_time=%.*s&email=eve@mail.throwaway.example",
                     STR_ARG(value));
    clock_hold(NOW + 10);
    assert_contains(post("/s/weekly", form), "disposable mail service");
    assert_int_equal(response.status, 422);
    assert_int_equal(house_number(db, "SELECT count(*) FROM reader_request"),
                     0);
    web.disposables = NULL;
    clock_hold(NOW);
}

static void an_address_is_mailed_a_few_times_and_nobody_is_told(void **state)
{
    (void)state;
    web.limits = limits_new(keys);
    web.base_url = "https://news.example.org";
    OWNED(strbuf_free) struct strbuf first = STRBUF_INIT;
    const char *form = links_form("ada@example.org");
    clock_hold_monotonic(10 * 1000);
    strbuf_add_text(&first, post("/l", form));
    /* Further apart than the mails are kept in any case. */
    for (int i = 1; i < 9; i++) {
        clock_hold(NOW + 10 + i * 3601);
        clock_hold_monotonic((10 + i * 3601) * 1000);
        assert_string_equal(post("/l", form), strbuf_text(&first));
    }
    do_requests();
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 6);
    clock_hold(NOW);
    clock_hold_monotonic(-1);
    limits_free(web.limits);
}

/* ---- languages ---- */

static void a_page_speaks_its_newsletters_language(void **state)
{
    (void)state;
    house_run(db, "UPDATE newsletter SET language = 'ar' WHERE id = 1");
    const char *page = get(weekly());
    assert_contains(page, "<html lang=\"ar\" dir=\"rtl\">");
    assert_contains(page, "إلغاء الاشتراك</button>");
    assert_contains(page, "<b dir=\"auto\">Weekly &lt;Review&gt;</b>");
    assert_header("Content-Language", "ar");
    /* A page in a language without words speaks English, and says so. */
    house_run(db, "UPDATE newsletter SET language = 'sw' WHERE id = 1");
    assert_contains(get(weekly()), "<html lang=\"en\" dir=\"ltr\">");
    house_run(db, "UPDATE newsletter SET language = 'de-AT'");
    assert_contains(get(weekly()), "<html lang=\"de\"");
    /* A link for everything speaks as the first of them. */
    assert_contains(get(path_of("/u/", TOKEN_UNSUBSCRIBE, 0, 0)),
                    "lang=\"de\"");
}

static void a_readers_choice_comes_before_the_newsletters(void **state)
{
    (void)state;
    const char *link = path_of("/p/", TOKEN_PREFERENCES, 1, 5);
    house_run(db, "UPDATE newsletter SET language = 'fr'");
    assert_contains(get(link), "<html lang=\"fr\"");
    assert_contains(post(link, "action=save&language=zh&shown.1=1"),
                    "<html lang=\"zh\"");
    assert_contains(strbuf_text(&response.body),
                    "<option value=\"zh\" lang=\"zh\" selected>");
    assert_string_equal(last_event().event, "chose");
    assert_string_equal(last_event().note, "language zh");
    assert_contains(get(weekly()), "<html lang=\"zh\"");
    /* A language without a catalogue, or one that wasn't on the form, changes
     * nothing. */
    post(link, "action=save&language=../../x&shown.1=1");
    assert_contains(post(link, "action=save&shown.1=1"), "<html lang=\"fr\"");
    assert_string_equal(last_event().note, "language of each newsletter");
    house_run(db, "UPDATE subscriber SET language = 'sw'");
    post(link, "action=save&language=&shown.1=1");
    assert_int_equal(
        house_number(db,
                     "SELECT count(*) FROM subscriber WHERE language = 'sw'"),
        1);
}

static void without_a_reader_the_browser_chooses_among_the_sites(void **state)
{
    (void)state;
    static const struct {
        const char *accepted, *language;
    } rows[] = {
        {"", "de"},
        {"zh, fr;q=0.5", "fr"},
        {"fr;q=0.2, de-CH;q=0.7, en", "de"},
        {"fr;q=0, en", "de"},
        {"fr;q=x, ;;;,,, fr;q=2, fr;level=1", "de"},
        {"FR", "fr"},
    };
    house_run(db, "UPDATE newsletter SET language = 'de' WHERE id = 1");
    house_run(db, "UPDATE newsletter SET language = 'fr' WHERE id = 2");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        accepted = rows[i].accepted;
        const char *page = get("/u/wrong");
        OWNED(mem_free)
        char *tag = mem_format("<html lang=\"%s\"", rows[i].language);
        assert_contains(page, tag);
    }
    accepted = "";
}

static void a_previews_link_says_that_it_is_one(void **state)
{
    (void)state;
    assert_contains(get("/v/preview"), "from a preview");
    assert_contains(get("/u/preview"), "from a preview");
    assert_int_equal(response.status, 200);
    assert_contains(post("/p/preview", "List-Unsubscribe=One-Click"),
                    "from a preview");
}

static void a_broken_database_is_a_page_that_says_to_try_again(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    const char *path = weekly();
    house_run(db, "ALTER TABLE consent_event RENAME TO gone");
    house_run(
        db,
        "CREATE TABLE consent_event (subscriber_id CHECK (0), newsletter_id, "
        "    event, means, issue_id, at, client, note)");
    const char *page = post(path, "List-Unsubscribe=One-Click");
    assert_int_equal(response.status, 500);
    assert_contains(page, "try the same link again");
    assert_true(is_active(1));
}

/* ---- reading ---- */

static void the_public_copy_is_shown(void **state)
{
    (void)state;
    assert_string_equal(get(path_of("/v/", TOKEN_VIEW, 1, 5)), "<p>issue 5");
    assert_int_equal(response.status, 200);
    assert_contains(response_get_header(&response, "Content-Security-Policy"),
                    "style-src 'unsafe-inline'");
    assert_null(strstr(get(path_of("/v/", TOKEN_VIEW, 1, 6)), "issue 6"));
    assert_int_equal(response.status, 404);
    get(path_of("/v/", TOKEN_UNSUBSCRIBE, 1, 5));
    assert_int_equal(response.status, 404);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(the_page_names_the_newsletter_and_has_one_button),
        FRESH(looking_changes_nothing),
        FRESH(a_mail_program_leaves_in_one_click),
        FRESH(a_multipart_click_does_too),
        FRESH(the_pages_button_leaves_and_says_so),
        FRESH(anything_else_that_is_posted_gets_the_page),
        FRESH(a_token_for_all_leaves_all),
        FRESH(what_is_done_leads_on),
        FRESH(leaving_can_be_taken_back_for_a_day),
        FRESH(a_reader_who_is_forgotten_has_left),
        FRESH(a_wrong_token_helps_and_reveals_nothing),
        FRESH(confirming_takes_the_button),
        FRESH(what_is_no_longer_asked_cannot_be_confirmed),
        FRESH(only_a_confirmations_link_confirms),
        FRESH(every_response_is_private_and_strict),
        FRESH(an_unknown_path_is_not_found),
        FRESH(the_style_sheet_is_served),
        FRESH(an_answer_takes_the_same_for_whoever_is_asked_about),
        FRESH(a_link_mails_strangers_three_times_a_day),
        FRESH(a_disposable_address_signs_nobody_up),
        FRESH(a_client_that_asks_too_often_is_told_so),
        FRESH(an_address_is_mailed_a_few_times_and_nobody_is_told),
        FRESH(a_page_speaks_its_newsletters_language),
        FRESH(a_readers_choice_comes_before_the_newsletters),
        FRESH(without_a_reader_the_browser_chooses_among_the_sites),
        FRESH(a_previews_link_says_that_it_is_one),
        FRESH(a_broken_database_is_a_page_that_says_to_try_again),
        FRESH(the_public_copy_is_shown),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
