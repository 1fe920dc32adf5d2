#include "digest/web/reader.h"

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/web/page.h"

static bool is_absent(bool found, struct err *err)
{
    return !found && err->kind == ERR_NOT_FOUND;
}

bool reader_find(struct web *web, const struct request *request,
                 enum token_purpose purpose, struct reader *out, bool *known,
                 struct err *err)
{
    *out = (struct reader){.keys = web->keys};
    *known = token_read(web->keys, request->capture, &out->token) &&
             out->token.purpose == purpose;
    if (!*known)
        return true;
    bool found = roster_get_by_key(web->db, out->token.subscriber_key,
                                   request->arena, &out->subscriber, err);
    if (!found && !is_absent(found, err))
        return false;
    if (!out->token.newsletter_id)
        return true;
    found = newsletter_get_by_id(web->db, out->token.newsletter_id,
                                 request->arena, &out->newsletter, err);
    return found || is_absent(found, err);
}

struct value *reader_data(const struct web *web, const struct request *request,
                          const struct reader *reader)
{
    struct arena *arena = request->arena;
    const struct newsletter *n = &reader->newsletter;
    struct value *data = page_data(web, request);
    if (n->id) {
        value_set(data, "newsletter", value_text(arena, n->title));
        value_set(
            data, "contact",
            value_text(arena, *n->reply_to ? n->reply_to : n->from_address));
    }
    return data;
}

struct consent_origin reader_origin(const struct request *request,
                                    const struct reader *reader,
                                    const char *means)
{
    return (struct consent_origin){
        .means = means,
        .issue_id = reader->token.issue_id,
        .client = request->client,
        .now = clock_now(),
        .keys = reader->keys,
    };
}
