/* Routes requests to their handlers, by a table of paths. */
#include "digest/web/web.h"

#include "digest/base/mem.h"
#include "digest/media/picture.h"
#include "digest/web/archive_pages.h"
#include "digest/web/desk/desk.h"
#include "digest/web/page.h"
#include "digest/web/picture_pages.h"
#include "digest/web/preference_pages.h"
#include "digest/web/reader_pages.h"
#include "digest/web/signup_pages.h"
#include "subscribers/tokens/links.h"

/* A newsletter may be called i; none of its pages has a picture's name. */
static bool picture_or_archive(struct web *web, struct request *request,
                               struct response *response, struct err *err)
{
    char name[PICTURE_NAME_SIZE];
    bool is_small;
    if (picture_is_name(request->capture, name, &is_small))
        return picture_page(web, request, response, err);
    request->capture = str_from(request->path, strlen("/archive/"));
    return archive_page_any(web, request, response, err);
}

/* A * at a pattern's end stands for one path segment, not empty; ** for
 * whatever follows. */
static const struct route {
    enum request_method method;
    const char *pattern; /* NULL: the link's */
    enum token_link link;
    bool (*handle)(struct web *, struct request *, struct response *,
                   struct err *);
} routes[] = {
    {METHOD_GET, NULL, LINK_UNSUBSCRIBE, reader_page_unsubscribe},
    {METHOD_POST, NULL, LINK_UNSUBSCRIBE, reader_page_unsubscribe_post},
    {METHOD_GET, NULL, LINK_CONFIRM, reader_page_confirm},
    {METHOD_POST, NULL, LINK_CONFIRM, reader_page_confirm_post},
    {METHOD_GET, NULL, LINK_VIEW, reader_page_view},
    {METHOD_GET, NULL, LINK_PREFERENCES, preference_page},
    {METHOD_POST, NULL, LINK_PREFERENCES, preference_page_post},
    {METHOD_GET, NULL, LINK_ADDRESS, preference_page_address},
    {METHOD_POST, NULL, LINK_ADDRESS, preference_page_address_post},
    {METHOD_GET, NULL, LINK_RESTORE, preference_page_back},
    {METHOD_POST, NULL, LINK_RESTORE, preference_page_back_post},
    {METHOD_GET, NULL, LINK_SIGN_UP, signup_page_form},
    {METHOD_POST, NULL, LINK_SIGN_UP, signup_page_form_post},
    {METHOD_GET, NULL, LINK_ASK, signup_page_links},
    {METHOD_POST, NULL, LINK_ASK, signup_page_links_post},
    {METHOD_GET, "/i/*", 0, picture_page},
    {METHOD_GET, "/archive/i/*", 0, picture_or_archive},
    {METHOD_GET, "/", 0, archive_page_home},
    {METHOD_GET, "/archive", 0, archive_page_any},
    {METHOD_GET, "/archive/**", 0, archive_page_any},
    {METHOD_GET, "/pages.css", 0, page_style_sheet},
    {METHOD_GET, "/themes/*", 0, page_theme},
    {METHOD_GET, "/robots.txt", 0, page_robots},
    {METHOD_GET, "/sitemap.xml", 0, archive_page_sitemap},
};

static const char *const method_names[] = {
    [METHOD_GET] = "GET, HEAD",
    [METHOD_POST] = "POST",
};

static const struct {
    const char *name, *value;
} headers[] = {
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Robots-Tag", "noindex"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'"},
};

static bool takes_segment(struct str prefix, struct str path,
                          struct str *capture)
{
    if (!str_starts(path, prefix))
        return false;
    *capture = str_from(path, prefix.len);
    return capture->len && str_find(*capture, '/') == capture->len;
}

static bool matches(const struct route *route, struct str path,
                    struct str *capture)
{
    const char *pattern =
        route->pattern ? route->pattern : link_path(route->link);
    struct str prefix = str_of(pattern);
    if (!route->pattern && str_ends(prefix, STR("/")))
        return takes_segment(prefix, path, capture);
    if (!str_ends(prefix, STR("*")))
        return str_equal(prefix, path);
    bool whole = str_ends(prefix, STR("**"));
    prefix.len -= whole ? 2 : 1;
    if (!whole)
        return takes_segment(prefix, path, capture);
    *capture = str_from(path, prefix.len);
    return str_starts(path, prefix);
}

/* The methods that a path knows; "" when there is no such path. */
static const char *allowed(struct request *request)
{
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
        if (matches(&routes[i], request->path, &request->capture))
            strbuf_add_format(&list, "%s, ", method_names[routes[i].method]);
    if (list.len)
        strbuf_add_text(&list, "OPTIONS");
    const char *text = arena_copy(request->arena, strbuf_text(&list));
    strbuf_free(&list);
    return text;
}

static bool handle_other(struct web *web, struct request *request,
                         struct response *response, struct err *err)
{
    const char *methods = allowed(request);
    if (!*methods)
        return page_not_found(web, request, response, err);
    response_header(response, "Allow", methods);
    if (request->method == METHOD_OPTIONS)
        response->status = 204;
    else
        response_text(response, 405, "This page takes no such request.\n");
    return true;
}

static bool handle(struct web *web, struct request *request,
                   struct response *response, struct err *err)
{
    if (web->conf && desk_takes(request))
        return desk_handle(web, request, response, err);
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
        if (routes[i].method == request->method &&
            matches(&routes[i], request->path, &request->capture))
            return routes[i].handle(web, request, response, err);
    return handle_other(web, request, response, err);
}

void web_set_headers(struct response *response)
{
    response->status = 200;
    for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
        response_header(response, headers[i].name, headers[i].value);
}

struct reader_mail web_reader_mail(const struct web *web)
{
    return (struct reader_mail){
        .db = web->db,
        .keys = web->keys,
        .templates = web->templates,
        .site_name = web->site_name,
        .postal_address = web->postal_address,
        .base_url = web->base_url,
    };
}

struct conductor web_conductor(const struct web *web)
{
    return (struct conductor){
        .conf = web->conf,
        .db = web->db,
        .templates = web->templates,
        .keys = web->keys,
    };
}

enum { BODY_MAX = 8 << 10 };

size_t web_body_max(struct web *web, const struct request *request)
{
    return web->conf && desk_takes(request) ? desk_body_max(web, request)
                                            : BODY_MAX;
}

static void tell_failure(struct web *web, struct request *request,
                         struct response *response, const struct err *why)
{
    if (!web->conf || !desk_takes(request) ||
        !desk_fail(web, request, response, why))
        page_failed(web, request, response, why);
}

void web_handle(struct web *web, struct request *request,
                struct response *response)
{
    struct err err = {0};
    web_set_headers(response);
    if (!handle(web, request, response, &err))
        tell_failure(web, request, response, &err);
}

void web_fail(struct web *web, struct request *request,
              struct response *response, const struct err *why)
{
    web_set_headers(response);
    tell_failure(web, request, response, why);
}
