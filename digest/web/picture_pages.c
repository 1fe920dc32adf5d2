/* Serves kept pictures. */
#include "digest/web/picture_pages.h"

#include "digest/media/picture_store.h"
#include "digest/web/page.h"

/* Also for who takes the address for a page: nothing in it runs. */
static const char policy[] =
    "default-src 'none'; frame-ancestors 'none'; sandbox";

static void set_headers(const char *etag, struct str name,
                        struct response *response)
{
    response_header(response, "Content-Type", picture_type(name));
    response_header(response, "Cache-Control",
                    "public, max-age=31536000, immutable");
    response_header(response, "ETag", etag);
    response_header(response, "X-Robots-Tag", "all");
    response_header(response, "Content-Security-Policy", policy);
    /* Mail programs in the browser show it from other sites. */
    response_header(response, "Cross-Origin-Resource-Policy", "cross-origin");
}

static bool is_known(const struct request *request, const char *etag)
{
    struct str tags = request->if_none_match;
    return tags.len && (str_equal(tags, STR("*")) ||
                        str_find_str(tags, str_of(etag)) < tags.len);
}

bool picture_page(struct web *web, struct request *request,
                  struct response *response, struct err *err)
{
    char name[PICTURE_NAME_SIZE];
    bool is_small;
    struct str asked = request->capture;
    while (str_find(asked, '/') < asked.len)
        str_cut(&asked, '/');
    if (!picture_is_name(asked, name, &is_small))
        return page_not_found(web, request, response, err);
    if (!picture_read(web->db, name, is_small, &response->body, err))
        return err->kind == ERR_NOT_FOUND &&
               page_not_found(web, request, response, err);
    const char *etag = arena_format(request->arena, "\"%.*s\"", STR_ARG(asked));
    set_headers(etag, asked, response);
    if (is_known(request, etag)) {
        response->status = 304;
        strbuf_cut(&response->body, 0);
    }
    return true;
}
