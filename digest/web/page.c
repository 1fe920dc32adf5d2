/* Renders pages from their templates, in the looks of a newsletter. */
#include "digest/web/page.h"

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/newsletters/newsletter.h"
#include "digest/newsletters/text_words.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/catalogue_value.h"
#include "digest/renderer/theme.h"

const char *page_root(const struct request *request)
{
    OWNED(strbuf_free) struct strbuf way = STRBUF_INIT;
    for (size_t i = 1; i < request->path.len; i++)
        if (request->path.ptr[i] == '/')
            strbuf_add_text(&way, "../");
    return way.len ? arena_copy_str(request->arena, strbuf_str(&way)) : "./";
}

struct value *page_data(const struct web *web, const struct request *request)
{
    struct arena *arena = request->arena;
    struct value *data = value_object(arena);
    value_set_text(data, "site_name", web->site_name);
    value_set_text(data, "root", page_root(request));
    return data;
}

struct page *page_new(const struct web *web, const struct request *request,
                      const struct language *language)
{
    struct arena *arena = request->arena;
    struct page *page = ARENA_NEW(arena, struct page);
    *page = (struct page){
        .language = language ? language : wording_of_site(web, request),
        .data = page_data(web, request),
        .site_name = web->site_name,
    };
    page->words = page->language->words;
    const char *tag = page->language->tag;
    bool is_rtl = capitals_is_right_to_left(tag);
    value_set_text(page->data, "language", tag);
    value_set_text(page->data, "dir", is_rtl ? "rtl" : "ltr");
    return page;
}

void page_set_email(struct page *page, const char *email)
{
    page->email = email;
    value_set_text(page->data, "email", email);
}

void page_set_address(struct page *page, struct arena *arena,
                      const struct address *address)
{
    struct str email = strbuf_str(&address->email);
    const char *domain = address_typo(address);
    page_set_email(page, arena_copy_str(arena, email));
    if (!domain)
        return;
    email.len -= address_domain(email).len;
    page->meant = arena_format(arena, "%.*s%s", STR_ARG(email), domain);
    value_set_text(page->data, "meant", page->meant);
}

void page_set_newsletter(struct page *page, const char *title,
                         const char *contact)
{
    page->newsletter = title;
    page->contact = contact;
    value_set_text(page->data, "newsletter", title);
    value_set_text(page->data, "contact", contact);
}

void page_set_texts(const struct web *web, struct page *page,
                    struct arena *arena, int64_t newsletter_id)
{
    struct text_list *texts = ARENA_NEW(arena, struct text_list);
    struct err ignored = {0};
    if (text_find(web->db, newsletter_id, arena, texts, &ignored))
        page->words = texts_over(texts, page->language->tag,
                                 page->language->words, arena);
}

void page_set_theme(struct page *page, const char *slug, const char *theme)
{
    if (*theme)
        value_set_text(page->data, "theme_of", slug);
}

enum { PARTS = 5 };

static void fill_parts(const struct page *page,
                       struct catalogue_part parts[PARTS])
{
    parts[0] =
        (struct catalogue_part){"newsletter", page->newsletter, MARK_STRONG};
    parts[1] = (struct catalogue_part){"email", page->email, MARK_STRONG};
    parts[2] = (struct catalogue_part){"site", page->site_name, MARK_STRONG};
    parts[3] = (struct catalogue_part){"contact", page->contact, MARK_MAILTO};
    parts[4] = (struct catalogue_part){"address", page->meant, MARK_STRONG};
}

struct value *page_text(const struct page *page, struct arena *arena,
                        const char *name, const char *newsletter)
{
    struct catalogue_part parts[PARTS];
    fill_parts(page, parts);
    parts[0].text = newsletter;
    return catalogue_value_text(page->words, name, parts, PARTS, arena);
}

bool page_show(struct web *web, const struct request *request, const char *name,
               struct page *page, struct response *response, unsigned status,
               struct err *err)
{
    OWNED(mem_free) char *path = mem_format("pages/%s.mustache", name);
    struct catalogue_part parts[PARTS];
    fill_parts(page, parts);
    catalogue_value_set(page->words, "page", parts, PARTS, request->arena,
                        page->data);
    if (!template_set_apply(web->templates, path, page->data, EDGE_HTML,
                            &response->body, err))
        return false;
    response->status = status;
    response_header(response, "Content-Type", "text/html; charset=utf-8");
    response_header(response, "Content-Language", page->language->tag);
    return true;
}

bool page_style_sheet(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    (void)request;
    struct str source;
    const char *origin;
    if (!template_set_source(web->templates, "pages/pages.css", &source,
                             &origin, err))
        return false;
    strbuf_add_str(&response->body, source);
    response_header(response, "Content-Type", "text/css; charset=utf-8");
    response_header(response, "Cache-Control", "public, max-age=3600");
    return true;
}

static bool apply_theme(struct web *web, struct request *request,
                        const struct newsletter *n, struct response *response,
                        struct err *err)
{
    struct str source;
    const char *origin;
    struct render_setting *theme;
    size_t count;
    if (!theme_parse(str_of(n->theme), request->arena, &theme, &count, err) ||
        !template_set_source(web->templates, "pages/theme.css", &source,
                             &origin, err))
        return false;
    theme_apply(theme, count, source, &response->body);
    response_header(response, "Content-Type", "text/css; charset=utf-8");
    response_header(response, "Cache-Control", "public, max-age=300");
    return true;
}

/* /themes/SLUG.css */
bool page_theme(struct web *web, struct request *request,
                struct response *response, struct err *err)
{
    struct newsletter n;
    struct str name = request->capture;
    if (!str_ends(name, STR(".css")))
        return page_not_found(web, request, response, err);
    name.len -= strlen(".css");
    if (newsletter_get(web->db, arena_copy_str(request->arena, name),
                       request->arena, &n, err))
        return apply_theme(web, request, &n, response, err);
    return err->kind == ERR_NOT_FOUND &&
           page_not_found(web, request, response, err);
}

bool page_robots(struct web *web, struct request *request,
                 struct response *response, struct err *err)
{
    (void)err;
    const char *base = web->archive ? web->base_url : NULL;
    response_text(
        response, 200,
        arena_format(
            request->arena,
            "User-agent: *\nAllow: /$\nAllow: /archive/\nAllow: /sitemap.xml\n"
            "Disallow: /\n%s%s%s",
            base ? "Sitemap: " : "", base ? base : "",
            base ? "/sitemap.xml\n" : ""));
    return true;
}

bool page_not_found(struct web *web, struct request *request,
                    struct response *response, struct err *err)
{
    return page_show(web, request, "not_found", page_new(web, request, NULL),
                     response, 404, err);
}

void page_failed(struct web *web, struct request *request,
                 struct response *response, const struct err *why)
{
    struct err again = {0};
    unsigned status = why->kind == ERR_TEMPORARY ? 503 : 500;
    log_error("web: %s", why->text);
    strbuf_cut(&response->body, 0);
    if (status == 503)
        response_header(response, "Retry-After", "60");
    if (page_show(web, request, "failed", page_new(web, request, NULL),
                  response, status, &again))
        return;
    log_error("web: %s", again.text);
    response_text(response, status,
                  "Something is wrong here. Please try again in a while.\n");
}
