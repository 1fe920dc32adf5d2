#include "digest/access/session.h"
#include "digest/base/clock.h"
#include "digest/web/web.h"
#include "tests/support/house.h"

enum { NOW = 1764054000 };

static struct db *db;
static struct template_set *templates;
static struct arena arena;
static struct err err;
static struct response response;
static struct web web;
static const struct conf conf = {.folder = "."};

static const char *cookie, *csrf;
static struct token_keys *keys;

static void begin_session(enum editor_role role)
{
    int64_t id = 0;
    const char *token;
    struct session session;
    const char *email = editor_role_name(role);
    struct editor editor = {.email =
                                arena_format(&arena, "%s@example.org", email),
                            .name = "",
                            .role = role};
    if (!editor_add(db, &editor, STR("correct horse battery"), &id, &err) ||
        !session_begin(db, id, "192.0.2.1", "", NOW, &arena, &token, &err) ||
        !session_get(db, str_of(token), NOW, &arena, &session, &err))
        fail_msg("%s", err.text);
    cookie = arena_format(&arena, "a=b; __Host-digest_desk=%s", token);
    csrf = session.csrf;
}

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    cookie = csrf = "";
    clock_hold(NOW);
    templates = template_set_new(NULL);
    db = house_db();
    web = (struct web){.db = db,
                       .keys = keys,
                       .templates = templates,
                       .site_name = "Site",
                       .base_url = "https://news.example.org",
                       .conf = &conf};
    return 0;
}

static int end(void **state)
{
    (void)state;
    response_free(&response);
    db_release(&db);
    template_set_release(&templates);
    arena_free(&arena);
    clock_hold(-1);
    return 0;
}

static void ask(enum request_method method, const char *path, const char *body,
                const char *site)
{
    response_free(&response);
    response = (struct response){0};
    struct str query = str_of(path), way = str_cut(&query, '?');
    struct request request = {
        .method = method,
        .path = way,
        .query = query.ptr ? query : STR(""),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = str_of(body),
        .cookie = str_of(cookie),
        .agent = STR("Browser"),
        .fetch_site = str_of(site),
        .client = "192.0.2.1",
        .arena = &arena,
    };
    web_handle(&web, &request, &response);
}

static void get(const char *path)
{
    ask(METHOD_GET, path, "", "");
}

static void post(const char *path, const char *fields)
{
    ask(METHOD_POST, path, arena_format(&arena, "csrf=%s&%s", csrf, fields),
        "");
}

/* As a browser does that has opened the form. */
static void sign_in(const char *fields)
{
    const char *door = door_new(&arena);
    cookie = arena_format(&arena, "%s%s__Host-digest_door=%s", cookie,
                          *cookie ? "; " : "", door);
    post("/desk/sign-in",
         arena_format(&arena, "door=%s&%s", door_form(str_of(door), &arena),
                      fields));
}

static bool says(const char *text)
{
    return strstr(strbuf_text(&response.body), text) != NULL;
}

static const char *header(const char *name)
{
    const char *value = response_get_header(&response, name);
    return value ? value : "";
}

static void nobody_sees_the_desk_without_signing_in(void **state)
{
    (void)state;
    static const char *const paths[] = {"/desk", "/desk/account", "/desk/trail",
                                        "/desk/nowhere"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        get(paths[i]);
        assert_int_equal(response.status, 303);
        assert_non_null(strstr(header("Location"), "desk/sign-in"));
    }
}

static void a_guessed_cookie_is_nobody(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    cookie = "__Host-digest_desk=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    get("/desk");
    assert_int_equal(response.status, 303);
}

static void signing_in_gives_a_cookie_that_opens_the_desk(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    cookie = "";
    sign_in("email=OWNER%40example.org"
            "&password=correct+horse+battery&next=account");
    assert_int_equal(response.status, 303);
    assert_string_equal(header("Location"), "../desk/account");
    assert_non_null(strstr(header("Set-Cookie"), "HttpOnly"));
    assert_non_null(strstr(header("Set-Cookie"), "Secure"));
    assert_non_null(strstr(header("Set-Cookie"), "SameSite=Lax"));
    cookie = arena_copy_str(
        &arena, (struct str){header("Set-Cookie"),
                             str_find(str_of(header("Set-Cookie")), ';')});
    get("/desk");
    assert_int_equal(response.status, 200);
}

static void a_form_of_anothers_making_signs_nobody_in(void **state)
{
    (void)state;
    static const char known[] = "email=owner%40example.org"
                                "&password=correct+horse+battery";
    begin_session(ROLE_OWNER);
    const char *theirs = door_form(STR("theirs"), &arena);
    const char *const forms[] = {
        known,
        arena_format(&arena, "door=&%s", known),
        arena_format(&arena, "door=%s&%s", theirs, known),
    };
    const char *const cookies[] = {"", "__Host-digest_door=mine",
                                   "digest_door=theirs"};
    for (size_t i = 0; i < ARRAY_SIZE(forms) * ARRAY_SIZE(cookies); i++) {
        cookie = cookies[i % ARRAY_SIZE(cookies)];
        post("/desk/sign-in", forms[i / ARRAY_SIZE(cookies)]);
        assert_int_equal(response.status, 403);
        assert_null(strstr(header("Set-Cookie"), "digest_desk"));
        assert_true(says("owner@example.org"));
    }
}

static void a_wrong_password_opens_nothing(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    cookie = "";
    sign_in("email=owner%40example.org&password=correct+horse");
    assert_int_equal(response.status, 403);
    assert_string_equal(header("Set-Cookie"), "");
    assert_true(says("owner@example.org"));
}

static void signing_in_ends_the_session_a_browser_came_with(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    const char *planted = cookie;
    sign_in("email=owner%40example.org"
            "&password=correct+horse+battery");
    assert_int_equal(response.status, 303);
    assert_null(strstr(header("Set-Cookie"), planted));
    cookie = planted;
    get("/desk");
    assert_int_equal(response.status, 303);
}

static void the_way_back_leads_to_the_desk_alone(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "//evil.example", "https%3A%2F%2Fevil.example",
        "%2Fevil",        "a%0Ab",
        "..%2F..%2Fevil", "a%2F%2Fevil"};
    begin_session(ROLE_OWNER);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        cookie = "";
        sign_in(arena_format(&arena,
                             "email=owner%%40example.org"
                             "&password=correct+horse+battery&next=%s",
                             wrong[i]));
        assert_string_equal(header("Location"), "../desk/");
    }
}

/* A part of the page: the value of the first field of that name. */
static const char *value_of(const char *name)
{
    const char *mark = arena_format(&arena, "name=\"%s\" value=\"", name);
    const char *found = strstr(strbuf_text(&response.body), mark);
    if (!found)
        fail_msg("no field %s", name);
    struct str rest = str_of(found + strlen(mark));
    return arena_copy_str(&arena, (struct str){rest.ptr, str_find(rest, '"')});
}

/* The cookies that the answer gave, in place of those there were. */
static void take_cookies(void)
{
    cookie = "";
    for (unsigned i = 0; i < response.header_count; i++) {
        struct str set = str_of(response.headers[i].value);
        if (strcmp(response.headers[i].name, "Set-Cookie") == 0)
            cookie =
                arena_format(&arena, "%s%s%.*s", cookie, *cookie ? "; " : "",
                             (int)str_find(set, ';'), set.ptr);
    }
}

static const char typed[] = "title=%22New%22+%26&summary=One%0D%0Atwo"
                            "&stamp=old&as_imported=1";

static void end_all_sessions(void)
{
    if (!session_end_all(db, 1, &err))
        fail_msg("%s", err.text);
}

static void a_form_waits_while_its_editor_signs_in(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    end_all_sessions();
    post("/desk/articles/1/edit", typed);
    assert_int_equal(response.status, 403);
    assert_true(says("What you entered is kept"));
    assert_string_equal(value_of("next"), "articles/1/edit");
    assert_true(says("spellcheck=\"false\" value=\"\""));
    assert_string_equal(value_of("kept.title"), "&quot;New&quot; &amp;");
    assert_string_equal(value_of("kept.summary"), "One\ntwo");
    assert_false(says("name=\"kept.csrf\""));
    /* As the browser sends it on; first with a wrong password. */
    static const char *const passwords[] = {"wrong", "correct+horse+battery"};
    const char *door = value_of("door");
    take_cookies();
    for (size_t i = 0; i < ARRAY_SIZE(passwords); i++) {
        post("/desk/sign-in",
             arena_format(&arena,
                          "door=%s&next=articles%%2F1%%2Fedit&email=owner%%40"
                          "example.org&password=%s&kept.title=%%22New%%22+%%26"
                          "&kept.summary=One%%0D%%0Atwo&kept.stamp=old"
                          "&kept.as_imported=1",
                          door, passwords[i]));
        if (i == 0)
            assert_string_equal(value_of("kept.title"),
                                "&quot;New&quot; &amp;");
    }
    assert_int_equal(response.status, 200);
    assert_true(says("action=\"../desk/articles/1/edit\""));
    assert_true(says("name=\"title\" value=\"&quot;New&quot; &amp;\""));
    assert_true(says("One\ntwo</textarea>"));
    assert_string_equal(value_of("stamp"), "old");
    assert_false(says("correct horse"));
    /* Its token is that of the session there is now. */
    const char *fresh = value_of("csrf");
    assert_string_not_equal(fresh, csrf);
    take_cookies();
    csrf = fresh;
    post("/desk/articles/1/edit", typed);
    assert_int_equal(response.status, 404);
}

static void only_the_desks_own_forms_wait(void **state)
{
    (void)state;
    static const char *const sites[] = {"cross-site", "same-site", "none"};
    begin_session(ROLE_OWNER);
    end_all_sessions();
    const char *body = arena_format(&arena, "csrf=%s&%s", csrf, typed);
    for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
        ask(METHOD_POST, "/desk/articles/1/edit", body, sites[i]);
        assert_int_equal(response.status, 303);
    }
    ask(METHOD_POST, "/desk/articles/1/edit",
        arena_format(&arena, "csrf=guessed&%s", typed), "");
    assert_int_equal(response.status, 303);
    /* A browser that says where it comes from needs no cookie any more. */
    cookie = "";
    ask(METHOD_POST, "/desk/articles/1/edit", body, "");
    assert_int_equal(response.status, 303);
    ask(METHOD_POST, "/desk/articles/1/edit", body, "same-origin");
    assert_int_equal(response.status, 403);
    assert_true(says("kept.title"));
}

/* A door of another site's making brings nothing in. */
static void what_waits_comes_from_the_desks_own_door(void **state)
{
    (void)state;
    static const char forged[] = "door=theirs&next=articles%2F1%2Fedit"
                                 "&email=a&password=b&kept.title=Theirs";
    begin_session(ROLE_OWNER);
    cookie = "";
    ask(METHOD_POST, "/desk/sign-in", forged, "");
    assert_int_equal(response.status, 403);
    assert_false(says("Theirs"));
    ask(METHOD_POST, "/desk/sign-in", forged, "same-origin");
    assert_int_equal(response.status, 403);
    assert_true(says("Theirs"));
}

static void passwords_and_mere_buttons_do_not_wait(void **state)
{
    (void)state;
    static const struct {
        const char *path, *fields;
    } forms[] = {
        {"/desk/account/password", "old=a&new=b"},
        {"/desk/account/password", "old=a&new=b&title=c"},
        {"/desk/issues/weekly/1/pause", "version=3"},
        {"/desk/articles/1/edit", "title=&stamp=old"},
        {"/desk/nowhere", "title=c"},
    };
    begin_session(ROLE_OWNER);
    end_all_sessions();
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        post(forms[i].path, forms[i].fields);
        assert_int_equal(response.status, 303);
    }
}

static void a_form_of_an_earlier_session_is_sent_again(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    const char *body = arena_format(&arena, "csrf=earlier&%s", typed);
    ask(METHOD_POST, "/desk/articles/1/edit", body, "same-origin");
    assert_int_equal(response.status, 403);
    assert_true(says("signed in anew"));
    assert_string_equal(value_of("csrf"), csrf);
    assert_true(says("One\ntwo</textarea>"));
    ask(METHOD_POST, "/desk/articles/1/edit", body, "");
    assert_int_equal(response.status, 403);
    assert_false(says("One"));
}

static void a_form_without_the_sessions_token_changes_nothing(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    ask(METHOD_POST, "/desk/sign-out", "", "");
    assert_int_equal(response.status, 403);
    ask(METHOD_POST, "/desk/sign-out", "csrf=guessed", "");
    assert_int_equal(response.status, 403);
    get("/desk");
    assert_int_equal(response.status, 200);
    post("/desk/sign-out", "");
    assert_int_equal(response.status, 303);
    get("/desk");
    assert_int_equal(response.status, 303);
}

static void a_form_from_another_site_is_refused(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    const char *body = arena_format(&arena, "csrf=%s", csrf);
    ask(METHOD_POST, "/desk/sign-out", body, "cross-site");
    assert_int_equal(response.status, 403);
    ask(METHOD_POST, "/desk/sign-out", body, "same-site");
    assert_int_equal(response.status, 403);
    ask(METHOD_POST, "/desk/sign-out", body, "same-origin");
    assert_int_equal(response.status, 303);
}

static void a_role_reaches_no_further_than_it_is_given(void **state)
{
    (void)state;
    begin_session(ROLE_EDITOR);
    get("/desk/trail");
    assert_int_equal(response.status, 403);
    assert_true(says("owner"));
    begin_session(ROLE_OWNER);
    get("/desk/trail");
    assert_int_equal(response.status, 200);
}

static void every_page_has_a_strict_policy(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    get("/desk");
    assert_null(strstr(header("Content-Security-Policy"), "unsafe"));
    assert_non_null(
        strstr(header("Content-Security-Policy"), "default-src 'none'"));
    assert_string_equal(header("Cache-Control"), "no-store");
}

static void an_unknown_page_says_so(void **state)
{
    (void)state;
    begin_session(ROLE_WRITER);
    get("/desk/nowhere");
    assert_int_equal(response.status, 404);
    ask(METHOD_POST, "/desk/trail", "", "");
    assert_int_equal(response.status, 405);
}

static void a_name_is_shown_and_never_run(void **state)
{
    (void)state;
    begin_session(ROLE_OWNER);
    assert_true(stmt_run(
        db_stmt(db, "UPDATE editor SET name = '<script>alert(1)</script>'"),
        &err));
    get("/desk");
    assert_true(says("&lt;script&gt;alert"));
    assert_false(says("<script>alert"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

static int make_keys(void **state)
{
    (void)state;
    keys = house_keys();
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    token_keys_free(keys);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nobody_sees_the_desk_without_signing_in),
        CASE(a_guessed_cookie_is_nobody),
        CASE(signing_in_gives_a_cookie_that_opens_the_desk),
        CASE(a_form_of_anothers_making_signs_nobody_in),
        CASE(a_wrong_password_opens_nothing),
        CASE(signing_in_ends_the_session_a_browser_came_with),
        CASE(the_way_back_leads_to_the_desk_alone),
        CASE(a_form_waits_while_its_editor_signs_in),
        CASE(only_the_desks_own_forms_wait),
        CASE(what_waits_comes_from_the_desks_own_door),
        CASE(passwords_and_mere_buttons_do_not_wait),
        CASE(a_form_of_an_earlier_session_is_sent_again),
        CASE(a_form_without_the_sessions_token_changes_nothing),
        CASE(a_form_from_another_site_is_refused),
        CASE(a_role_reaches_no_further_than_it_is_given),
        CASE(every_page_has_a_strict_policy),
        CASE(an_unknown_page_says_so),
        CASE(a_name_is_shown_and_never_run),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
