#include "digest/web/page.h"

#include "digest/base/log.h"
#include "digest/base/mem.h"

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
    value_set(data, "site_name", value_text(arena, web->site_name));
    value_set(data, "root", value_text(arena, page_root(request)));
    return data;
}

bool page_apply(struct web *web, const char *name, const struct value *data,
                struct response *response, unsigned status, struct err *err)
{
    OWNED(mem_free) char *path = mem_format("pages/%s.mustache", name);
    if (!template_set_apply(web->templates, path, data, EDGE_HTML,
                            &response->body, err))
        return false;
    response->status = status;
    response_header(response, "Content-Type", "text/html; charset=utf-8");
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

bool page_robots(struct web *web, struct request *request,
                 struct response *response, struct err *err)
{
    (void)web;
    (void)request;
    (void)err;
    response_text(response, 200,
                  "User-agent: *\nAllow: /archive/\nDisallow: /\n");
    return true;
}

bool page_not_found(struct web *web, struct request *request,
                    struct response *response, struct err *err)
{
    return page_apply(web, "not_found", page_data(web, request), response, 404,
                      err);
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
    if (page_apply(web, "failed", page_data(web, request), response, status,
                   &again))
        return;
    log_error("web: %s", again.text);
    response_text(response, status,
                  "Something is wrong here. Please try again in a while.\n");
}
