/* Routes the desk's requests, checked for session, origin and role. */
#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/web/desk/cookie.h"
#include "digest/web/desk/desk.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/kept.h"
#include "digest/web/desk/pages.h"
#include "digest/web/page.h"

enum { UPLOAD_MAX = 16 << 20, FORM_MAX = 64 << 10, FIELD_MAX = 2500 };

/* Bytes of those fields that may be longer. What is kept is shown, rendered
 * and checked again and again. */
static const struct {
    const char *name;
    size_t most;
} long_fields[] = {
    {"list", UPLOAD_MAX},    {"text", 200000},
    {"intro", 20000},        {"summary", 20000},
    {"note", 20000},         {"excluded", 20000},
    {"except", 20000},       {"text.introduction", 20000},
    {"editors", 20000},      {"categories", 20000},
    {"picture", UPLOAD_MAX},
};

/* Below /desk; a * stands for one path segment, not empty. Nobody needs a
 * session for a route that is open. */
struct route {
    enum request_method method;
    const char *pattern;
    enum editor_role role;
    visit_handler *handle;
    bool is_open;
};

static const struct route routes[] = {
    {METHOD_GET, "", ROLE_WRITER, today_page, false},
    {METHOD_GET, "sign-in", ROLE_WRITER, sign_in_page, true},
    {METHOD_POST, "sign-in", ROLE_WRITER, sign_in_post, true},
    {METHOD_POST, "sign-out", ROLE_WRITER, sign_out_post, false},
    {METHOD_GET, "desk.css", ROLE_WRITER, style_sheet_file, true},
    {METHOD_GET, "desk.js", ROLE_WRITER, script_file, true},
    {METHOD_GET, "account", ROLE_WRITER, account_page, false},
    {METHOD_POST, "account/password", ROLE_WRITER, account_password_post,
     false},
    {METHOD_POST, "account/sessions", ROLE_WRITER, account_end_post, false},
    {METHOD_GET, "trail", ROLE_OWNER, activity_log_page, false},
    {METHOD_GET, "issues", ROLE_WRITER, issues_page, false},
    {METHOD_POST, "issues/draft", ROLE_WRITER, issues_draft_post, false},
    {METHOD_GET, "issues/*/*", ROLE_WRITER, issue_page, false},
    {METHOD_POST, "issues/*/*/edit", ROLE_WRITER, issue_edit_post, false},
    {METHOD_GET, "issues/*/*/preview", ROLE_WRITER, issue_preview, false},
    {METHOD_GET, "issues/*/*/why", ROLE_WRITER, issue_why, false},
    {METHOD_POST, "issues/*/*/look", ROLE_WRITER, issue_look_post, false},
    {METHOD_GET, "issues/*/*/missed", ROLE_EDITOR, issue_missed, false},
    {METHOD_POST, "issues/*/*/retry", ROLE_EDITOR, issue_retry_post, false},
    {METHOD_GET, "issues/*/*/events", ROLE_WRITER, issue_events, false},
    {METHOD_POST, "issues/*/*/test", ROLE_WRITER, issue_test_post, false},
    {METHOD_POST, "issues/*/*/schedule", ROLE_EDITOR, issue_schedule_post,
     false},
    {METHOD_POST, "issues/*/*/approve", ROLE_EDITOR, issue_approve_post, false},
    {METHOD_POST, "issues/*/*/unschedule", ROLE_EDITOR, issue_unschedule_post,
     false},
    {METHOD_POST, "issues/*/*/restore", ROLE_EDITOR, issue_restore_post, false},
    {METHOD_POST, "issues/*/*/pause", ROLE_EDITOR, issue_pause_post, false},
    {METHOD_POST, "issues/*/*/resume", ROLE_EDITOR, issue_resume_post, false},
    {METHOD_POST, "issues/*/*/cancel", ROLE_EDITOR, issue_cancel_post, false},
    {METHOD_GET, "readers", ROLE_EDITOR, readers_page, false},
    {METHOD_POST, "readers/add", ROLE_EDITOR, readers_add_post, false},
    {METHOD_GET, "readers/import", ROLE_EDITOR, readers_import_page, false},
    {METHOD_POST, "readers/import", ROLE_EDITOR, readers_import_post, false},
    {METHOD_GET, "readers/import/*", ROLE_EDITOR, readers_import_list_page,
     false},
    {METHOD_POST, "readers/import/*/check", ROLE_EDITOR,
     readers_import_check_post, false},
    {METHOD_POST, "readers/import/*/enter", ROLE_EDITOR,
     readers_import_enter_post, false},
    {METHOD_POST, "readers/import/*/discard", ROLE_EDITOR,
     readers_import_discard_post, false},
    {METHOD_GET, "readers/import/*/rejects", ROLE_EDITOR,
     readers_import_rejects_file, false},
    {METHOD_POST, "readers/export", ROLE_EDITOR, readers_export_post, false},
    {METHOD_GET, "readers/aside", ROLE_EDITOR, unmatched_list_page, false},
    {METHOD_GET, "readers/aside/*", ROLE_EDITOR, unmatched_page, false},
    {METHOD_POST, "readers/aside/*", ROLE_EDITOR, unmatched_decide_post, false},
    {METHOD_GET, "readers/*", ROLE_EDITOR, person_page, false},
    {METHOD_POST, "readers/*/edit", ROLE_EDITOR, person_edit_post, false},
    {METHOD_POST, "readers/*/add", ROLE_EDITOR, person_add_post, false},
    {METHOD_POST, "readers/*/choose", ROLE_EDITOR, person_choose_post, false},
    {METHOD_POST, "readers/*/suppress", ROLE_EDITOR, person_suppress_post,
     false},
    {METHOD_POST, "readers/*/lift", ROLE_OWNER, person_lift_post, false},
    {METHOD_POST, "readers/*/leave", ROLE_EDITOR, person_leave_post, false},
    {METHOD_POST, "readers/*/forget", ROLE_OWNER, person_forget_post, false},
    {METHOD_GET, "newsletters", ROLE_WRITER, newsletters_page, false},
    {METHOD_GET, "new-newsletter", ROLE_OWNER, newsletter_new_page, false},
    {METHOD_POST, "new-newsletter", ROLE_OWNER, newsletter_new_post, false},
    {METHOD_GET, "newsletters/*", ROLE_EDITOR, newsletter_page, false},
    {METHOD_POST, "newsletters/*", ROLE_EDITOR, newsletter_edit_post, false},
    {METHOD_POST, "newsletters/*/look", ROLE_EDITOR, newsletter_look_post,
     false},
    {METHOD_POST, "newsletters/*/schedule", ROLE_EDITOR,
     newsletter_schedule_post, false},
    {METHOD_GET, "newsletters/*/texts", ROLE_EDITOR, texts_page, false},
    {METHOD_POST, "newsletters/*/texts", ROLE_EDITOR, texts_post, false},
    {METHOD_GET, "newsletters/*/blocks", ROLE_EDITOR, blocks_page, false},
    {METHOD_POST, "newsletters/*/blocks", ROLE_EDITOR, blocks_add_post, false},
    {METHOD_GET, "newsletters/*/blocks/*", ROLE_EDITOR, block_page, false},
    {METHOD_POST, "newsletters/*/blocks/*", ROLE_EDITOR, block_edit_post,
     false},
    {METHOD_POST, "newsletters/*/blocks/*/remove", ROLE_EDITOR,
     block_remove_post, false},
    {METHOD_POST, "newsletters/*/delete", ROLE_OWNER, newsletter_delete_post,
     false},
    {METHOD_GET, "sources", ROLE_WRITER, sources_page, false},
    {METHOD_GET, "sources/*", ROLE_WRITER, source_page, false},
    {METHOD_POST, "sources/*/rules", ROLE_EDITOR, source_rules_post, false},
    {METHOD_POST, "sources/*/fetch", ROLE_WRITER, source_fetch_post, false},
    {METHOD_POST, "sources/add", ROLE_EDITOR, sources_add_post, false},
    {METHOD_POST, "sources/fetch", ROLE_WRITER, sources_fetch_post, false},
    {METHOD_POST, "sources/remove", ROLE_EDITOR, sources_remove_post, false},
    {METHOD_GET, "articles", ROLE_WRITER, articles_page, false},
    {METHOD_POST, "articles/paste", ROLE_WRITER, articles_paste_post, false},
    {METHOD_GET, "articles/*", ROLE_WRITER, article_page, false},
    {METHOD_POST, "articles/*/edit", ROLE_WRITER, article_edit_post, false},
    {METHOD_POST, "articles/*/picture", ROLE_WRITER, article_picture_post,
     false},
    {METHOD_POST, "articles/*/remove", ROLE_WRITER, article_remove_post, false},
    {METHOD_POST, "articles/*/withdraw", ROLE_EDITOR, article_withdraw_post,
     false},
    {METHOD_POST, "articles/*/correct", ROLE_EDITOR, article_correct_post,
     false},
    {METHOD_POST, "articles/*/uncorrect", ROLE_EDITOR, article_uncorrect_post,
     false},
    {METHOD_POST, "articles/*/restore", ROLE_WRITER, article_restore_post,
     false},
    {METHOD_GET, "figures", ROLE_WRITER, figures_page, false},
    {METHOD_GET, "work/*", ROLE_WRITER, work_page, false},
    {METHOD_GET, "work/*/file", ROLE_EDITOR, work_file, false},
};

static const struct {
    const char *name, *value;
} headers[] = {
    {"Referrer-Policy", "same-origin"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; "
     "img-src 'self' https: data:; frame-src 'self'; connect-src 'self'; "
     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
};

bool desk_takes(const struct request *request)
{
    return str_equal(request->path, STR("/desk")) ||
           str_starts(request->path, STR("/desk/"));
}

/* ---- routes ---- */

static bool match_segments(struct visit *visit, struct str pattern,
                           struct str path)
{
    size_t captured = 0;
    while (pattern.len && path.len) {
        struct str want = str_cut(&pattern, '/'), got = str_cut(&path, '/');
        bool any = str_equal(want, STR("*"));
        if (any ? !got.len : !str_equal(want, got))
            return false;
        if (any && captured < VISIT_CAPTURES_MAX)
            visit->captures[captured++] = arena_copy_str(visit->arena, got);
    }
    return !pattern.len && !path.len;
}

static struct str below_desk(const struct request *request)
{
    struct str path = str_from(request->path, sizeof "/desk" - 1);
    while (str_starts(path, STR("/")))
        path = str_from(path, 1);
    if (str_ends(path, STR("/")))
        path.len--;
    return path;
}

static const struct route *find_route(struct visit *visit, bool *known)
{
    struct str path = below_desk(visit->request);
    *known = false;
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
        if (!match_segments(visit, str_of(routes[i].pattern), path))
            continue;
        *known = true;
        if (routes[i].method == visit->request->method)
            return &routes[i];
    }
    return NULL;
}

/* ---- who is there ---- */

static bool find_session(struct visit *visit, struct err *err)
{
    struct err why = {0};
    struct str token = cookie_read(visit->web, visit->request, COOKIE_SESSION);
    struct session *session = ARENA_NEW(visit->arena, struct session);
    if (!token.len)
        return true;
    if (session_get(visit->db, token, visit->now, visit->arena, session, &why))
        visit->session = session;
    else if (why.kind != ERR_NOT_FOUND) {
        *err = why;
        return false;
    }
    return true;
}

size_t desk_body_max(struct web *web, const struct request *request)
{
    struct err ignored = {0};
    struct session session;
    struct str token = cookie_read(web, request, COOKIE_SESSION);
    return token.len && session_get(web->db, token, clock_now(), request->arena,
                                    &session, &ignored)
               ? UPLOAD_MAX
               : FORM_MAX;
}

/* Back to where they wanted to go, once they have signed in. */
static bool ask_to_sign_in(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf path = STRBUF_INIT;
    strbuf_add_text(&path, "sign-in");
    struct str wanted = below_desk(visit->request);
    if (wanted.len && visit->request->method == METHOD_GET) {
        strbuf_add_text(&path, "?next=");
        url_encode(&path, wanted);
    }
    return visit_go(visit, strbuf_text(&path), NULL, err);
}

/* Browsers that know it say where a request comes from; else the token says
 * that the form went out in this browser's own session. */
static bool is_from_desk(const struct visit *visit)
{
    struct str site = visit->request->fetch_site;
    return site.len
               ? str_equal(site, STR("same-origin"))
               : session_owned(
                     cookie_read(visit->web, visit->request, COOKIE_SESSION),
                     form_get(visit->form, "csrf"), visit->arena);
}

/* Whether a form fits the door: with the form for signing in it has to fit in
 * one request again. */
static bool fits_the_door(const struct visit *visit)
{
    enum { PER_FIELD = 16 };
    return visit->request->body.len + PER_FIELD * visit->form->count +
               KEPT_ROOM <=
           FORM_MAX;
}

/* Answers somebody who isn't signed in; a form that was typed goes along while
 * they sign in. */
static bool meet_nobody(struct visit *visit, const struct route *route,
                        struct err *err)
{
    if (!route || route->method != METHOD_POST || !is_from_desk(visit) ||
        !fits_the_door(visit))
        return ask_to_sign_in(visit, err);
    struct form *kept = kept_of_request(visit);
    return kept->count
               ? sign_in_keeping(
                     visit,
                     arena_copy_str(visit->arena, below_desk(visit->request)),
                     kept, err)
               : ask_to_sign_in(visit, err);
}

/* ---- one request ---- */

static bool fail_forged(struct err *err)
{
    return err_set(err, ERR_PERMISSION,
                   "this form wasn't sent from your desk, or you have signed "
                   "in anew since; nothing was changed. Open the page again, "
                   "and send it from there");
}

/* Browsers that know it say where a request comes from; the form's token
 * says so in any. */
static bool check_origin(const struct visit *visit, const struct route *route,
                         struct err *err)
{
    struct str site = visit->request->fetch_site;
    if (visit->request->method != METHOD_POST)
        return true;
    if (site.len && !str_equal(site, STR("same-origin")))
        return fail_forged(err);
    return route->is_open ||
           session_owns(visit->session, form_get(visit->form, "csrf")) ||
           fail_forged(err);
}

static bool check_role(const struct visit *visit, const struct route *route,
                       struct err *err)
{
    return route->is_open || visit_may(visit, route->role) ||
           err_set(err, ERR_PERMISSION,
                   "this takes an account as %s; yours may not do it",
                   editor_role_name(route->role));
}

static bool check_lengths(const struct visit *visit, struct err *err)
{
    for (size_t i = 0; i < visit->form->count; i++) {
        const struct form_field *field = &visit->form->fields[i];
        size_t most = FIELD_MAX;
        struct str name = kept_name(field->name);
        name = str_cut(&name, '-'); /* "summary-12" */
        for (size_t j = 0; j < ARRAY_SIZE(long_fields); j++)
            if (str_equal(name, str_of(long_fields[j].name)))
                most = long_fields[j].most;
        if (field->value.len > most)
            return err_set(err, ERR_INPUT,
                           "“%.*s” is longer than the %zu bytes that it may "
                           "have; nothing was changed. Go back, and shorten it",
                           (int)(field->name.len < 40 ? field->name.len : 40),
                           field->name.ptr, most);
    }
    return true;
}

/* Handlers that begin their transaction themselves, once what takes long is
 * done: nobody who writes waits for it. */
static visit_handler *const unhurried[] = {article_picture_post};

static bool is_unhurried(const struct route *route)
{
    for (size_t i = 0; i < ARRAY_SIZE(unhurried); i++)
        if (route->handle == unhurried[i])
            return true;
    return false;
}

/* Carries out a handler; a change that failed is undone before it is told. */
static bool carry_out(struct visit *visit, const struct route *route,
                      struct err *why, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (visit->request->method != METHOD_POST || is_unhurried(route))
        return route->handle(visit, why);
    if (!tx_begin(&tx, visit->db, TX_DURABLE, why))
        return false;
    return route->handle(visit, why) &&
           (visit->response->status < 400 ? tx_commit(&tx, err) : true);
}

/* A button of an issue's page carries along what is typed there: that is saved
 * first, whatever becomes of the rest; but for a look at it. */
static bool save_texts(struct visit *visit, const struct route *route,
                       struct err *why, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (route->method != METHOD_POST || route->handle == issue_look_post ||
        !str_starts(str_of(route->pattern), STR("issues/*/*/")))
        return true;
    return tx_begin(&tx, visit->db, TX_DURABLE, why) &&
           issue_texts_save(visit, why) &&
           (visit->response->status < 400 ? tx_commit(&tx, err) : true);
}

/* A form of the desk's own that an earlier session's page sent: its editor has
 * signed in anew since, in another window maybe. */
static bool is_of_earlier_session(const struct visit *visit,
                                  const struct route *route)
{
    return visit->request->method == METHOD_POST && !route->is_open &&
           str_equal(visit->request->fetch_site, STR("same-origin")) &&
           !session_owns(visit->session, form_get(visit->form, "csrf")) &&
           kept_of_request(visit)->count;
}

static bool run_route(struct visit *visit, const struct route *route,
                      struct err *err)
{
    struct err why = {0};
    if (is_of_earlier_session(visit, route))
        return visit_send_again(visit, NULL,
                                "you have signed in anew since this page was "
                                "opened",
                                403, err);
    if (!check_origin(visit, route, &why) || !check_role(visit, route, &why) ||
        !check_lengths(visit, &why))
        return visit_refuse(visit, &why, err);
    if (save_texts(visit, route, &why, err) &&
        (visit->response->status >= 400 || carry_out(visit, route, &why, err)))
        return true;
    /* A form's refusal is told with what was typed in it. */
    bool busy = why.kind == ERR_TEMPORARY &&
                visit->request->method == METHOD_POST && visit->session;
    if (busy && !err->kind)
        *err = why;
    return err->kind ? false : visit_refuse(visit, &why, err);
}

static bool refuse_method(struct visit *visit)
{
    struct str path = below_desk(visit->request);
    bool get = false, post = false;
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
        if (!match_segments(visit, str_of(routes[i].pattern), path))
            continue;
        get = get || routes[i].method == METHOD_GET;
        post = post || routes[i].method == METHOD_POST;
    }
    response_text(visit->response, 405, "This page takes no such request.\n");
    response_header(visit->response, "Allow",
                    get && post ? "GET, HEAD, POST"
                    : get       ? "GET, HEAD"
                                : "POST");
    return true;
}

static bool handle(struct visit *visit, struct err *err)
{
    bool known;
    const struct route *route = find_route(visit, &known);
    if (!find_session(visit, err))
        return false;
    if (!visit->session && !(route && route->is_open))
        return meet_nobody(visit, route, err);
    if (route)
        return run_route(visit, route, err);
    if (known)
        return refuse_method(visit);
    return visit_refuse(
        visit,
        &(struct err){.kind = ERR_NOT_FOUND, .text = "There is no such page."},
        err);
}

static struct visit begin(struct web *web, struct request *request,
                          struct response *response)
{
    struct visit visit = {
        .web = web,
        .request = request,
        .response = response,
        .arena = request->arena,
        .db = web->db,
        .now = clock_now(),
        .form = ARENA_NEW(request->arena, struct form),
        .query = ARENA_NEW(request->arena, struct form),
    };
    for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
        response_header(response, headers[i].name, headers[i].value);
    form_parse(STR("application/x-www-form-urlencoded"), request->query,
               request->arena, visit.query);
    if (request->method == METHOD_POST)
        form_parse(request->content_type, request->body, request->arena,
                   visit.form);
    return visit;
}

bool desk_handle(struct web *web, struct request *request,
                 struct response *response, struct err *err)
{
    struct visit visit = begin(web, request, response);
    return handle(&visit, err);
}

bool desk_fail(struct web *web, struct request *request,
               struct response *response, const struct err *why)
{
    struct visit visit = begin(web, request, response);
    struct err again = {0};
    bool known;
    const struct route *route = find_route(&visit, &known);
    return route && route->method == METHOD_POST &&
           find_session(&visit, &again) && (visit.session || route->is_open) &&
           check_origin(&visit, route, &again) &&
           check_role(&visit, route, &again) &&
           visit_unsaved(&visit, why, &again);
}
