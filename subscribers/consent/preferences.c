/* Changes what subscribers choose: categories, language, address, pause. */
#include "subscribers/consent/preferences.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/consent_store_internal.h"
#include "subscribers/consent/preferences_store_internal.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/roster_write.h"

enum { REASON_MAX_BYTES = 500 };

/* ---- what is chosen ---- */

bool preferences_get(struct db *db, int64_t subscriber_id,
                     int64_t newsletter_id, struct arena *arena,
                     struct preferences *out, struct err *err)
{
    return preferences_store_get(db, subscriber_id, newsletter_id, arena, out,
                                 err);
}

/* "World, Science; paused until 2026-12-24T00:00:00Z" */
static void describe(const struct preferences *chosen, struct strbuf *out)
{
    char at[TIME_TEXT_SIZE];
    struct str rest = str_of(chosen->categories), name;
    if (!rest.len)
        strbuf_add_text(out, "all categories");
    for (bool first = true; str_next_line(&rest, &name); first = false)
        strbuf_add_format(out, "%s%.*s", first ? "" : ", ", STR_ARG(name));
    if (chosen->paused_until)
        strbuf_add_format(out, "; paused until %s",
                          time_rfc3339(chosen->paused_until, at));
}

bool preferences_set(struct db *db, int64_t subscriber_id,
                     int64_t newsletter_id, const struct preferences *chosen,
                     const struct consent_origin *origin, bool *changed,
                     struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf note = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct preferences old;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !preferences_store_get(db, subscriber_id, newsletter_id, &arena, &old,
                               err))
        return false;
    *changed = strcmp(old.categories, chosen->categories) != 0 ||
               old.paused_until != chosen->paused_until;
    if (!*changed)
        return true;
    describe(chosen, &note);
    return roster_set_preferences(db, newsletter_id, subscriber_id,
                                  chosen->categories, chosen->paused_until,
                                  err) &&
           consent_store_event(db, subscriber_id, newsletter_id, "chose",
                               origin, strbuf_text(&note), err) &&
           tx_commit(&tx, err);
}

bool preferences_set_language(struct db *db,
                              const struct subscriber *subscriber,
                              const char *language,
                              const struct consent_origin *origin,
                              struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    OWNED(mem_free)
    char *note =
        mem_format("language %s", *language ? language : "of each newsletter");
    if (strcmp(subscriber->language, language) == 0)
        return true;
    return tx_begin(&tx, db, TX_DURABLE, err) &&
           roster_set_language(db, subscriber->id, language, err) &&
           consent_store_event(db, subscriber->id, 0, "chose", origin, note,
                               err) &&
           tx_commit(&tx, err);
}

/* ---- another address ---- */

bool preferences_ask_address(struct db *db, int64_t subscriber_id,
                             struct str email,
                             const struct consent_origin *origin,
                             int64_t *change_id, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    const char *old;
    int64_t asked_at;
    if (!address_parse(email, &address, err) ||
        !tx_begin(&tx, db, TX_DURABLE, err) ||
        !preferences_store_asked(db, subscriber_id, &arena, change_id, &old,
                                 &asked_at, err))
        return false;
    if (old && strcmp(old, strbuf_text(&address.email)) == 0)
        return true;
    return preferences_store_ask(db, subscriber_id, strbuf_text(&address.email),
                                 origin->now, change_id, err) &&
           tx_commit(&tx, err);
}

bool preferences_wish(struct db *db, int64_t subscriber_id, struct arena *arena,
                      const char **email, int64_t *asked_at, struct err *err)
{
    int64_t id;
    if (!preferences_store_asked(db, subscriber_id, arena, &id, email, asked_at,
                                 err))
        return false;
    if (!*email)
        *email = "";
    return true;
}

bool preferences_asked_address(struct db *db, int64_t subscriber_id,
                               int64_t change_id, int64_t asked_after,
                               struct arena *arena, const char **email,
                               struct err *err)
{
    int64_t id, asked_at;
    if (!preferences_store_asked(db, subscriber_id, arena, &id, email,
                                 &asked_at, err))
        return false;
    if (!*email || id != change_id || asked_at < asked_after)
        *email = "";
    return true;
}

static bool refuse(enum consent_result *result, const char *why,
                   struct err *err)
{
    *result = CONSENT_REFUSED;
    err_set(err, ERR_CONFLICT, "%s", why);
    return true;
}

/* *why stays NULL when nothing stands in the way. */
static bool find_obstacle(struct db *db, const struct address *address,
                          int64_t subscriber_id, const struct token_keys *keys,
                          const char **why, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber other;
    enum suppression_kind kind;
    *why = NULL;
    if (!suppression_of(db, strbuf_text(&address->key), keys, &kind, err))
        return false;
    if (kind == SUPPRESSION_SEALED || kind == SUPPRESSION_FULL) {
        *why = "is suppressed";
        return true;
    }
    bool found =
        roster_get(db, strbuf_text(&address->key), &arena, &other, err);
    if (found && other.id != subscriber_id)
        *why = "is on the list by itself";
    return found || err->kind == ERR_NOT_FOUND;
}

static bool move(struct db *db, const struct subscriber *subscriber,
                 const struct address *address, const char *event,
                 const struct consent_origin *origin, struct err *err)
{
    OWNED(address_free) struct address old = {0};
    OWNED(mem_free)
    char *note = mem_format("from %s to %s", subscriber->email,
                            strbuf_text(&address->email));
    return address_parse(str_of(subscriber->email), &old, err) &&
           suppression_move(db, strbuf_text(&old.key),
                            strbuf_text(&address->key), origin->keys,
                            origin->now, err) &&
           roster_move(db, subscriber->id, strbuf_text(&address->email),
                       strbuf_text(&address->key), err) &&
           consent_store_event(db, subscriber->id, 0, event, origin, note, err);
}

bool preferences_confirm_address(struct db *db, int64_t subscriber_id,
                                 int64_t change_id, int64_t asked_after,
                                 const struct consent_origin *origin,
                                 enum consent_result *result, int64_t *past_id,
                                 struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct subscriber subscriber;
    const char *email, *why;
    *past_id = 0;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !preferences_asked_address(db, subscriber_id, change_id, asked_after,
                                   &arena, &email, err))
        return false;
    if (!*email)
        return refuse(result, "nothing was asked for that could be confirmed",
                      err);
    if (!address_parse(str_of(email), &address, err) ||
        !find_obstacle(db, &address, subscriber_id, origin->keys, &why, err))
        return false;
    if (why)
        return refuse(result, why, err);
    *result = CONSENT_DONE;
    return roster_get_by_id(db, subscriber_id, &arena, &subscriber, err) &&
           preferences_store_keep(db, &subscriber, origin->now, past_id, err) &&
           move(db, &subscriber, &address, "moved", origin, err) &&
           tx_commit(&tx, err);
}

/* ---- and back ---- */

/* An address noted by a clock that was ahead ends no later for that. */
bool preferences_past_address(struct db *db, int64_t subscriber_id,
                              int64_t past_id, int64_t now, struct arena *arena,
                              const char **email, struct err *err)
{
    struct preferences_past past;
    if (!preferences_store_past(db, subscriber_id, past_id, arena, &past, err))
        return false;
    bool open = past.email && now - past.moved_at <= PREFERENCES_PAST_S &&
                past.moved_at - now <= PREFERENCES_PAST_S;
    *email = open ? past.email : "";
    return true;
}

/* Writes what they had then: all but the record of it, and the move. */
static bool put_back(struct db *db, int64_t subscriber_id, int64_t past_id,
                     const struct address *address, struct arena *arena,
                     struct err *err)
{
    struct preferences_past past;
    struct preferences_choices chosen;
    if (!preferences_store_past(db, subscriber_id, past_id, arena, &past,
                                err) ||
        !preferences_store_choices(db, past_id, arena, &chosen, err))
        return false;
    struct subscriber person = {.name = past.name,
                                .language = past.language,
                                .timezone = past.timezone};
    if (!roster_edit(db, subscriber_id, address, &person, err))
        return false;
    for (size_t i = 0; i < chosen.count; i++)
        if (!roster_set_preferences(db, chosen.items[i].newsletter_id,
                                    subscriber_id, chosen.items[i].categories,
                                    chosen.items[i].paused_until, err))
            return false;
    return preferences_store_drop_past(db, subscriber_id, past_id, err);
}

bool preferences_restore_address(struct db *db, int64_t subscriber_id,
                                 int64_t past_id,
                                 const struct consent_origin *origin,
                                 struct arena *arena,
                                 struct preferences_left *left,
                                 enum consent_result *result, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct subscriber subscriber;
    const char *email, *why;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !preferences_past_address(db, subscriber_id, past_id, origin->now,
                                  arena, &email, err))
        return false;
    if (!*email)
        return refuse(result, "there is no change that could be taken back",
                      err);
    if (!address_parse(str_of(email), &address, err) ||
        !find_obstacle(db, &address, subscriber_id, origin->keys, &why, err))
        return false;
    if (why)
        return refuse(result, why, err);
    *result = CONSENT_DONE;
    return roster_get_by_id(db, subscriber_id, arena, &subscriber, err) &&
           preferences_store_left(db, past_id, subscriber_id, arena, left,
                                  err) &&
           put_back(db, subscriber_id, past_id, &address, arena, err) &&
           move(db, &subscriber, &address, "restored", origin, err) &&
           tx_commit(&tx, err);
}

/* ---- why ---- */

bool preferences_say_why(struct db *db, int64_t subscriber_id,
                         int64_t newsletter_id, struct str reason,
                         const struct consent_origin *origin, struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    bool is_fresh, said;
    utf8_clean_line(&clean, reason);
    strbuf_cut(&clean, utf8_cut_length(strbuf_str(&clean), REASON_MAX_BYTES));
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !consent_may_return(db, subscriber_id, newsletter_id, origin->now,
                            &is_fresh, err) ||
        !consent_store_has(db, newsletter_id, subscriber_id, "said why", &said,
                           err))
        return false;
    if (!clean.len || !is_fresh || said)
        return true;
    return consent_store_event(db, subscriber_id, newsletter_id, "said why",
                               origin, strbuf_text(&clean), err) &&
           tx_commit(&tx, err);
}
