/* Serves the pages to leave, to confirm and to read in the browser. */
#include "digest/web/reader_pages.h"

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/web/form.h"
#include "digest/web/page.h"
#include "digest/web/reader.h"
#include "digest/web/signup_pages.h"
#include "subscribers/consent/preferences.h"

static bool is_absent(bool found, struct err *err)
{
    return !found && err->kind == ERR_NOT_FOUND;
}

static bool has_left(const struct reader *reader)
{
    int64_t newsletter_id = reader->token.newsletter_id;
    for (size_t i = 0; i < reader->subscriber.subscription_count; i++) {
        const struct subscription *s = &reader->subscriber.subscriptions[i];
        if (newsletter_id && s->newsletter_id != newsletter_id)
            continue;
        if (s->state == SUBSCRIPTION_ACTIVE || s->state == SUBSCRIPTION_PENDING)
            return false;
    }
    return true;
}

static bool has_others(const struct reader *reader)
{
    for (size_t i = 0; i < reader->subscriber.subscription_count; i++) {
        const struct subscription *s = &reader->subscriber.subscriptions[i];
        if (s->state == SUBSCRIPTION_ACTIVE && reader->token.newsletter_id &&
            s->newsletter_id != reader->token.newsletter_id)
            return true;
    }
    return false;
}

/* Ways on from where something is done: past issues, and what else they get.
 */
static struct page *done_page(const struct web *web,
                              const struct request *request,
                              const struct reader *reader)
{
    struct arena *arena = request->arena;
    struct page *page = reader_page(web, request, reader);
    const char *slug = reader->newsletter.id ? reader->newsletter.slug : "";
    if (web->archive)
        value_set_text(
            page->data, "archive_path",
            arena_format(arena, "archive/%s%s", slug, *slug ? "/" : ""));
    if (reader->subscriber.id) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        struct token token = reader->token;
        if (token.purpose == TOKEN_CONFIRM)
            token.issue_id = 0; /* a time stands there */
        token.purpose = TOKEN_PREFERENCES;
        token_write(web->keys, &token, &text);
        value_set_str(page->data, "preferences", strbuf_str(&text));
    }
    return page;
}

/* ---- leaving ---- */

static bool show_left(struct web *web, struct request *request,
                      const struct reader *reader, struct response *response,
                      struct err *err)
{
    struct page *page = done_page(web, request, reader);
    bool may_return = false;
    if (reader->subscriber.id && reader->newsletter.id &&
        !consent_may_return(web->db, reader->subscriber.id,
                            reader->newsletter.id, clock_now(), &may_return,
                            err))
        return false;
    value_set_bool(page->data, "may_return", may_return);
    return page_show(web, request, "unsubscribed", page, response, 200, err);
}

bool reader_page_unsubscribe(struct web *web, struct request *request,
                             struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    if (!reader_find(web, request, TOKEN_UNSUBSCRIBE, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    if (has_left(&reader))
        return show_left(web, request, &reader, response, err);
    struct page *page = reader_page(web, request, &reader);
    value_set_bool(page->data, "has_others", has_others(&reader));
    return page_show(web, request, "unsubscribe", page, response, 200, err);
}

/* Unsubscribes from the link's newsletter, or from everything where that was
 * asked. */
static bool unsubscribe(struct web *web, const struct request *request,
                        const struct reader *reader, int64_t newsletter_id,
                        const char *means, struct err *err)
{
    struct consent_origin origin = reader_origin(request, reader, means);
    enum consent_result result;
    if (!reader->subscriber.id)
        return true;
    bool good = consent_unsubscribe(web->db, reader->subscriber.id,
                                    newsletter_id, &origin, &result, err);
    return good || is_absent(good, err);
}

static bool come_back(struct web *web, struct request *request,
                      const struct reader *reader, struct response *response,
                      struct err *err)
{
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    enum consent_result result = CONSENT_REFUSED;
    if (reader->subscriber.id && reader->newsletter.id &&
        !consent_return(web->db, reader->subscriber.id, reader->newsletter.id,
                        &origin, &result, err))
        return false;
    if (result == CONSENT_REFUSED)
        return show_left(web, request, reader, response, err);
    return page_show(web, request, "returned", done_page(web, request, reader),
                     response, 200, err);
}

static bool say_why(struct web *web, struct request *request,
                    const struct reader *reader, const struct form *form,
                    struct response *response, struct err *err)
{
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    if (reader->subscriber.id && reader->newsletter.id &&
        !preferences_say_why(web->db, reader->subscriber.id,
                             reader->newsletter.id, form_get(form, "why"),
                             &origin, err))
        return false;
    return page_show(web, request, "thanked", done_page(web, request, reader),
                     response, 200, err);
}

bool reader_page_unsubscribe_post(struct web *web, struct request *request,
                                  struct response *response, struct err *err)
{
    struct reader reader;
    struct form *form = ARENA_NEW(request->arena, struct form);
    bool known;
    if (!reader_find(web, request, TOKEN_UNSUBSCRIBE, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    form_parse(request->content_type, request->body, request->arena, form);
    struct str action = form_get(form, "action");
    if (str_equal(action, STR("return")))
        return come_back(web, request, &reader, response, err);
    if (str_equal(action, STR("why")))
        return say_why(web, request, &reader, form, response, err);
    /* Some end the body with a line's end. */
    bool one_click = str_equal_nocase(
        str_trim(form_get(form, "List-Unsubscribe")), STR("One-Click"));
    bool all = str_equal(action, STR("all"));
    /* A program that sends anything else here has asked for nothing. */
    if (!one_click && !all && !str_equal(action, STR("unsubscribe")))
        return reader_page_unsubscribe(web, request, response, err);
    if (all)
        reader.newsletter.id = 0;
    if (!unsubscribe(web, request, &reader,
                     all ? 0 : reader.token.newsletter_id,
                     one_click ? MEANS_ONE_CLICK : MEANS_PAGE, err))
        return false;
    if (!one_click)
        return show_left(web, request, &reader, response, err);
    response_text(response, 200, "Unsubscribed.\n");
    return true;
}

/* ---- confirming ---- */

static bool show_confirmed(struct web *web, struct request *request,
                           const struct reader *reader,
                           enum consent_result result,
                           struct response *response, struct err *err)
{
    bool is_refused = result == CONSENT_REFUSED;
    struct page *page = is_refused ? reader_page(web, request, reader)
                                   : done_page(web, request, reader);
    value_set_bool(page->data, "already", result == CONSENT_ALREADY);
    value_set_text(page->data, "slug", reader->newsletter.slug);
    return page_show(web, request, is_refused ? "expired" : "confirmed", page,
                     response, 200, err);
}

/* The link's time stands in the place of an issue: there is none. */
static struct consent_origin confirming_origin(const struct request *request,
                                               const struct reader *reader)
{
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    origin.issue_id = 0;
    return origin;
}

/* The link of a confirmation names one newsletter. */
static bool find_asker(struct web *web, const struct request *request,
                       struct reader *out, bool *known, struct err *err)
{
    if (!reader_find(web, request, TOKEN_CONFIRM, out, known, err))
        return false;
    *known = *known && out->newsletter.id;
    return true;
}

bool reader_page_confirm(struct web *web, struct request *request,
                         struct response *response, struct err *err)
{
    struct reader reader;
    enum consent_result result = CONSENT_REFUSED;
    bool known;
    if (!find_asker(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    struct consent_origin origin = confirming_origin(request, &reader);
    if (reader.subscriber.id &&
        !consent_may_confirm(web->db, reader.subscriber.id,
                             reader.newsletter.id, reader.token.issue_id,
                             &origin, &result, err))
        return false;
    if (result != CONSENT_DONE)
        return show_confirmed(web, request, &reader, result, response, err);
    return page_show(web, request, "confirm",
                     reader_page(web, request, &reader), response, 200, err);
}

bool reader_page_confirm_post(struct web *web, struct request *request,
                              struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    enum consent_result result = CONSENT_REFUSED;
    if (!find_asker(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    struct consent_origin origin = confirming_origin(request, &reader);
    if (reader.subscriber.id &&
        !consent_confirm(web->db, reader.subscriber.id, reader.newsletter.id,
                         reader.token.issue_id, &origin, &result, err))
        return false;
    return show_confirmed(web, request, &reader, result, response, err);
}

/* ---- reading ---- */

bool reader_page_view(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct token token;
    if (!web->view.public_html ||
        !token_read(web->keys, request->capture, &token) ||
        token.purpose != TOKEN_VIEW)
        return signup_page_wrong_link(web, request, response, err);
    bool found =
        web->view.public_html(web->view.context, token.issue_id,
                              token.subscriber_key, &response->body, err);
    if (is_absent(found, err)) {
        strbuf_cut(&response->body, 0);
        return page_not_found(web, request, response, err);
    }
    /* A mail carries its styles inline, and images from anywhere. */
    response_header(response, "Content-Type", "text/html; charset=utf-8");
    response_header(response, "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; "
                    "img-src https: http: data:; base-uri 'none'; "
                    "form-action 'none'; frame-ancestors 'none'");
    return found;
}
