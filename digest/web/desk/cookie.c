#include "digest/web/desk/cookie.h"

enum { VALUE_MAX = 64 };

static bool is_tls(const struct web *web)
{
    return web->base_url && str_starts(str_of(web->base_url), STR("https://"));
}

static const char *cookie_name(const struct web *web)
{
    return is_tls(web) ? "__Host-digest_desk" : "digest_desk";
}

struct str cookie_read(const struct web *web, const struct request *request)
{
    struct str wanted = str_of(cookie_name(web));
    struct str rest = request->cookie;
    while (rest.len) {
        struct str value = str_trim(str_cut(&rest, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        if (str_equal(name, wanted) && value.len <= VALUE_MAX)
            return str_trim(value);
    }
    return STR("");
}

void cookie_set(struct visit *visit, const char *token)
{
    response_header(
        visit->response, "Set-Cookie",
        arena_format(visit->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                     cookie_name(visit->web), token ? token : "",
                     is_tls(visit->web) ? "; Secure" : "",
                     token ? arena_format(visit->arena, "; Max-Age=%d",
                                          SESSION_LONGEST_S)
                           : "; Max-Age=0"));
}
