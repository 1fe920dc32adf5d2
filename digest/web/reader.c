/* Finds the reader behind a link's token. */
#include "digest/web/reader.h"

#include "digest/base/clock.h"
#include "digest/base/mem.h"

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

/* A link that is for all newsletters speaks as the first of them does. */
static const struct language *language_of(const struct web *web,
                                          const struct request *request,
                                          const struct reader *reader)
{
    const struct subscriber *s = &reader->subscriber;
    struct newsletter first;
    struct err ignored = {0};
    const char *its = reader->newsletter.language;
    if (!its && s->subscription_count &&
        newsletter_get_by_id(web->db, s->subscriptions[0].newsletter_id,
                             request->arena, &first, &ignored))
        its = first.language;
    return wording_of(web, s->language, its);
}

struct page *reader_page(const struct web *web, const struct request *request,
                         const struct reader *reader)
{
    const struct newsletter *n = &reader->newsletter;
    struct page *page =
        page_new(web, request, language_of(web, request, reader));
    if (n->id) {
        page_set_newsletter(page, n->title,
                            *n->reply_to ? n->reply_to : n->from_address);
        page_set_theme(page, n->slug, n->theme);
        page_set_texts(web, page, request->arena, n->id);
    }
    return page;
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
