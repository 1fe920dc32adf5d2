/* Serves the forms to sign up and to ask for one's links. */
#include "digest/web/signup_pages.h"

#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/newsletters/newsletter.h"
#include "digest/notices/reader_request.h"
#include "digest/web/form.h"
#include "digest/web/guard.h"
#include "digest/web/limits.h"
#include "digest/web/page.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/address_list.h"

static const char links_form[] = "links";

/* A form as it is shown, with what was typed and what is wrong with it. */
struct signup_page {
    const char *name, *form;
    struct page *page;
};

static void set_typed(struct arena *arena, struct page *page,
                      const struct form *form)
{
    struct str email = form_get(form, "email"), name = form_get(form, "name");
    if (email.len)
        page_set_email(page, arena_copy_str(arena, email));
    if (name.len)
        value_set_str(page->data, "name", name);
}

static bool show(struct web *web, struct request *request,
                 const struct signup_page *shown_page, const char *note,
                 unsigned status, struct response *response, struct err *err)
{
    if (note)
        value_set_bool(shown_page->page->data, note, true);
    if (note && strcmp(note, "disposable") == 0)
        value_set_bool(shown_page->page->data, "wrong", true);
    guard_fill(web, request, shown_page->form, shown_page->page->data);
    return page_show(web, request, shown_page->name, shown_page->page, response,
                     status, err);
}

/* Whether the address may be mailed now; a page is shown for the rest. The
 * key that it compares by goes into *email. */
static bool admit(struct web *web, struct request *request,
                  const struct signup_page *shown_page, const struct form *form,
                  const char *done_page, const char **email, bool *shown,
                  struct response *response, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct err why;
    *shown = true;
    switch (guard_check(web, request, shown_page->form, form)) {
    case GUARD_AGAIN:
        return show(web, request, shown_page, "again", 200, response, err);
    case GUARD_LIMIT:
        return guard_show_limit(web, request, shown_page->page, response, err);
    case GUARD_ROBOT:
        return page_show(web, request, done_page, shown_page->page, response,
                         200, err);
    case GUARD_PASS:
        break;
    }
    if (!address_parse(form_get(form, "email"), &address, &why))
        return show(web, request, shown_page, "wrong", 422, response, err);
    *email = arena_copy_str(request->arena, strbuf_str(&address.email));
    page_set_address(shown_page->page, request->arena, &address);
    if (shown_page->form != links_form && web->disposables &&
        address_list_has_domain(web->disposables,
                                address_domain(strbuf_str(&address.email))))
        return show(web, request, shown_page, "disposable", 422, response, err);
    if (!limits_take_mail(web->limits, &address))
        return page_show(web, request, done_page, shown_page->page, response,
                         200, err);
    *shown = false;
    return true;
}

/* ---- signing up ---- */

/* shown_page->page stays NULL where there is nothing to sign up to. */
static bool find_newsletter(struct web *web, struct request *request,
                            struct newsletter *n,
                            struct signup_page *shown_page, struct err *err)
{
    struct arena *arena = request->arena;
    const char *slug = arena_copy_str(arena, request->capture);
    if (!web->base_url)
        return true;
    if (!newsletter_get(web->db, slug, arena, n, err))
        return err->kind == ERR_NOT_FOUND;
    shown_page->name = "sign_up";
    shown_page->form = arena_format(arena, "sign-up %s", slug);
    shown_page->page =
        page_new(web, request, wording_of(web, NULL, n->language));
    page_set_newsletter(shown_page->page, n->title, NULL);
    page_set_theme(shown_page->page, n->slug, n->theme);
    page_set_texts(web, shown_page->page, arena, n->id);
    return true;
}

bool signup_page_form(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct newsletter n;
    struct signup_page shown_page = {0};
    if (!find_newsletter(web, request, &n, &shown_page, err))
        return false;
    if (!shown_page.page)
        return page_not_found(web, request, response, err);
    return show(web, request, &shown_page, NULL, 200, response, err);
}

/* Notes a request, which is done when this is answered: see
 * reader_request.h. */
static bool note_request(struct web *web, const struct request *request,
                         int64_t newsletter_id, const char *email,
                         struct str name, struct err *err)
{
    struct reader_request wish = {
        .newsletter_id = newsletter_id,
        .email = email,
        .name = arena_copy_str(request->arena, name),
        .client = request->client,
        .at = clock_now(),
    };
    return reader_request_add(web->db, &wish, err);
}

bool signup_page_form_post(struct web *web, struct request *request,
                           struct response *response, struct err *err)
{
    struct newsletter n;
    struct signup_page shown_page = {0};
    struct form *form = ARENA_NEW(request->arena, struct form);
    const char *email;
    bool shown;
    if (!find_newsletter(web, request, &n, &shown_page, err))
        return false;
    if (!shown_page.page)
        return page_not_found(web, request, response, err);
    form_parse(request->content_type, request->body, request->arena, form);
    set_typed(request->arena, shown_page.page, form);
    if (!admit(web, request, &shown_page, form, "asked", &email, &shown,
               response, err))
        return false;
    return shown || (note_request(web, request, n.id, email,
                                  form_get(form, "name"), err) &&
                     page_show(web, request, "asked", shown_page.page, response,
                               200, err));
}

/* ---- asking for links ---- */

static struct signup_page links_page_new(const struct web *web,
                                         const struct request *request,
                                         const char *name)
{
    struct signup_page shown_page = {name, links_form,
                                     page_new(web, request, NULL)};
    value_set_bool(shown_page.page->data, "may_ask", web->base_url != NULL);
    return shown_page;
}

bool signup_page_wrong_link(struct web *web, struct request *request,
                            struct response *response, struct err *err)
{
    struct signup_page shown_page = links_page_new(web, request, "wrong_link");
    if (str_equal(request->capture, STR("preview")))
        return page_show(web, request, "preview", shown_page.page, response,
                         200, err);
    return show(web, request, &shown_page, NULL, 404, response, err);
}

bool signup_page_links(struct web *web, struct request *request,
                       struct response *response, struct err *err)
{
    struct signup_page shown_page = links_page_new(web, request, "ask_links");
    if (!web->base_url)
        return page_not_found(web, request, response, err);
    return show(web, request, &shown_page, NULL, 200, response, err);
}

bool signup_page_links_post(struct web *web, struct request *request,
                            struct response *response, struct err *err)
{
    struct signup_page shown_page = links_page_new(web, request, "ask_links");
    struct form *form = ARENA_NEW(request->arena, struct form);
    const char *email;
    bool shown;
    if (!web->base_url)
        return page_not_found(web, request, response, err);
    form_parse(request->content_type, request->body, request->arena, form);
    set_typed(request->arena, shown_page.page, form);
    if (!admit(web, request, &shown_page, form, "links_sent", &email, &shown,
               response, err))
        return false;
    return shown || (note_request(web, request, 0, email, STR(""), err) &&
                     page_show(web, request, "links_sent", shown_page.page,
                               response, 200, err));
}
