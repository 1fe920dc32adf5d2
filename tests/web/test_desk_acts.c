/* Tests what each form of the desk does. */

#include "digest/access/session.h"
#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/issues/draft.h"
#include "digest/web/desk/worker.h"
#include "digest/web/web.h"
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
static const struct conf conf = {.folder = "."};
static const char *cookie, *csrf;

static void sign_in(void)
{
    int64_t id = 0;
    const char *token;
    struct session session;
    struct editor editor = {
        .email = "ada@example.org", .name = "", .role = ROLE_OWNER};
    must(editor_add(db, &editor, STR("correct horse battery"), &id, &err));
    must(session_begin(db, id, "", "", NOW, &arena, &token, &err));
    must(session_get(db, str_of(token), NOW, &arena, &session, &err));
    cookie = arena_format(&arena, "__Host-digest_desk=%s", token);
    csrf = session.csrf;
}

static void put_article(const char *title, int64_t at)
{
    struct article_category world = {"World", "world"};
    house_article(
        db, &(struct article){
                .guid = title,
                .url = arena_format(&arena, "https://a.example/%s", title),
                .title = title,
                .published_at = at,
                .summary_html = "<p>Its own.</p>\n",
                .categories = &world,
                .category_count = 1});
}

static int make_keys(void **state)
{
    (void)state;
    keys = house_keys();
    templates = template_set_new(NULL);
    return languages_new(templates, &languages, &err) ? 0 : -1;
}

static int free_keys(void **state)
{
    (void)state;
    token_keys_free(keys);
    languages_free(languages);
    template_set_free(templates);
    return 0;
}

static void make_newsletter(void)
{
    static const struct newsletter_section sections[] = {
        {.categories = "World", .at_most = 5},
        {.categories = "Science", .at_most = 5}};
    struct draft draft;
    struct draft_options options = {.now = NOW, .since = 1};
    struct newsletter n =
        house_newsletter_of(db, sections, ARRAY_SIZE(sections), &arena);
    n.window_s = 0;
    must(newsletter_update(db, &n, &err));
    put_article("one", NOW - 3600);
    put_article("two", NOW - 7200);
    must(draft_issue(db, &n, &options, &arena, &draft, &err));
    house_subscriber(db, n.id, "kim@example.org");
}

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    clock_hold(NOW);
    db = house_db();
    web = (struct web){.db = db,
                       .keys = keys,
                       .templates = templates,
                       .languages = languages,
                       .site_name = "Site",
                       .base_url = "https://news.example.org",
                       .postal_address = "1 Quay Street",
                       .conf = &conf};
    make_newsletter();
    sign_in();
    return 0;
}

static int end(void **state)
{
    (void)state;
    response_free(&response);
    db_release(&db);
    arena_free(&arena);
    clock_hold(-1);
    return 0;
}

static int ask_with(enum request_method method, const char *path,
                    const char *content_type, struct str body)
{
    response_free(&response);
    response = (struct response){0};
    struct str query = str_of(arena_format(&arena, "/desk/%s", path));
    struct str way = str_cut(&query, '?');
    struct request request = {
        .method = method,
        .path = way,
        .query = query.ptr ? query : STR(""),
        .content_type = str_of(content_type),
        .body = body,
        .cookie = str_of(cookie),
        .client = "192.0.2.1",
        .arena = &arena,
    };
    web_handle(&web, &request, &response);
    return (int)response.status;
}

/* The status it was answered with. */
static int ask(enum request_method method, const char *path, const char *fields)
{
    return ask_with(method, path, "application/x-www-form-urlencoded",
                    str_of(arena_format(&arena, "csrf=%s&%s", csrf, fields)));
}

static int post(const char *path, const char *fields)
{
    return ask(METHOD_POST, path, fields);
}

static int get(const char *path)
{
    return ask(METHOD_GET, path, "");
}

static bool says(const char *text)
{
    return strstr(strbuf_text(&response.body), text) != NULL;
}

/* Posts an act from a page of the issue that is opened now. */
static int post_seen(const char *act, const char *fields)
{
    return post(arena_format(&arena, "issues/weekly/1/%s", act),
                arena_format(&arena, "version=%d&%s",
                             (int)house_number(db, "SELECT version FROM issue"),
                             fields));
}

static int edit(const char *fields)
{
    return post_seen("edit", fields);
}

/* The stamp in the form of a page that goes to `action`. */
static const char *stamp_of(const char *page, const char *action)
{
    const char *name = arena_format(&arena, "/%s\"", action);
    assert_int_equal(get(page), 200);
    const char *form = strstr(strbuf_text(&response.body), name);
    const char *stamp = form ? strstr(form, "name=\"stamp\" value=\"") : NULL;
    assert_non_null(stamp);
    struct str rest = str_of(stamp + strlen("name=\"stamp\" value=\""));
    return arena_copy_str(&arena, str_cut(&rest, '"'));
}

/* Posts the form of a page that is opened now. */
static int save(const char *page, const char *action, const char *fields)
{
    const char *stamp = stamp_of(page, action);
    return post(action, arena_format(&arena, "stamp=%s&%s", stamp, fields));
}

/* ---- an issue ---- */

static void each_act_on_a_story_is_done_and_on_record(void **state)
{
    (void)state;
    assert_int_equal(edit("act=pin&id=2"), 303);
    assert_int_equal(house_number(db, "SELECT pinned FROM issue_choice"), 1);
    assert_int_equal(edit("act=reset&id=2"), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM issue_choice"), 0);
    assert_int_equal(edit("act=up&id=2&place=2"), 303);
    assert_int_equal(house_number(db, "SELECT article_id FROM issue_article "
                                      "ORDER BY position LIMIT 1"),
                     2);
    assert_int_equal(edit("act=down&id=2&place=1"), 303);
    assert_int_equal(edit("act=move&id=2&place=1"), 303);
    assert_int_equal(edit("act=rewrite&id=1&title-1=New&summary-1=Sum"), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM issue_choice WHERE "
                                      "title = 'New' AND summary = 'Sum'"),
                     1);
    assert_int_equal(edit("act=drop&id=1"), 303);
    assert_int_equal(
        house_number(db,
                     "SELECT count(*) FROM issue_article WHERE article_id = 1"),
        0);
    assert_int_equal(edit("act=link&url=https://b.example/&title=B"), 303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM audit WHERE object = "
                                  "'weekly/1'"),
                     8);
}

static void texts_are_kept_and_the_second_to_save_is_told(void **state)
{
    (void)state;
    int64_t version = house_number(db, "SELECT version FROM issue");
    assert_int_equal(edit("act=texts&subject=S&preheader=P&intro=I"), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE subject = 'S' "
                         "AND preheader = 'P' AND intro = 'I'"),
        1);
    assert_int_equal(
        post("issues/weekly/1/edit",
             arena_format(&arena, "version=%d&act=texts&subject=Second",
                          (int)version)),
        409);
    assert_true(says("value=\"Second\""));
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE subject = 'S'"), 1);
}

/* By the window it was drafted from, whatever has become of it. */
static void why_is_told_of_an_issue_in_each_state(void **state)
{
    (void)state;
    static const char *const states[] = {"draft", "scheduled", "sent"};
    assert_int_equal(edit("act=drop&id=2"), 303);
    put_article("late", NOW + 60);
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        house_run(db, arena_format(&arena, "UPDATE issue SET state = '%s'",
                                   states[i]));
        if (strcmp(states[i], "sent") == 0)
            house_run(db, "UPDATE issue SET started_at = 1764060001");
        assert_int_equal(get("issues/weekly/1/why"), 200);
        assert_true(says("2 candidates"));
        assert_true(says("1 of at most 5"));
        assert_true(says("dropped"));
        assert_false(says("sent in weekly/1") || says("articles/3"));
    }
}

/* A text that is kept is rendered at each look, so it has a longest length. */
static void a_field_has_a_longest_length(void **state)
{
    (void)state;
    char *text = arena_new(&arena, 20002, 1);
    memset(text, 'x', 20001);
    assert_int_equal(edit(arena_format(&arena, "act=texts&intro=%s", text)),
                     422);
    assert_true(says("intro") && says("20000"));
    assert_int_equal(
        edit(arena_format(&arena, "act=texts&intro=%.20000s", text)), 303);
    assert_int_equal(edit(arena_format(&arena, "act=texts&%.2501s=x", text)),
                     303);
    assert_int_equal(
        edit(arena_format(&arena, "act=texts&subject=%.2501s", text)), 422);
}

static void an_unknown_act_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(post("issues/weekly/1/edit", "act=pin&id=1&version=0"),
                     422);
    assert_int_equal(edit("act=burn&id=1"), 422);
    assert_int_equal(edit("act=pin&id=one"), 422);
    assert_int_equal(edit("act=pin&id=99"), 422);
    assert_int_equal(house_number(db, "SELECT count(*) FROM audit"), 0);
}

static void an_issue_is_paused_resumed_and_only_then(void **state)
{
    (void)state;
    assert_int_equal(post("issues/weekly/1/pause", ""), 409);
    house_run(db, "UPDATE issue SET state = 'sending', started_at = 1");
    assert_int_equal(post("issues/weekly/1/pause", ""), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE state = 'paused'"),
        1);
    assert_int_equal(post("issues/weekly/1/resume", ""), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE state = 'sending'"),
        1);
}

static void a_relay_at_fault_is_told_of_with_the_next_try(void **state)
{
    (void)state;
    house_run(db, "UPDATE issue SET state = 'sending', started_at = 1");
    assert_int_equal(get(""), 200);
    assert_false(says("relay was at fault"));
    house_run(
        db, arena_format(&arena, "UPDATE issue SET retry_at = %d", NOW + 600));
    assert_int_equal(get(""), 200);
    assert_true(says("relay was at fault") && says("in 10 minutes"));
}

/* Tests who may do what with a time, and what a wrong state answers. */
static void
an_issue_is_scheduled_approved_and_cancelled_by_editors(void **state)
{
    (void)state;
    static const char at[] = "at=2025-12-01T07:00";
    house_run(db, "UPDATE editor SET role = 'writer'");
    assert_int_equal(post_seen("schedule", at), 403);
    assert_int_equal(post_seen("approve", ""), 403);
    assert_int_equal(post("issues/weekly/1/cancel", ""), 403);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM issue WHERE state = "
                                  "'draft'"),
                     1);
    house_run(db, "UPDATE editor SET role = 'editor'");
    assert_int_equal(post_seen("approve", ""), 409);
    assert_int_equal(post_seen("schedule", "at=2025-11-01T07:00"), 422);
    assert_int_equal(post_seen("schedule", "at=someday"), 422);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM issue WHERE state = "
                                  "'draft'"),
                     1);
    assert_int_equal(post_seen("schedule", at), 303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM issue WHERE state = "
                                  "'scheduled' AND scheduled_at = 1764572400"),
                     1);
    assert_int_equal(post("issues/weekly/1/cancel", ""), 303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM issue WHERE state = "
                                  "'cancelled'"),
                     1);
    assert_int_equal(post("issues/weekly/1/cancel", ""), 409);
    assert_int_equal(post_seen("schedule", at), 409);
}

/* It is a draft with all that was chosen, and a deleted one comes back; what
 * was started does not. */
static void
an_issue_is_unscheduled_deleted_and_restored_by_editors(void **state)
{
    (void)state;
    static const char at[] = "at=2025-12-01T07:00";
    static const char *const acts[] = {"unschedule", "restore", "cancel"};
    static const char held[] = "SELECT count(*) FROM issue WHERE held = 1 "
                               "AND state = 'draft' AND scheduled_at IS NULL";
    house_run(db, "UPDATE editor SET role = 'writer'");
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
        assert_int_equal(
            post(arena_format(&arena, "issues/weekly/1/%s", acts[i]), ""), 403);
    house_run(db, "UPDATE editor SET role = 'editor'");
    assert_int_equal(post("issues/weekly/1/unschedule", ""), 409);
    assert_true(says("only a scheduled one can be unscheduled"));
    assert_int_equal(post("issues/weekly/1/restore", ""), 409);
    assert_int_equal(post_seen("schedule", at), 303);
    assert_int_equal(get("issues/weekly/1"), 200);
    assert_true(says("/unschedule\""));
    assert_int_equal(post("issues/weekly/1/unschedule", ""), 303);
    assert_int_equal(house_number(db, held), 1);
    assert_int_equal(house_number(db, "SELECT count(*) FROM plan"), 0);
    assert_int_equal(post("issues/weekly/1/cancel", ""), 303);
    assert_int_equal(get("issues/weekly/1"), 200);
    assert_true(says("/restore\"") && !says("/cancel\""));
    assert_int_equal(post("issues/weekly/1/restore", ""), 303);
    assert_int_equal(house_number(db, held), 1);
    house_run(db, "UPDATE issue SET state = 'cancelled', started_at = 1");
    assert_int_equal(get("issues/weekly/1"), 200);
    assert_false(says("/restore\""));
    assert_int_equal(post("issues/weekly/1/restore", ""), 409);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM audit WHERE action IN "
                                  "('unscheduled', 'deleted', 'restored')"),
                     3);
}

/* A writer changes an issue while an editor looks at it: what went out would be
 * what the editor has not seen. */
static void what_was_changed_since_is_not_sent_unseen(void **state)
{
    (void)state;
    static const char *const acts[] = {"schedule?at=2025-12-01T07:00",
                                       "schedule?act=now", "approve?"};
    house_run(
        db, "UPDATE issue SET state = 'scheduled', scheduled_at = 1764572400");
    house_run(db, arena_format(
                      &arena,
                      "INSERT INTO plan (issue_id, due_at, until, "
                      "needs_approval) VALUES (1, 1764572400, 1764576000, 1)"));
    int64_t seen = house_number(db, "SELECT version FROM issue");
    assert_int_equal(edit("act=texts&subject=Unseen"), 303);
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        struct str fields = str_of(acts[i]);
        struct str act = str_cut(&fields, '?');
        const char *path =
            arena_format(&arena, "issues/weekly/1/%.*s", STR_ARG(act));
        assert_int_equal(post(path, arena_format(&arena, "version=%d&%.*s",
                                                 (int)seen, STR_ARG(fields))),
                         409);
        assert_true(says("changed since you opened this page"));
        assert_true(says("Unseen"));
        assert_int_equal(post(path, fields.ptr), 422);
    }
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM plan WHERE approved_at IS NULL "
                         "AND due_at = 1764572400"),
        1);
    assert_int_equal(post_seen("approve", ""), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM plan WHERE approved_at > 0"), 1);
}

/* Once it is approved, only who may approve may change it. */
/* As a browser sends the picture's form, with a file of tests/cases. */
static int upload(const char *file, const char *alt)
{
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    strbuf_add_format(&body,
                      "--b\r\nContent-Disposition: form-data; "
                      "name=\"csrf\"\r\n\r\n%s\r\n--b\r\n"
                      "Content-Disposition: form-data; name=\"alt\"\r\n\r\n"
                      "%s\r\n--b\r\nContent-Disposition: form-data; "
                      "name=\"picture\"; filename=\"%s\"\r\n"
                      "Content-Type: image/jpeg\r\n\r\n",
                      csrf, alt, file);
    if (*file)
        must(file_read(
            arena_format(&arena, "%s/cases/pictures/%s", TESTS_DIR, file),
            1 << 20, &body, &err));
    strbuf_add_text(&body, "\r\n--b--\r\n");
    return ask_with(METHOD_POST, "articles/1/picture",
                    "multipart/form-data; boundary=b", strbuf_str(&body));
}

static void an_editor_uploads_a_picture(void **state)
{
    (void)state;
    assert_int_equal(upload("one-row.jpg", "A boat"), 303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM article_picture "
                                  "JOIN picture ON name = picture "
                                  "WHERE article_id = 1 AND small_width = 600"),
                     1);
    assert_int_equal(get("articles/1"), 200);
    assert_true(says("Kept here") && says("-600.jpg\" alt=\"A boat\""));
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM audit WHERE action = "
                                  "'changed the picture of the article'"),
                     1);
    /* The words about a picture change without another file. */
    assert_int_equal(upload("", "Two boats"), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM article, article_picture "
                         "WHERE id = 1 AND image_alt = 'Two boats'"),
        1);
    assert_int_equal(post("articles/1/picture", "remove=1"), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM article_picture"),
                     0);
}

static void a_picture_that_is_none_is_refused_where_it_was_chosen(void **state)
{
    (void)state;
    assert_int_equal(upload("plain.jpg", "A boat"), 303);
    assert_int_equal(upload("svg.jpg", "A \"ship\""), 422);
    assert_true(says("this is an SVG") && says("value=\"A &quot;ship&quot;\""));
    assert_int_equal(upload("bomb.png", "A ship"), 422);
    assert_true(says("40 megapixels"));
    assert_int_equal(house_number(db, "SELECT count(*) FROM article_picture p "
                                      "JOIN article a ON a.id = p.article_id "
                                      "WHERE a.image_alt = 'A boat'"),
                     1);
    csrf = "forged";
    assert_int_equal(upload("plain.jpg", ""), 403);
}

/* As if weekly/1 had been sent with both stories, to nobody any more. */
static void sent(void)
{
    house_run(
        db, "UPDATE issue SET state = 'sent', started_at = 5, finished_at = 6");
    house_run(
        db,
        "INSERT INTO story (issue_id, article_id, position, section, heading, "
        "    name, title, own_title, author, source, url, language, "
        "    published_at, word_count, image_url, image_alt, image_width, "
        "    image_height, summary_html, body_html) "
        "SELECT issue_id, article_id, position, section, heading, '', 'S', "
        "    '', '', '', '', '', 0, 0, '', '', 0, 0, '', '' "
        "FROM issue_article");
}

static void an_article_is_corrected_and_the_correction_taken_back(void **state)
{
    (void)state;
    assert_int_equal(get("articles/1"), 200);
    assert_false(says("articles/1/correct"));
    assert_int_equal(post("articles/1/correct", "correction=Never+sent"), 409);
    assert_true(says("in no issue that was sent") && says(">Never sent<"));
    sent();
    assert_int_equal(post("articles/1/correct", "correction="), 422);
    assert_true(says("needs a note"));
    assert_int_equal(post("articles/1/correct", "correction=%E2%80%8B+&send=1"),
                     422);
    assert_true(says("no words") && says("value=\"1\" checked"));
    assert_int_equal(post("articles/9/correct", "correction=No"), 404);
    assert_int_equal(post("articles/1/correct", "correction=It+is+%3C40%3E."),
                     303);
    assert_int_equal(post("articles/1/correct", "correction=It+is+%3C40%3E."),
                     303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM correction"), 1);
    assert_int_equal(house_number(db, "SELECT count(*) FROM audit "
                                      "WHERE action = 'corrected the article'"),
                     1);
    assert_int_equal(get("articles/1"), 200);
    assert_true(says("It is &lt;40&gt;.") &&
                says("had by 0; who had weekly/1 is no longer kept"));
    house_run(db, "UPDATE editor SET role = 'writer'");
    assert_int_equal(post("articles/1/correct", "correction=A+writer"), 403);
    assert_int_equal(post("articles/1/uncorrect", "id=1"), 403);
    house_run(db, "UPDATE editor SET role = 'editor'");
    assert_int_equal(post("articles/1/uncorrect", "id=x"), 404);
    assert_int_equal(post("articles/2/uncorrect", "id=1"), 404);
    assert_int_equal(post("articles/1/uncorrect", "id=1"), 303);
    assert_int_equal(get("articles/1"), 200);
    assert_false(says("It is &lt;40&gt;."));
}

static void a_correction_has_a_draft_of_its_own(void **state)
{
    (void)state;
    sent();
    assert_int_equal(post("articles/1/correct", "correction=Wrong&send=1"),
                     303);
    assert_int_equal(post("articles/1/correct", "correction=Wrong&send=1"),
                     303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE state = 'draft' "
                         "    AND correction_id = 1 AND number = 2"),
        1);
    assert_int_equal(house_number(db, "SELECT count(*) FROM issue"), 2);
    assert_int_equal(get("issues/weekly/2"), 200);
    assert_true(says("A correction: it goes to those alone"));
    assert_false(says("Add story"));
    assert_int_equal(post("articles/1/uncorrect", "id=1"), 409);
    assert_true(says("weekly/2 is to bring"));
    assert_int_equal(get("issues"), 200);
    assert_true(says("Draft the next issue"));
}

static void a_writer_changes_nothing_that_was_approved(void **state)
{
    (void)state;
    assert_int_equal(post_seen("schedule", "at=2025-12-01T07:00"), 303);
    assert_int_equal(edit("act=texts&subject=An+editor"), 303);
    house_run(db, "UPDATE editor SET role = 'writer'");
    assert_int_equal(edit("act=texts&subject=A+writer"), 403);
    assert_true(says("approved as it is"));
    assert_false(says("name=\"subject\""));
    assert_int_equal(edit("act=drop&id=1"), 403);
    assert_int_equal(
        house_number(db,
                     "SELECT count(*) FROM issue WHERE subject = 'An editor'"),
        1);
    assert_int_equal(save("articles/1", "articles/1/edit", "title=New"), 403);
    assert_int_equal(post("articles/1/remove", ""), 403);
    assert_int_equal(upload("plain.jpg", ""), 403);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM article WHERE title = 'New' "
                         "OR withdrawn_at IS NOT NULL"),
        0);
    house_run(db, "UPDATE plan SET approved_at = NULL");
    assert_int_equal(edit("act=texts&subject=A+writer"), 303);
    assert_int_equal(save("articles/1", "articles/1/edit", "title=New"), 303);
}

/* Whatever a button does, also where it is refused, what was typed is saved;
 * and it goes on from there. */
static void each_button_carries_the_texts_along(void **state)
{
    (void)state;
    static const char *const acts[] = {
        "edit?act=up&id=2&place=2",
        "edit?act=burn",
        "edit?act=search&q=words",
        "schedule?at=someday",
        "test?to=",
        "schedule?at=2025-12-01T07:00",
        "approve?anyway=1",
        "unschedule?",
        "edit?act=link&url=no&title=",
        "cancel?",
    };
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        struct str fields = str_of(acts[i]);
        struct str act = str_cut(&fields, '?');
        post_seen(arena_format(&arena, "%.*s", STR_ARG(act)),
                  arena_format(&arena, "%.*s&subject=S&preheader=&intro=%d",
                               STR_ARG(fields), (int)i));
        assert_int_equal(house_number(db, "SELECT intro FROM issue"), i);
    }
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE state = 'cancelled' "
                         "AND subject = 'S'"),
        1);
}

/* "VERSION STAMP" is what the next one goes on from. */
static const char *type(const char *version, const char *stamp,
                        const char *intro, int status)
{
    assert_int_equal(
        post("issues/weekly/1/edit",
             arena_format(&arena,
                          "act=texts&quiet=1&version=%s&stamp=%s&intro=%s",
                          version, stamp, intro)),
        status);
    return arena_copy(&arena, strbuf_text(&response.body));
}

static void texts_are_saved_while_they_are_typed(void **state)
{
    (void)state;
    const char *version = arena_format(
        &arena, "%d", (int)house_number(db, "SELECT version FROM issue"));
    for (int i = 1; i <= 3; i++) {
        struct str said =
            str_of(type(version, "", arena_format(&arena, "%d", i), 200));
        version = arena_copy_str(&arena, str_cut(&said, ' '));
        assert_int_equal(house_number(db, "SELECT intro FROM issue"), i);
        assert_int_equal(house_number(db, "SELECT version FROM issue"),
                         atoi(version));
    }
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM audit WHERE action = "
                                  "'changed the texts'"),
                     1);
    /* Nothing new is no change. */
    type(version, "", "3", 200);
    assert_int_equal(house_number(db, "SELECT version FROM issue"),
                     atoi(version));
    /* A story that is moved meanwhile is no reason against it, as the stamp is
     * that of the texts; yet the version that was seen stays the old one. */
    const char *stamp = stamp_of("issues/weekly/1", "issues/weekly/1/edit");
    assert_int_equal(edit("act=pin&id=2"), 303);
    struct str said = str_of(type(version, stamp, "4", 200));
    assert_true(str_equal(str_cut(&said, ' '), str_of(version)));
    assert_int_equal(house_number(db, "SELECT intro FROM issue"), 4);
    /* Somebody else's text is. */
    assert_int_equal(edit("act=texts&intro=Theirs"), 303);
    type(version, stamp, "5", 409);
    assert_true(says("somebody else has changed the subject"));
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM issue WHERE intro = 'Theirs'"),
        1);
    house_run(db, "UPDATE issue SET state = 'sent', started_at = 1");
    type(version, stamp, "6", 409);
    /* Where there is no field for it any more, it still stands there. */
    assert_int_equal(
        post("issues/weekly/1/edit",
             arena_format(&arena, "act=texts&version=%s&intro=7", version)),
        409);
    assert_true(says("\n7</textarea>"));
}

static void what_was_typed_stays_where_it_came_too_late(void **state)
{
    (void)state;
    assert_int_equal(edit("act=texts&subject=S"), 303);
    assert_int_equal(
        post("issues/weekly/1/edit",
             "version=1&act=rewrite&id=2&title-2=Typed&summary-2=Long"),
        409);
    assert_true(says("value=\"Typed\"") && says("\nLong</textarea>"));
    assert_true(says("<details open>"));
    assert_int_equal(post("issues/weekly/1/edit",
                          "version=1&act=link&url=https://b.example/&title=B"
                          "&note=Word"),
                     409);
    assert_true(says("value=\"https://b.example/\"") &&
                says("\nWord</textarea>"));
    assert_false(says("value=\"Typed\""));
}

/* ---- readers ---- */

static void a_reader_is_added_changed_and_leaves(void **state)
{
    (void)state;
    assert_int_equal(post("readers/add", "email=lu@example.org&name=Lu&how=put"
                                         "&newsletter=weekly"),
                     303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'active'"),
        2);
    assert_int_equal(
        save("readers/1", "readers/1/edit", "email=kim@example.net&name=Kim"),
        303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscriber WHERE email = "
                         "'kim@example.net' AND name = 'Kim'"),
        1);
    assert_int_equal(save("readers/1", "readers/1/edit", "email=none&name=No"),
                     422);
    assert_true(says("value=\"none\""));
    assert_int_equal(save("readers/1", "readers/1/edit",
                          "email=kim@example.net&name=Kim&language=../x"),
                     422);
    assert_int_equal(save("readers/1", "readers/1/edit",
                          "email=kim@example.net&name=Kim&timezone=FREQ"),
                     422);
    assert_int_equal(post("readers/1/leave", "newsletter=weekly"), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'unsubscribed' AND subscriber_id = 1"),
        1);
    /* That they left stays with their address. */
    assert_int_equal(
        save("readers/1", "readers/1/edit", "email=kim@example.com&name=Kim"),
        409);
    assert_int_equal(post("readers/add", "email=KIM@example.net&how=put"
                                         "&newsletter=weekly"),
                     409);
    assert_true(says("unsubscribed from weekly"));
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'unsubscribed' AND subscriber_id = 1"),
        1);
    assert_int_equal(post("readers/1/forget", ""), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscriber WHERE email = "
                         "'kim@example.net'"),
        0);
    assert_int_equal(house_number(db, "SELECT count(*) FROM audit"), 4);
}

#define PAUSE_END "2026-01-15"

static int64_t active(void)
{
    return house_number(
        db, "SELECT count(*) FROM subscription WHERE state = 'active'");
}

/* Of two sections, which the form names by the newsletter's number. */
static void what_a_reader_gets_is_chosen_for_them(void **state)
{
    (void)state;
    assert_int_equal(get("readers/1"), 200);
    assert_true(says("name=\"category.1\" value=\"World\" checked"));
    assert_int_equal(save("readers/1", "readers/1/choose",
                          "newsletter=weekly&category.1=World"
                          "&pause.1=" PAUSE_END),
                     303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM subscription WHERE "
                                  "categories = 'World' AND paused_until > 0"),
                     1);
    assert_int_equal(get("readers/1"), 200);
    assert_true(says("paused until " PAUSE_END));
    assert_int_equal(save("readers/1", "readers/1/choose", "newsletter=weekly"),
                     422);
    assert_int_equal(save("readers/1", "readers/1/choose",
                          "newsletter=weekly&category.1=World&pause.1=soon"),
                     422);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM subscription WHERE "
                                  "categories = 'World' AND paused_until > 0"),
                     1);
}

static void a_reader_leaves_all_and_comes_onto_another(void **state)
{
    (void)state;
    struct newsletter n;
    int64_t id;
    must(newsletter_get(db, "weekly", &arena, &n, &err));
    n.slug = "daily";
    must(newsletter_create(db, &n, &id, &err));
    assert_int_equal(post("readers/1/add", "newsletter=daily&how=put"), 303);
    assert_int_equal(active(), 2);
    assert_int_equal(get("readers/1"), 200);
    assert_true(says("Unsubscribe from all"));
    assert_int_equal(post("readers/1/leave", ""), 303);
    assert_int_equal(active(), 0);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'unsubscribed'"),
        2);
    assert_int_equal(post("readers/1/add", "newsletter=none"), 404);
}

static void who_is_suppressed_is_added_nowhere_until_it_is_lifted(void **state)
{
    (void)state;
    assert_int_equal(post("readers/1/suppress", ""), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM suppression WHERE "
                                      "address_key = 'kim@example.org'"),
                     1);
    assert_int_equal(get("readers/1"), 200);
    assert_true(says("an editor said so"));
    house_run(db, "DELETE FROM subscription");
    assert_int_equal(post("readers/1/add", "newsletter=weekly&how=put"), 409);
    house_run(db, "UPDATE editor SET role = 'editor'");
    assert_int_equal(post("readers/1/lift", ""), 403);
    assert_int_equal(house_number(db, "SELECT count(*) FROM suppression"), 1);
    house_run(db, "UPDATE editor SET role = 'owner'");
    assert_int_equal(post("readers/1/lift", ""), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(post("readers/1/lift", ""), 404);
    assert_int_equal(post("readers/1/add", "newsletter=weekly&how=put"), 303);
    assert_int_equal(active(), 1);
}

static void readers_are_found_by_the_words_of_their_names(void **state)
{
    (void)state;
    assert_int_equal(post("readers/add",
                          "email=z@example.org&how=put&newsletter=weekly"
                          "&name=Jos%C3%A9+M%C3%BCller-Luis"),
                     303);
    static const char *const found[] = {"jose", "M%C3%9CLL", "lui+jos"};
    for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
        assert_int_equal(get(arena_format(&arena, "readers?q=%s", found[i])),
                         200);
        assert_true(says("z@example.org") && !says("kim@example.org"));
    }
    assert_int_equal(get("readers?q=luis+x"), 200);
    assert_true(says("Nobody is found by “luis x”"));
    /* A new name is found, and the old one isn't: nor a forgotten one. */
    assert_int_equal(save("readers/2", "readers/2/edit",
                          "email=z@example.org&name=Zoe+Luis"),
                     303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM name_word"), 0);
    assert_int_equal(get("readers?q=zoe"), 200);
    assert_true(says("z@example.org"));
    assert_int_equal(get("readers?q=muller"), 200);
    assert_false(says("z@example.org"));
    assert_int_equal(post("readers/2/forget", ""), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM name_word"), 0);
}

static void who_complained_is_not_put_back(void **state)
{
    (void)state;
    house_run(db, "UPDATE subscription SET state = 'complained'");
    assert_int_equal(post("readers/add", "email=kim@example.org&how=put"
                                         "&newsletter=weekly"),
                     409);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'active'"),
        0);
}

static void a_mail_aside_is_put_away_with_or_without_its_reader(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        house_run(
            db,
            "INSERT INTO bounce_aside (at, why, sender, subject, recipient, "
            "kind, status, reason, source) VALUES (1, '', '', '', "
            "'kim@example.org', '', '', '', x'')");
    assert_int_equal(post("readers/aside/1", "act=drop"), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM bounce_aside"), 1);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'active'"),
        1);
    assert_int_equal(post("readers/aside/2", "act=unsubscribe"), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM bounce_aside"), 0);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'active'"),
        0);
}

/* ---- newsletters, sources, the account ---- */

static void add_source(void)
{
    house_run(
        db, "INSERT INTO source (id, address, kind, name, created_at, etag, "
            "next_at) VALUES (7, 'https://a.example/feed', 'feed', 'Anna', 1, "
            "'\"x\"', 99)");
    house_run(db, "UPDATE article SET source_id = 7");
    house_run(
        db, "UPDATE article_category SET name = 'World <b>', slug = 'world-b' "
            "WHERE article_id = 1");
    house_run(db, "DELETE FROM article_category WHERE article_id = 2");
}

static void a_source_shows_what_was_found_there(void **state)
{
    (void)state;
    add_source();
    assert_int_equal(get("sources/7"), 200);
    assert_true(says("<td class=\"wide\">World &lt;b&gt;</td>"
                     "<td class=\"number\">1</td>"));
    assert_true(says("1 article without a category"));
    assert_true(says("name=\"ours.0\" maxlength=\"100\" "
                     "value=\"World &lt;b&gt;\""));
    assert_true(says("not fetched so far"));
    house_run(db, "UPDATE source SET failing_since = 1764050000, failures = 3, "
                  "last_error = 'its server is not found' WHERE id = 7");
    assert_int_equal(get("sources/7"), 200);
    assert_true(says("3 tries") && says("its server is not found"));
    assert_int_equal(get("sources/8"), 404);
    assert_int_equal(get("sources/1"), 404);
    /* A name and a password in it are for the fetching alone. */
    house_run(db,
              "UPDATE source SET address = 'https://me:secret@b.example/x@y', "
              "name = '', last_error = 'https://me:secret@b.example/: no' "
              "WHERE id = 7");
    static const char *const pages[] = {"", "sources", "sources/7"};
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
        assert_int_equal(get(pages[i]), 200);
        assert_true(says("https://b.example/x@y"));
        assert_false(says("secret"));
    }
    assert_int_equal(save("sources/7", "sources/7/rules", "category=A"), 303);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM audit WHERE object = "
                                  "'https://b.example/x@y'"),
                     1);
}

static void a_sources_categories_get_names_of_ours(void **state)
{
    (void)state;
    add_source();
    assert_int_equal(save("sources/7", "sources/7/rules",
                          "theirs.0=Wereld&ours.0=World&theirs.1=Sport"
                          "&ours.1=&theirs.2=City&ours.2=City&category=All"),
                     303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM source_map WHERE source_id = "
                         "7 AND ((slug = 'wereld' AND ours = 'World') OR "
                         "(slug = 'sport' AND ours = ''))"),
        2);
    assert_int_equal(house_number(db, "SELECT count(*) FROM source_map"), 2);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM source WHERE category = "
                         "'All' AND etag = '' AND next_at = 0"),
        1);
    house_run(db, "UPDATE editor SET role = 'writer'");
    assert_int_equal(post("sources/7/rules", "category=Mine"), 403);
    assert_int_equal(post("sources/remove", "id=7"), 403);
    house_run(db, "UPDATE editor SET role = 'editor'");
    assert_int_equal(save("sources/7", "sources/7/rules", "category="), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM source_map"), 0);
    assert_int_equal(post("sources/remove", "id=7"), 303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM source WHERE removed_at > 0"),
        1);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM article WHERE withdrawn_at "
                         "IS NULL"),
        2);
    assert_int_equal(post("sources/remove", "id=7"), 404);
}

#define SETTINGS                                                               \
    "title=Daily&from_address=d@example.org&language=en&timezone=UTC"          \
    "&place.0=2&categories.0=*&most.0=3&place.1=1&categories.1=World,+City"    \
    "&heading.1=Abroad&least.1=2&ranking=recent&max_age=30d&"                  \
    "template=default"

static void
the_form_for_ones_own_site_speaks_the_newsletters_language(void **state)
{
    (void)state;
    house_run(
        db, "UPDATE newsletter SET language = 'de', theme = 'accent=#aa0000'");
    assert_int_equal(get("newsletters/weekly"), 200);
    assert_true(says("lang=\"de\" dir=\"ltr\""));
    assert_true(says("Abonnieren: Weekly"));
    assert_true(says("background:#aa0000;color:#ffffff"));
    house_run(db, "UPDATE newsletter SET language = 'ar'");
    assert_int_equal(get("newsletters/weekly"), 200);
    assert_true(says("lang=\"ar\" dir=\"rtl\""));
}

static void a_newsletter_is_made_changed_scheduled_and_deleted(void **state)
{
    (void)state;
    assert_int_equal(post("new-newsletter", "slug=daily&" SETTINGS), 303);
    assert_int_equal(post("new-newsletter", "slug=daily&" SETTINGS), 409);
    assert_int_equal(save("newsletters/daily", "newsletters/daily",
                          SETTINGS "&per_author=2"),
                     303);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM newsletter WHERE title = "
                         "'Daily'"),
        1);
    assert_int_equal(save("newsletters/daily", "newsletters/daily",
                          SETTINGS "&theme.accent=x"),
                     422);
    assert_true(says("name=\"theme.accent\"") && says("value=\"x\""));
    assert_true(says("id=\"look\" class=\"amiss\""));
    assert_int_equal(save("newsletters/daily", "newsletters/daily",
                          SETTINGS "&categories.2=x&most.2=many"),
                     422);
    assert_true(says("value=\"many\"") &&
                says("id=\"sections\" class=\"amiss\""));
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM section s JOIN "
                         "newsletter n ON n.id = newsletter_id WHERE slug = "
                         "'daily' AND ((s.position = 0 AND s.title = "
                         "'Abroad' AND at_least = 2) OR (s.position = 1 AND "
                         "at_most = 3))"),
        2);
    assert_int_equal(save("newsletters/daily", "newsletters/daily/schedule",
                          "every=friday+07:00&policy=auto&lead=12h&grace=6h"),
                     303);
    assert_int_equal(save("newsletters/daily", "newsletters/daily/schedule",
                          "every=someday&policy=object&object=2h&lead=12h"
                          "&grace=6h&editors=a@example.org"),
                     422);
    assert_true(says("value=\"someday\"") && says("a@example.org</textarea>"));
    assert_true(says("<option value=\"object\" selected>"));
    assert_true(says("id=\"schedule\" class=\"amiss\""));
    assert_true(says("value=\"Daily\""));
    assert_int_equal(post("newsletters/daily/delete", ""), 303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM newsletter"), 1);
    assert_int_equal(post("newsletters/weekly/delete", ""), 409);
    assert_int_equal(house_number(db, "SELECT count(*) FROM newsletter"), 1);
}

static void a_new_password_takes_the_old_one_and_ends_sessions(void **state)
{
    (void)state;
    assert_int_equal(post("account/password", "old=x&new=battery+horse+one"),
                     403);
    assert_int_equal(
        post("account/password", "old=correct+horse+battery&new=short"), 422);
    assert_int_equal(house_number(db, "SELECT count(*) FROM session"), 1);
    assert_int_equal(post("account/password", "old=correct+horse+battery"
                                              "&new=battery+horse+one"),
                     303);
    assert_int_equal(house_number(db, "SELECT count(*) FROM session"), 0);
    assert_int_equal(get("issues"), 303);
    assert_int_equal(get("sign-in?changed=1"), 200);
    assert_true(says("Your password is changed"));
}

/* ---- two editors at one form ---- */

static void the_second_to_save_is_told_at_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *page, *action;
        const char *first, *second; /* what the two editors type */
        const char *typed;          /* what stands there of the second */
        const char *kept;           /* 1 while the first one's stands */
    } forms[] = {
        {"readers/1", "readers/1/edit", "email=kim@example.org&name=First",
         "email=kim@example.org&name=Second", "value=\"Second\"",
         "SELECT count(*) FROM subscriber WHERE name = 'First'"},
        {"readers/1", "readers/1/choose", "newsletter=weekly&category.1=World",
         "newsletter=weekly&category.1=Science", NULL,
         "SELECT count(*) FROM subscription WHERE categories = 'World'"},
        {"articles/1", "articles/1/edit", "title=First", "title=Second",
         "value=\"Second\"",
         "SELECT count(*) FROM article WHERE title = 'First'"},
        {"sources/7", "sources/7/rules",
         "theirs.0=World&ours.0=First&category=",
         "theirs.0=World&ours.0=Second&category=", "value=\"Second\"",
         "SELECT count(*) FROM source_map WHERE ours = 'First'"},
        {"newsletters/weekly", "newsletters/weekly",
         SETTINGS "&from_name=First",
         SETTINGS "&from_name=Second&ranking=views", "value=\"Second\"",
         "SELECT count(*) FROM newsletter WHERE from_name = 'First'"},
        {"newsletters/weekly", "newsletters/weekly/schedule",
         "every=friday+07:00&policy=auto&lead=12h&grace=6h",
         "every=monday+08:00&policy=auto&lead=12h&grace=6h",
         "value=\"monday 08:00\"",
         "SELECT count(*) FROM schedule WHERE every = 'friday 07:00'"},
    };
    add_source();
    house_run(db, "UPDATE subscriber SET name = ''");
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        const char *stamp = stamp_of(forms[i].page, forms[i].action);
        assert_int_equal(
            post(forms[i].action,
                 arena_format(&arena, "stamp=%s&%s", stamp, forms[i].first)),
            303);
        assert_int_equal(house_number(db, forms[i].kept), 1);
        const char *late =
            arena_format(&arena, "stamp=%s&%s", stamp, forms[i].second);
        assert_int_equal(post(forms[i].action, late), 409);
        assert_true(!forms[i].typed || says(forms[i].typed));
        assert_true(says("changed") && says("since you opened"));
        assert_int_equal(house_number(db, forms[i].kept), 1);
        assert_int_equal(post(forms[i].action, forms[i].second), 409);
        assert_int_equal(save(forms[i].page, forms[i].action, forms[i].second),
                         303);
        assert_int_equal(house_number(db, forms[i].kept), 0);
    }
}

/* ---- posts of one turn share a transaction ---- */

static void what_fails_is_undone_alone(void **state)
{
    (void)state;
    OWNED(tx_end) struct tx turn = TX_INIT;
    house_run(db, "CREATE TEMP TRIGGER fails BEFORE INSERT ON audit WHEN "
                  "NEW.action = 'unsubscribed a reader' "
                  "BEGIN SELECT RAISE(ABORT, 'no'); END");
    must(tx_begin(&turn, db, TX_DURABLE, &err));
    assert_int_equal(edit("act=pin&id=1"), 303);
    assert_true(post("readers/1/leave", "") >= 400);
    assert_int_equal(edit("act=pin&id=2"), 303);
    must(tx_commit(&turn, &err));
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM subscription WHERE state = "
                         "'active'"),
        1);
    assert_int_equal(house_number(db, "SELECT count(*) FROM issue_choice"), 2);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM session WHERE said = 'Saved.'"),
        1);
}

/* ---- the worker ---- */

struct own_worker {
    char *path;
    struct conf conf;
    struct db *db;
    struct worker *worker;
};

static void own_worker_begin(struct own_worker *own)
{
    *own = (struct own_worker){.path = house_folder()};
    own->conf.folder = own->path;
    own->conf.database_path = arena_format(&arena, "%s/digest.db", own->path);
    own->db = house_db_at(own->conf.database_path);
    own->worker = worker_new(&own->conf, keys);
}

static void own_worker_end(struct own_worker *own)
{
    worker_free(own->worker);
    db_close(own->db);
    house_folder_release(&own->path);
}

static bool say(struct work_run *run, void *argument, struct err *why)
{
    strbuf_add_text(&run->said, argument);
    return strcmp(argument, "Fail.") != 0 ||
           err_set(why, ERR_INPUT, "it was none");
}

static int64_t have_done(struct own_worker *own, const char *who,
                         const char *text)
{
    int64_t id = 0;
    struct desk_work work = {.title = "Work",
                             .back = "",
                             .who = who,
                             .action = "worked on",
                             .object = text,
                             .note = "a note",
                             .client = "192.0.2.1",
                             .run = say,
                             .free = free,
                             .argument = mem_copy(text)};
    struct err why = {0};
    return worker_add(own->worker, &work, &id, &why) ? id : 0;
}

static struct work_status wait_for(struct own_worker *own, const char *who,
                                   int64_t id)
{
    struct work_status status = {0};
    while (status.state < WORK_DONE)
        must(worker_get(own->worker, id, who, &arena, &status, &err));
    return status;
}

static int64_t trail(struct own_worker *own, const char *object,
                     const char *note)
{
    int64_t count = -1;
    struct stmt *row = db_stmt(own->db, "SELECT count(*) FROM audit WHERE "
                                        "action = 'worked on' AND object = ?1 "
                                        "AND note = ?2");
    stmt_bind_text(row, 1, object);
    stmt_bind_text(row, 2, note);
    must(stmt_one_int(row, &count, &err));
    return count;
}

static void work_is_told_of_to_whoever_had_it_done(void **state)
{
    (void)state;
    struct own_worker own;
    struct work_status status;
    struct err why = {0};
    own_worker_begin(&own);
    int64_t id = have_done(&own, "ada", "Done it.");
    assert_string_equal(wait_for(&own, "ada", id).text, "Done it.");
    assert_false(worker_get(own.worker, id, "eve", &arena, &status, &why));
    assert_int_equal(why.kind, ERR_NOT_FOUND);
    own_worker_end(&own);
}

/* Not before, and not what was only tried. */
static void the_activity_log_says_what_became_of_a_work(void **state)
{
    (void)state;
    struct own_worker own;
    own_worker_begin(&own);
    int64_t good = have_done(&own, "ada", "Done it.");
    int64_t bad = have_done(&own, "ada", "Fail.");
    wait_for(&own, "ada", good);
    assert_int_equal(wait_for(&own, "ada", bad).state, WORK_FAILED);
    assert_int_equal(trail(&own, "Done it.", "a note"), 1);
    assert_int_equal(trail(&own, "Fail.", "a note, which failed: it was none"),
                     1);
    own_worker_end(&own);
}

static void no_work_is_begun_that_was_not_kept(void **state)
{
    (void)state;
    struct own_worker own;
    own_worker_begin(&own);
    worker_hold(own.worker);
    assert_true(have_done(&own, "ada", "Undone.") > 0);
    worker_release(own.worker, false);
    worker_hold(own.worker);
    int64_t id = have_done(&own, "ada", "Kept.");
    worker_release(own.worker, true);
    assert_string_equal(wait_for(&own, "ada", id).text, "Kept.");
    assert_int_equal(trail(&own, "Undone.", "a note"), 0);
    assert_int_equal(trail(&own, "Kept.", "a note"), 1);
    own_worker_end(&own);
}

static void one_editor_leaves_room_for_the_others(void **state)
{
    (void)state;
    struct own_worker own;
    own_worker_begin(&own);
    worker_hold(own.worker);
    for (int i = 0; i < 5; i++)
        assert_true(have_done(&own, "ada", "Done it.") > 0);
    assert_int_equal(have_done(&own, "ada", "Done it."), 0);
    assert_true(have_done(&own, "eve", "Done it.") > 0);
    worker_release(own.worker, false);
    own_worker_end(&own);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_act_on_a_story_is_done_and_on_record),
        CASE(texts_are_kept_and_the_second_to_save_is_told),
        CASE(why_is_told_of_an_issue_in_each_state),
        CASE(a_field_has_a_longest_length),
        CASE(an_unknown_act_changes_nothing),
        CASE(an_issue_is_paused_resumed_and_only_then),
        CASE(a_relay_at_fault_is_told_of_with_the_next_try),
        CASE(an_issue_is_scheduled_approved_and_cancelled_by_editors),
        CASE(an_issue_is_unscheduled_deleted_and_restored_by_editors),
        CASE(what_was_changed_since_is_not_sent_unseen),
        CASE(an_editor_uploads_a_picture),
        CASE(a_picture_that_is_none_is_refused_where_it_was_chosen),
        CASE(an_article_is_corrected_and_the_correction_taken_back),
        CASE(a_correction_has_a_draft_of_its_own),
        CASE(a_writer_changes_nothing_that_was_approved),
        CASE(each_button_carries_the_texts_along),
        CASE(texts_are_saved_while_they_are_typed),
        CASE(what_was_typed_stays_where_it_came_too_late),
        CASE(a_reader_is_added_changed_and_leaves),
        CASE(what_a_reader_gets_is_chosen_for_them),
        CASE(a_reader_leaves_all_and_comes_onto_another),
        CASE(who_is_suppressed_is_added_nowhere_until_it_is_lifted),
        CASE(readers_are_found_by_the_words_of_their_names),
        CASE(who_complained_is_not_put_back),
        CASE(a_source_shows_what_was_found_there),
        CASE(a_sources_categories_get_names_of_ours),
        CASE(a_mail_aside_is_put_away_with_or_without_its_reader),
        CASE(the_form_for_ones_own_site_speaks_the_newsletters_language),
        CASE(a_newsletter_is_made_changed_scheduled_and_deleted),
        CASE(the_second_to_save_is_told_at_every_form),
        CASE(a_new_password_takes_the_old_one_and_ends_sessions),
        CASE(what_fails_is_undone_alone),
        CASE(work_is_told_of_to_whoever_had_it_done),
        CASE(the_activity_log_says_what_became_of_a_work),
        CASE(no_work_is_begun_that_was_not_kept),
        CASE(one_editor_leaves_room_for_the_others),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
