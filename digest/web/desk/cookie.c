#include "digest/web/desk/cookie.h"

enum { VALUE_MAX = 64 };

#define NAME "digest_desk"

struct str cookie_read(const struct request *request)
{
    struct str rest = request->cookie;
    while (rest.len) {
        struct str value = str_trim(str_cut(&rest, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        if (str_equal(name, STR(NAME)) && value.len <= VALUE_MAX)
            return str_trim(value);
    }
    return STR("");
}

void cookie_set(struct visit *visit, const char *token)
{
    const char *base = visit->web->base_url;
    bool is_tls = base && str_starts(str_of(base), STR("https://"));
    response_header(
        visit->response, "Set-Cookie",
        arena_format(visit->arena,
                     NAME "=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                     token ? token : "", is_tls ? "; Secure" : "",
                     token ? arena_format(visit->arena, "; Max-Age=%d",
                                          SESSION_LONGEST_S)
                           : "; Max-Age=0"));
}
