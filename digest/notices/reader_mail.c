/* Queues the mails that readers ask for: to confirm, to leave, to choose. */
#include "digest/notices/reader_mail.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/notices/notice_render.h"
#include "digest/notices/notices.h"
#include "digest/renderer/catalogue.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/roster/address.h"
#include "subscribers/tokens/links.h"

/* ---- links ---- */

static bool need_base_url(const struct reader_mail *mail, struct err *err)
{
    return mail->base_url ||
           err_set(err, ERR_CONFIG,
                   "there is no address that a link could lead to: set site: "
                   "base_url in digest.yaml to where the web server is "
                   "reached from outside");
}

static void write_link(const struct reader_mail *mail, enum token_link link,
                       const struct token *token, struct strbuf *out)
{
    link_write(mail->keys, mail->base_url, link, *token, out);
}

static struct token token_for(const struct subscriber *subscriber,
                              int64_t newsletter_id)
{
    struct token token = {.newsletter_id = newsletter_id};
    memcpy(token.subscriber_key, subscriber->key, SUBSCRIBER_KEY_SIZE);
    return token;
}

/* ---- queueing ---- */

static struct notice_words words_of(const struct reader_mail *mail,
                                    const struct newsletter *newsletter,
                                    const struct subscriber *subscriber)
{
    return (struct notice_words){
        .language = catalogue_exists(mail->templates, subscriber->language)
                        ? subscriber->language
                        : newsletter->language,
        .newsletter = newsletter->title,
        .site_name = mail->site_name,
        .site_url = mail->base_url,
        .postal_address = mail->postal_address,
    };
}

/* Queues a mail; a reader who asks again at once gets no second one. `since`
 * tells a request from an earlier one about the same; 0 where there is but
 * one. */
static bool queue(const struct reader_mail *mail, enum notice_kind kind,
                  const struct newsletter *newsletter,
                  const struct notice_words *words, const char *to,
                  int64_t subscriber_id, int64_t about, int64_t since,
                  int64_t now, bool *queued, struct err *err)
{
    OWNED(notice_rendered_free) struct notice_rendered rendered = {0};
    OWNED(address_free) struct address address = {0};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct notice_words own = *words;
    struct text_list texts;
    int64_t id;
    if (!text_find(mail->db, newsletter->id, &arena, &texts, err))
        return false;
    own.texts = &texts;
    if (!address_parse(str_of(to), &address, err) ||
        !notice_render(mail->templates, kind, &own, &rendered, err))
        return false;
    OWNED(mem_free)
    char *dedupe =
        mem_format("%s %lld %s %lld", notice_kind_name(kind), (long long)about,
                   strbuf_text(&address.key), (long long)since);
    struct notice notice = {
        .kind = kind,
        .to_address = to,
        .from_address = newsletter->from_address,
        .from_name =
            *newsletter->from_name ? newsletter->from_name : newsletter->title,
        .reply_to = *newsletter->reply_to ? newsletter->reply_to : NULL,
        .dedupe = dedupe,
        .dedupe_s = READER_MAIL_APART_S,
        .subscriber_id = subscriber_id,
    };
    notice_use(&notice, &rendered);
    if (!notice_queue(mail->db, &notice, now, &id, err))
        return false;
    *queued = id != 0;
    return true;
}

/* The name isn't in it: a stranger may have typed an advertisement there. */
static bool queue_confirm(const struct reader_mail *mail,
                          const struct newsletter *newsletter,
                          const struct subscriber *subscriber, int64_t since,
                          int64_t now, bool *queued, struct err *err)
{
    OWNED(strbuf_free) struct strbuf link = STRBUF_INIT;
    struct token token = token_for(subscriber, newsletter->id);
    token.issue_id = now; /* it confirms no request of another time */
    struct notice_words words = words_of(mail, newsletter, subscriber);
    write_link(mail, LINK_CONFIRM, &token, &link);
    words.link = strbuf_text(&link);
    words.days = READER_CONFIRM_DAYS;
    return queue(mail, NOTICE_CONFIRM, newsletter, &words, subscriber->email,
                 subscriber->id, newsletter->id, since, now, queued, err);
}

static bool queue_links(const struct reader_mail *mail,
                        const struct newsletter *newsletter,
                        const struct subscriber *subscriber, int64_t now,
                        bool *queued, struct err *err)
{
    OWNED(strbuf_free) struct strbuf choose = STRBUF_INIT, leave = STRBUF_INIT;
    struct token token = token_for(subscriber, 0);
    struct notice_words words = words_of(mail, newsletter, subscriber);
    write_link(mail, LINK_PREFERENCES, &token, &choose);
    write_link(mail, LINK_UNSUBSCRIBE, &token, &leave);
    words.link = strbuf_text(&choose);
    words.unsubscribe_link = strbuf_text(&leave);
    if (mail->site_name)
        words.newsletter = NULL; /* they are for all that the site sends */
    return queue(mail, NOTICE_LINKS, newsletter, &words, subscriber->email,
                 subscriber->id, 0, 0, now, queued, err);
}

/* A mail to nobody is made all the same: that there is none doesn't show in how
 * long it takes. */
static bool make_for_nobody(const struct reader_mail *mail, struct err *err)
{
    OWNED(notice_rendered_free) struct notice_rendered rendered = {0};
    OWNED(strbuf_free) struct strbuf choose = STRBUF_INIT, leave = STRBUF_INIT;
    struct token token = {0};
    struct notice_words words = {
        .language = "en",
        .site_name = mail->site_name,
        .site_url = mail->base_url,
        .postal_address = mail->postal_address,
    };
    write_link(mail, LINK_PREFERENCES, &token, &choose);
    write_link(mail, LINK_UNSUBSCRIBE, &token, &leave);
    words.link = strbuf_text(&choose);
    words.unsubscribe_link = strbuf_text(&leave);
    return notice_render(mail->templates, NOTICE_LINKS, &words, &rendered, err);
}

/* ---- confirming a subscription ---- */

static const struct subscription *
subscription_to(const struct subscriber *subscriber, int64_t newsletter_id)
{
    for (size_t i = 0; i < subscriber->subscription_count; i++)
        if (subscriber->subscriptions[i].newsletter_id == newsletter_id)
            return &subscriber->subscriptions[i];
    return NULL;
}

static bool is_by_editor(const struct reader_wish *wish)
{
    const char *means = wish->origin->means;
    return strcmp(means, MEANS_COMMAND) == 0 || strcmp(means, MEANS_DESK) == 0;
}

/* Whether a wish may change a subscriber: a stranger's words about somebody who
 * is here must not. */
static bool is_theirs_to_say(const struct reader_mail *mail,
                             const struct reader_wish *wish,
                             const struct address *address, bool *out,
                             struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    *out = is_by_editor(wish);
    if (*out)
        return true;
    bool found = roster_get(mail->db, strbuf_text(&address->key), &arena,
                            &subscriber, err);
    *out = !found;
    return found || err->kind == ERR_NOT_FOUND;
}

static bool answer(const struct reader_mail *mail,
                   const struct newsletter *newsletter,
                   const struct reader_wish *wish,
                   const struct address *address, bool *queued, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    if (!roster_get(mail->db, strbuf_text(&address->key), &arena, &subscriber,
                    err))
        return false;
    const struct subscription *s = subscription_to(&subscriber, newsletter->id);
    if (s && s->state == SUBSCRIPTION_PENDING)
        return queue_confirm(mail, newsletter, &subscriber, s->since,
                             wish->origin->now, queued, err);
    return is_by_editor(wish) || queue_links(mail, newsletter, &subscriber,
                                             wish->origin->now, queued, err);
}

bool reader_mail_confirm(const struct reader_mail *mail,
                         const struct newsletter *newsletter,
                         const struct reader_wish *wish,
                         enum consent_result *result, bool *queued,
                         struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    bool theirs;
    *queued = false;
    if (!need_base_url(mail, err) ||
        !address_parse(wish->email, &address, err) ||
        !tx_begin(&tx, mail->db, TX_DURABLE, err) ||
        !is_theirs_to_say(mail, wish, &address, &theirs, err) ||
        !consent_subscribe(mail->db, wish->email, theirs ? wish->name : NULL,
                           newsletter->id, theirs ? wish->categories : NULL,
                           true, wish->origin, result, err))
        return false;
    if (*result == CONSENT_REFUSED)
        return is_by_editor(wish) || make_for_nobody(mail, err);
    return answer(mail, newsletter, wish, &address, queued, err) &&
           tx_commit(&tx, err);
}

/* ---- links, and a new address ---- */

static const struct subscription *
first_live(const struct subscriber *subscriber)
{
    for (size_t i = 0; i < subscriber->subscription_count; i++) {
        const struct subscription *s = &subscriber->subscriptions[i];
        if (s->state == SUBSCRIPTION_ACTIVE || s->state == SUBSCRIPTION_PENDING)
            return s;
    }
    return NULL;
}

bool reader_mail_links(const struct reader_mail *mail, struct str email,
                       int64_t now, bool *queued, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct subscriber subscriber;
    struct newsletter newsletter;
    *queued = false;
    if (!need_base_url(mail, err) || !address_parse(email, &address, err) ||
        !tx_begin(&tx, mail->db, TX_DURABLE, err))
        return false;
    if (!roster_get(mail->db, strbuf_text(&address.key), &arena, &subscriber,
                    err))
        return err->kind == ERR_NOT_FOUND && make_for_nobody(mail, err);
    const struct subscription *s = first_live(&subscriber);
    return s ? (newsletter_get_by_id(mail->db, s->newsletter_id, &arena,
                                     &newsletter, err) &&
                queue_links(mail, &newsletter, &subscriber, now, queued, err) &&
                tx_commit(&tx, err))
             : make_for_nobody(mail, err);
}

bool reader_mail_address(const struct reader_mail *mail,
                         const struct subscriber *subscriber, int64_t change_id,
                         const char *new_address, int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf link = STRBUF_INIT;
    struct newsletter newsletter;
    bool queued;
    const struct subscription *s = first_live(subscriber);
    if (!need_base_url(mail, err))
        return false;
    if (!s)
        return true;
    if (!newsletter_get_by_id(mail->db, s->newsletter_id, &arena, &newsletter,
                              err))
        return false;
    struct token token = token_for(subscriber, 0);
    token.issue_id = change_id;
    struct notice_words words = words_of(mail, &newsletter, subscriber);
    write_link(mail, LINK_ADDRESS, &token, &link);
    words.link = strbuf_text(&link);
    words.address = new_address;
    words.days = READER_CONFIRM_DAYS;
    return queue(mail, NOTICE_ADDRESS, &newsletter, &words, new_address,
                 subscriber->id, change_id, 0, now, &queued, err);
}

/* Tells a reader at the old address that it was changed; the mail is of a
 * newsletter that they get, or got. */
bool reader_mail_moved(const struct reader_mail *mail,
                       const struct subscriber *old, int64_t past_id,
                       int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf link = STRBUF_INIT;
    struct newsletter newsletter;
    bool queued;
    const struct subscription *s = first_live(old);
    if (!s && old->subscription_count)
        s = &old->subscriptions[0];
    if (!s)
        return true;
    if (!need_base_url(mail, err) ||
        !newsletter_get_by_id(mail->db, s->newsletter_id, &arena, &newsletter,
                              err))
        return false;
    struct token token = token_for(old, 0);
    token.issue_id = past_id;
    struct notice_words words = words_of(mail, &newsletter, old);
    write_link(mail, LINK_RESTORE, &token, &link);
    words.link = strbuf_text(&link);
    words.days = PREFERENCES_PAST_DAYS;
    return queue(mail, NOTICE_MOVED, &newsletter, &words, old->email, old->id,
                 past_id, 0, now, &queued, err);
}
