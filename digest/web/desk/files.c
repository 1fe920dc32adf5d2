/* Serves the desk's style sheet and script. */
#include "digest/web/desk/pages.h"

static bool send_file(struct visit *visit, const char *path, const char *type,
                      struct err *err)
{
    struct str source;
    const char *origin;
    if (!template_set_source(visit->web->templates, path, &source, &origin,
                             err))
        return false;
    strbuf_add_str(&visit->response->body, source);
    response_header(visit->response, "Content-Type", type);
    response_header(visit->response, "Cache-Control", "public, max-age=3600");
    return true;
}

bool style_sheet_file(struct visit *visit, struct err *err)
{
    return send_file(visit, "desk/desk.css", "text/css; charset=utf-8", err);
}

bool script_file(struct visit *visit, struct err *err)
{
    return send_file(visit, "desk/desk.js", "text/javascript; charset=utf-8",
                     err);
}
