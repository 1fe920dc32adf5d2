/* An issue as a reader gets it, for the frame beside it. */
#include "digest/base/mem.h"
#include "digest/delivery/conductor.h"
#include "digest/issues/choices.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/preview.h"

/* A mail's own styles stand in the mail; it runs nothing and leads nowhere
 * but to a new window. */
static const char html_policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: "
    "data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox";

/* Shows on any screen what only a dark one shows: the media query is met
 * always. */
static void add_dark(struct strbuf *out, struct str html)
{
    static const struct str query = {"(prefers-color-scheme: dark)", 28};
    static const struct str tight = {"(prefers-color-scheme:dark)", 27};
    while (html.len) {
        size_t a = str_find_str(html, query), b = str_find_str(html, tight);
        size_t at = a < b ? a : b;
        strbuf_add_str(out, (struct str){html.ptr, at});
        if (at == html.len)
            return;
        strbuf_add_text(out, "all");
        html = str_from(html, at + (a < b ? query.len : tight.len));
    }
}

bool preview_send(struct visit *visit, const struct strbuf *html)
{
    struct response *response = visit->response;
    response_header(response, "Content-Type", "text/html; charset=utf-8");
    response_header(response, "Content-Security-Policy", html_policy);
    if (*visit_query(visit, "dark") || *visit_field(visit, "dark"))
        add_dark(&response->body, strbuf_str(html));
    else
        strbuf_add_str(&response->body, strbuf_str(html));
    return true;
}

static bool send_plain(struct visit *visit, const struct strbuf *text)
{
    response_header(visit->response, "Content-Type",
                    "text/plain; charset=utf-8");
    response_header(visit->response, "Content-Security-Policy", html_policy);
    strbuf_add_str(&visit->response->body, strbuf_str(text));
    return true;
}

/* Renders an issue with what is typed; as the transaction is rolled back, none
 * of it stays. */
static bool render_typed(struct visit *visit, const struct issue *issue,
                         struct strbuf *html, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    OWNED(choices_end) struct choices edit = {0};
    struct conductor conductor = web_conductor(visit->web);
    struct issue typed;
    return tx_begin(&tx, visit->db, TX_NORMAL, err) &&
           choices_begin(&edit, visit->db, issue->id, 0, visit->arena, err) &&
           choices_set_subject(&edit, visit_field(visit, "subject"), err) &&
           choices_set_preheader(&edit, visit_field(visit, "preheader"), err) &&
           choices_set_intro(&edit, visit_field(visit, "intro"), err) &&
           choices_commit(&edit, err) &&
           issue_get_by_id(visit->db, issue->id, visit->arena, &typed, err) &&
           conductor_show(&conductor, &typed, SHOW_HTML, NULL, html, err);
}

static enum show_as read_kind(const struct visit *visit)
{
    const char *as = visit_query(visit, "as");
    return strcmp(as, "text") == 0  ? SHOW_TEXT
           : strcmp(as, "eml") == 0 ? SHOW_EML
                                    : SHOW_HTML;
}

bool preview_refuse(struct visit *visit, const struct err *why, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    *err = *why;
    strbuf_add_format(&text, "%s\n", why->text);
    visit->response->status = why->kind == ERR_NOT_FOUND ? 404 : 422;
    return (why->kind == ERR_NOT_FOUND || why->kind == ERR_INPUT ||
            why->kind == ERR_USAGE || why->kind == ERR_CONFLICT) &&
           send_plain(visit, &text);
}

bool issue_preview(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct issue issue;
    struct err why = {0};
    struct newsletter n;
    struct conductor conductor = web_conductor(visit->web);
    const char *email = visit_query(visit, "for");
    if (*email && !visit_may(visit, ROLE_EDITOR))
        return err_set(err, ERR_PERMISSION,
                       "one reader's copy takes an account as editor");
    enum show_as as = read_kind(visit);
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    if (!conductor_show(&conductor, &issue, as, *email ? email : NULL, &out,
                        &why))
        return preview_refuse(visit, &why, err);
    return as == SHOW_HTML ? preview_send(visit, &out)
                           : send_plain(visit, &out);
}

bool issue_look_post(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    struct issue issue;
    struct err why = {0};
    struct newsletter n;
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    return render_typed(visit, &issue, &html, &why)
               ? preview_send(visit, &html)
               : preview_refuse(visit, &why, err);
}
