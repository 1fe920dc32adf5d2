/* Reads and sets the desk's cookies. */
#include "digest/web/desk/cookie.h"

enum { VALUE_MAX = 64 };

static bool is_tls(const struct web *web)
{
    return web->base_url && str_starts(str_of(web->base_url), STR("https://"));
}

static const char *cookie_name(const struct web *web, enum cookie cookie)
{
    static const char *const names[] = {
        [COOKIE_SESSION] = "__Host-digest_desk",
        [COOKIE_DOOR] = "__Host-digest_door",
        [COOKIE_KNOWN] = "__Host-digest_known",
    };
    return is_tls(web) ? names[cookie] : names[cookie] + sizeof "__Host-" - 1;
}

struct str cookie_read(const struct web *web, const struct request *request,
                       enum cookie cookie)
{
    struct str wanted = str_of(cookie_name(web, cookie));
    struct str rest = request->cookie;
    while (rest.len) {
        struct str value = str_trim(str_cut(&rest, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        if (str_equal(name, wanted) && value.len <= VALUE_MAX)
            return str_trim(value);
    }
    return STR("");
}

/* A cookie's lifetime; with 0 it stays until the browser is closed. */
static const char *lifetime(struct visit *visit, enum cookie cookie,
                            const char *token)
{
    static const int lifetimes_s[] = {
        [COOKIE_SESSION] = SESSION_LONGEST_S,
        [COOKIE_DOOR] = 0,
        [COOKIE_KNOWN] = 365 * 24 * 60 * 60,
    };
    if (!token)
        return "; Max-Age=0";
    return lifetimes_s[cookie]
               ? arena_format(visit->arena, "; Max-Age=%d", lifetimes_s[cookie])
               : "";
}

void cookie_set(struct visit *visit, enum cookie cookie, const char *token)
{
    response_add_header(
        visit->response, "Set-Cookie",
        arena_format(visit->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                     cookie_name(visit->web, cookie), token ? token : "",
                     is_tls(visit->web) ? "; Secure" : "",
                     lifetime(visit, cookie, token)));
}
