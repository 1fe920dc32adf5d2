/* Stamps forms, so that of two editors at one form the second to save is
 * told. */
#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/web/desk/visit.h"
#include "subscribers/tokens/tokens.h"

enum { STAMP_BYTES = 12 };

void visit_state_add(struct strbuf *state, const char *text)
{
    strbuf_add_text(state, text ? text : "");
    strbuf_add_char(state, '\x1f'); /* no text of a form holds it */
}

void visit_state_number(struct strbuf *state, int64_t number)
{
    strbuf_add_format(state, "%lld\x1f", (long long)number);
}

const char *visit_stamp_of(const struct visit *visit, struct str state)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    unsigned char digest[32];
    token_digest(visit->web->keys, state, digest);
    base64url_encode(&out, (struct str){(const char *)digest, STAMP_BYTES});
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

struct value *visit_stamp(struct visit *visit, struct str state)
{
    return value_text(visit->arena, visit_stamp_of(visit, state));
}

bool visit_check_stamp(const struct visit *visit, struct str state,
                       struct err *err)
{
    return strcmp(visit_field(visit, "stamp"), visit_stamp_of(visit, state)) ==
               0 ||
           err_set(err, ERR_CONFLICT,
                   "it was changed since you opened this page, and what you "
                   "typed stands here still: look at it as it is now, and save "
                   "again to put yours in its place");
}
