/* Checks the forms that anybody can send for robots and floods. */
#include "digest/web/guard.h"

#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/web/limits.h"
#include "digest/web/page.h"
#include "subscribers/tokens/hmac.h"

enum { SIGNATURE_BYTES = 16, QUICKEST_S = 2, LONGEST_S = 24 * 60 * 60 };

/* The name is of no meaning to a browser that fills in forms by itself. */
static const char bait[] = "more";

/* 1764054000.0f3a…: the time, and its signature for this form. */
static const char *sign(const struct web *web, struct arena *arena,
                        const char *what, int64_t at)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    unsigned char digest[32];
    const char *text = arena_format(arena, "form %s %" PRId64, what, at);
    token_digest(web->keys, str_of(text), digest);
    strbuf_add_format(&out, "%" PRId64 ".", at);
    hex_encode(&out, (struct str){(const char *)digest, SIGNATURE_BYTES});
    return arena_copy_str(arena, strbuf_str(&out));
}

void guard_fill(const struct web *web, const struct request *request,
                const char *what, struct value *data)
{
    struct arena *arena = request->arena;
    value_set_text(data, "form_time", sign(web, arena, what, clock_now()));
}

static bool is_timely(const struct web *web, const struct request *request,
                      const char *what, struct str given)
{
    unsigned long long at;
    struct str rest = given;
    if (!str_to_u64(str_cut(&rest, '.'), &at) || at > INT64_MAX)
        return false;
    struct str wanted = str_of(sign(web, request->arena, what, (int64_t)at));
    int64_t age = clock_now() - (int64_t)at;
    return wanted.len == given.len &&
           hmac_equal(wanted.ptr, given.ptr, wanted.len) && age >= QUICKEST_S &&
           age <= LONGEST_S;
}

enum guard_verdict guard_check(struct web *web, const struct request *request,
                               const char *what, const struct form *form)
{
    if (form_get(form, bait).len)
        return GUARD_ROBOT;
    if (!is_timely(web, request, what, form_get(form, "form_time")))
        return GUARD_AGAIN;
    return limits_take(web->limits, LIMIT_CLIENT, request->client)
               ? GUARD_PASS
               : GUARD_LIMIT;
}

bool guard_show_limit(struct web *web, struct request *request,
                      struct page *page, struct response *response,
                      struct err *err)
{
    response_header(response, "Retry-After", "3600");
    return page_show(web, request, "too_often", page, response, 429, err);
}
