/* Serves the pages where readers choose what they get. */
#include "digest/web/preference_pages.h"

#include <inttypes.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/notices/notices.h"
#include "digest/web/choosing.h"
#include "digest/web/form.h"
#include "digest/web/guard.h"
#include "digest/web/limits.h"
#include "digest/web/page.h"
#include "digest/web/reader.h"
#include "digest/web/signup_pages.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/address_list.h"

/* ---- showing ---- */

static const char *field_name(struct arena *arena, const char *what, int64_t id)
{
    return arena_format(arena, "%s.%" PRId64, what, id);
}

static const char *leave_token(const struct web *web,
                               const struct reader *reader, int64_t id,
                               struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct token token = reader->token;
    token.purpose = TOKEN_UNSUBSCRIBE;
    token.newsletter_id = id;
    token_write(web->keys, &token, &text);
    return arena_copy_str(arena, strbuf_str(&text));
}

static bool add_newsletter(struct web *web, const struct request *request,
                           const struct reader *reader, int64_t id,
                           const struct page *page, struct value *list,
                           struct err *err)
{
    struct arena *arena = request->arena;
    struct newsletter n;
    struct value *item = value_object(arena);
    if (!newsletter_get_by_id(web->db, id, arena, &n, err) ||
        !choosing_show(web->db, &n, reader->subscriber.id, arena, item, err))
        return false;
    value_set_number(item, "id", id);
    value_set_text(item, "title", n.title);
    value_set(item, "leave_words",
              page_text(page, arena, "page_leave_title", n.title));
    value_set_text(item, "leave", leave_token(web, reader, id, arena));
    value_append(list, item);
    return true;
}

static struct value *language_list(const struct web *web,
                                   const struct subscriber *subscriber,
                                   struct arena *arena)
{
    struct value *list = value_list(arena);
    const struct language *chosen =
        languages_find(web->languages, str_of(subscriber->language));
    for (size_t i = 0; i < web->languages->count; i++) {
        const struct language *its = &web->languages->items[i];
        struct value *item = value_object(arena);
        value_set_text(item, "tag", its->tag);
        value_set_text(item, "name", its->name);
        value_set_bool(item, "is_chosen", its == chosen);
        value_append(list, item);
    }
    return list;
}

/* `note` is the name of what the page says first; NULL: nothing. `typed` is
 * an address that is wrong. */
static bool show(struct web *web, struct request *request,
                 const struct reader *reader, const char *note,
                 struct str typed, unsigned status, struct response *response,
                 struct err *err)
{
    struct arena *arena = request->arena;
    const struct subscriber *s = &reader->subscriber;
    struct page *page = reader_page(web, request, reader);
    struct value *list = value_list(arena);
    bool any = false;
    for (size_t i = 0; i < s->subscription_count; i++) {
        if (s->subscriptions[i].state != SUBSCRIPTION_ACTIVE)
            continue;
        any = true;
        if (!add_newsletter(web, request, reader,
                            s->subscriptions[i].newsletter_id, page, list, err))
            return false;
    }
    value_set(page->data, "newsletters", list);
    if (any)
        value_set(page->data, "languages", language_list(web, s, arena));
    value_set_bool(page->data, "gets_any", any);
    page_set_email(page, s->id ? s->email : NULL);
    value_set_bool(page->data, "may_move", any && web->base_url != NULL);
    value_set_str(page->data, "typed", typed);
    if (note)
        value_set_bool(page->data, note, true);
    if (note && strcmp(note, "disposable") == 0)
        value_set_bool(page->data, "wrong", true);
    return page_show(web, request, "preferences", page, response, status, err);
}

bool preference_page(struct web *web, struct request *request,
                     struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    if (!reader_find(web, request, TOKEN_PREFERENCES, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    return show(web, request, &reader, NULL, STR(""), 200, response, err);
}

/* ---- choosing ---- */

/* *wrong is set to what the page is to say of it. */
static bool choose(struct web *web, const struct request *request,
                   const struct reader *reader, const struct form *form,
                   int64_t id, const char **wrong, struct err *err)
{
    struct arena *arena = request->arena;
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    struct newsletter n;
    struct preferences chosen;
    bool changed;
    if (!newsletter_get_by_id(web->db, id, arena, &n, err) ||
        !choosing_read(web->db, &n, reader->subscriber.id, form, arena, &chosen,
                       wrong, err))
        return false;
    return *wrong || preferences_set(web->db, reader->subscriber.id, id,
                                     &chosen, &origin, &changed, err);
}

/* Sets the chosen language. One without words, as an import may bring it, isn't
 * on the page and stays. */
static bool choose_language(struct web *web, const struct request *request,
                            struct reader *reader, const struct form *form,
                            struct err *err)
{
    struct subscriber *s = &reader->subscriber;
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    struct str given = form_get(form, "language");
    const struct language *its = languages_find(web->languages, given);
    const struct language *was =
        languages_find(web->languages, str_of(s->language));
    if (!given.ptr || its == was)
        return true;
    const char *language = its ? its->tag : "";
    if (!preferences_set_language(web->db, s, language, &origin, err))
        return false;
    s->language = language;
    return true;
}

/* Saves all of a form, or nothing of it. Choices that weren't on the page when
 * it was shown stay as they are. */
static bool save(struct web *web, struct request *request,
                 struct reader *reader, const struct form *form,
                 struct response *response, struct err *err)
{
    const struct subscriber *s = &reader->subscriber;
    const char *wrong = form->count == FORM_FIELDS_MAX ? "too_many" : NULL;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, web->db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < s->subscription_count && !wrong; i++) {
        int64_t id = s->subscriptions[i].newsletter_id;
        if (s->subscriptions[i].state == SUBSCRIPTION_ACTIVE &&
            form_get(form, field_name(request->arena, "shown", id)).ptr &&
            !choose(web, request, reader, form, id, &wrong, err))
            return false;
    }
    if (!wrong && (!choose_language(web, request, reader, form, err) ||
                   !tx_commit(&tx, err)))
        return false;
    tx_end(&tx);
    return show(web, request, reader, wrong ? wrong : "saved", STR(""),
                wrong ? 422 : 200, response, err);
}

/* ---- another address ---- */

/* The limit of address changes, so that somebody else's link can't have
 * strangers mailed. */
enum { CHANGES_A_DAY = 3, DAY_S = 24 * 60 * 60 };

static bool ask_address(struct web *web, struct request *request,
                        const struct reader *reader, const struct form *form,
                        struct response *response, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct consent_origin origin = reader_origin(request, reader, MEANS_PAGE);
    struct reader_mail mail = web_reader_mail(web);
    struct err why;
    int64_t id, mailed;
    if (!address_parse(form_get(form, "email"), &address, &why))
        return show(web, request, reader, "wrong", form_get(form, "email"), 422,
                    response, err);
    const char *email = strbuf_text(&address.email);
    if (web->disposables &&
        address_list_has_domain(web->disposables,
                                address_domain(strbuf_str(&address.email))))
        return show(web, request, reader, "disposable", form_get(form, "email"),
                    422, response, err);
    if (!notices_count_about(web->db, reader->subscriber.id, NOTICE_ADDRESS,
                             DAY_S, origin.now, &mailed, err))
        return false;
    if (mailed >= CHANGES_A_DAY ||
        !limits_take(web->limits, LIMIT_CLIENT, request->client) ||
        !limits_take_mail(web->limits, &address))
        return guard_show_limit(web, request, reader_page(web, request, reader),
                                response, err);
    if (!preferences_ask_address(web->db, reader->subscriber.id, str_of(email),
                                 &origin, &id, err) ||
        !reader_mail_address(&mail, &reader->subscriber, id, email, origin.now,
                             err))
        return false;
    struct page *page = reader_page(web, request, reader);
    page_set_address(page, request->arena, &address);
    return page_show(web, request, "asked", page, response, 200, err);
}

bool preference_page_post(struct web *web, struct request *request,
                          struct response *response, struct err *err)
{
    struct reader reader;
    struct form *form = ARENA_NEW(request->arena, struct form);
    bool known;
    if (!reader_find(web, request, TOKEN_PREFERENCES, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    if (!reader.subscriber.id)
        return show(web, request, &reader, NULL, STR(""), 200, response, err);
    form_parse(request->content_type, request->body, request->arena, form);
    if (str_equal(form_get(form, "action"), STR("address")) && web->base_url)
        return ask_address(web, request, &reader, form, response, err);
    return save(web, request, &reader, form, response, err);
}

/* The link of a change names its number and no newsletter. */
static bool find_mover(struct web *web, const struct request *request,
                       struct reader *out, bool *known, struct err *err)
{
    if (!reader_find(web, request, TOKEN_CONFIRM, out, known, err))
        return false;
    *known = *known && !out->token.newsletter_id && out->token.issue_id;
    return true;
}

bool preference_page_address(struct web *web, struct request *request,
                             struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    const char *email = "";
    if (!find_mover(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    if (!preferences_asked_address(
            web->db, reader.subscriber.id, reader.token.issue_id,
            clock_now() - READER_CONFIRM_WITHIN_S, request->arena, &email, err))
        return false;
    struct page *page = reader_page(web, request, &reader);
    page_set_email(page, email);
    return page_show(web, request, *email ? "move" : "move_expired", page,
                     response, 200, err);
}

bool preference_page_address_post(struct web *web, struct request *request,
                                  struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    enum consent_result result;
    int64_t past_id;
    struct reader_mail mail = web_reader_mail(web);
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!find_mover(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    struct consent_origin origin = reader_origin(request, &reader, MEANS_PAGE);
    if (!tx_begin(&tx, web->db, TX_DURABLE, err) ||
        !preferences_confirm_address(web->db, reader.subscriber.id,
                                     reader.token.issue_id,
                                     origin.now - READER_CONFIRM_WITHIN_S,
                                     &origin, &result, &past_id, err) ||
        (past_id && web->base_url &&
         !reader_mail_moved(&mail, &reader.subscriber, past_id, origin.now,
                            err)) ||
        !tx_commit(&tx, err))
        return false;
    return page_show(web, request,
                     result == CONSENT_REFUSED ? "move_expired" : "moved",
                     reader_page(web, request, &reader), response, 200, err);
}

/* ---- and back ---- */

static bool find_back(struct web *web, struct request *request,
                      struct reader *out, bool *known, struct err *err)
{
    if (!reader_find(web, request, TOKEN_RESTORE, out, known, err))
        return false;
    *known = *known && out->token.issue_id;
    return true;
}

bool preference_page_back(struct web *web, struct request *request,
                          struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    const char *email = "";
    if (!find_back(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    if (reader.subscriber.id &&
        !preferences_past_address(web->db, reader.subscriber.id,
                                  reader.token.issue_id, clock_now(),
                                  request->arena, &email, err))
        return false;
    struct page *page = reader_page(web, request, &reader);
    page_set_email(page, email);
    return page_show(web, request, *email ? "back" : "back_expired", page,
                     response, 200, err);
}

/* Adds the newsletters that they left since, which stay left: they may sign up
 * to them again. */
static bool add_left(struct web *web, const struct request *request,
                     const struct preferences_left *left, struct page *page,
                     struct err *err)
{
    struct value *list = value_list(request->arena);
    for (size_t i = 0; i < left->count; i++) {
        struct newsletter n;
        struct value *item = value_object(request->arena);
        if (!newsletter_get_by_id(web->db, left->ids[i], request->arena, &n,
                                  err))
            return false;
        value_set_text(item, "title", n.title);
        value_set_text(item, "slug", n.slug);
        value_append(list, item);
    }
    value_set(page->data, "left_since", list);
    value_set_bool(page->data, "left_any", left->count > 0);
    return true;
}

bool preference_page_back_post(struct web *web, struct request *request,
                               struct response *response, struct err *err)
{
    struct reader reader;
    bool known;
    struct preferences_left left = {0};
    enum consent_result result = CONSENT_REFUSED;
    if (!find_back(web, request, &reader, &known, err))
        return false;
    if (!known)
        return signup_page_wrong_link(web, request, response, err);
    struct consent_origin origin = reader_origin(request, &reader, MEANS_PAGE);
    origin.issue_id = 0;
    if (reader.subscriber.id &&
        (!preferences_restore_address(web->db, reader.subscriber.id,
                                      reader.token.issue_id, &origin,
                                      request->arena, &left, &result, err) ||
         !roster_get_by_id(web->db, reader.subscriber.id, request->arena,
                           &reader.subscriber, err)))
        return false;
    struct page *page = reader_page(web, request, &reader);
    page_set_email(page, reader.subscriber.email);
    return add_left(web, request, &left, page, err) &&
           page_show(web, request,
                     result == CONSENT_REFUSED ? "back_expired" : "back_done",
                     page, response, 200, err);
}
