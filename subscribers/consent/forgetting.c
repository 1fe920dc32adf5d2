/* Gathers who somebody was, and forgets them, so that nobody knows it any
 * more. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/consent/consent_store_internal.h"
#include "subscribers/consent/preferences_store_internal.h"
#include "subscribers/consent/suppression_store_internal.h"
#include "subscribers/roster/roster_write.h"

/* ---- who ---- */

struct gathering {
    struct db *db;
    int64_t subscriber_id;
    struct arena *arena;
    struct consent_identity *out;
    size_t capacity, key_capacity;
};

static bool has_key(const struct consent_identity *identity, const char *key)
{
    for (size_t i = 0; i < identity->count; i++)
        if (strcmp(identity->keys[i], key) == 0)
            return true;
    return false;
}

/* Whether the address is now that of another subscriber. */
static bool is_taken(struct gathering *g, const char *key, bool *out,
                     struct err *err)
{
    struct subscriber other;
    bool found = roster_get(g->db, key, g->arena, &other, err);
    *out = found && other.id != g->subscriber_id;
    return found || err->kind == ERR_NOT_FOUND;
}

/* Gathers an address; a text that is none is passed over. */
static bool gather(struct gathering *g, struct str text, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    bool taken;
    if (!address_parse(text, &address, &ignored) ||
        has_key(g->out, strbuf_text(&address.key)))
        return true;
    if (!is_taken(g, strbuf_text(&address.key), &taken, err))
        return false;
    if (taken)
        return true;
    size_t count = g->out->count;
    MEM_PUSH(g->out->emails, count, g->capacity,
             arena_copy_str(g->arena, strbuf_str(&address.email)));
    MEM_PUSH(g->out->keys, g->out->count, g->key_capacity,
             arena_copy_str(g->arena, strbuf_str(&address.key)));
    return true;
}

/* "from a@example.org to b@example.org", "address, was a@example.org; name" */
static bool gather_from_note(struct gathering *g, const char *note,
                             struct err *err)
{
    for (const char *at = note; *at;) {
        size_t length = strcspn(at, " ;,");
        struct str word = {at, length};
        if (str_find(word, '@') < length && !gather(g, word, err))
            return false;
        at += length;
        at += strspn(at, " ;,");
    }
    return true;
}

static bool gather_earlier(struct gathering *g, struct err *err)
{
    struct consent_history history;
    if (!consent_history(g->db, g->subscriber_id, g->arena, &history, err))
        return false;
    for (size_t i = 0; i < history.count; i++) {
        const struct consent_event *e = &history.items[i];
        if ((strcmp(e->event, "moved") == 0 ||
             strcmp(e->event, "restored") == 0 ||
             strcmp(e->event, "edited") == 0) &&
            !gather_from_note(g, e->note, err))
            return false;
    }
    return true;
}

static bool find_wish(struct gathering *g, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    int64_t id, asked_at;
    const char *email;
    if (!preferences_store_asked(g->db, g->subscriber_id, g->arena, &id, &email,
                                 &asked_at, err))
        return false;
    if (email && address_parse(str_of(email), &address, &ignored))
        g->out->wish = arena_copy_str(g->arena, strbuf_str(&address.key));
    return true;
}

static const char **keep(struct arena *arena, const char **items, size_t count)
{
    const char **out = ARENA_NEW_ARRAY(arena, const char *, count);
    if (count)
        memcpy(out, items, count * sizeof *out);
    free(items);
    return out;
}

bool consent_identify(struct db *db, int64_t subscriber_id, struct arena *arena,
                      struct consent_identity *out, struct err *err)
{
    struct subscriber s;
    struct gathering g = {db, subscriber_id, arena, out, 0, 0};
    *out = (struct consent_identity){.name = ""};
    if (!roster_get_by_id(db, subscriber_id, arena, &s, err))
        return false;
    out->name = s.name;
    bool good = !*s.email || (gather(&g, str_of(s.email), err) &&
                              gather_earlier(&g, err) && find_wish(&g, err));
    out->emails = keep(arena, out->emails, out->count);
    out->keys = keep(arena, out->keys, out->count);
    return good;
}

/* ---- and no more ---- */

/* The hash takes the place of the plain row, with its reason: an address that
 * complained stays one that is never mailed. */
static bool seal(struct db *db, const char *email_key,
                 const struct consent_origin *origin, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    struct suppression plain = {.reason = SUPPRESSED_FORGOTTEN};
    bool found, removed;
    suppression_hash(origin->keys, email_key, &hash);
    return suppression_get(db, email_key, &arena, &plain, &found, err) &&
           suppression_store_remove(db, email_key, &removed, err) &&
           suppression_store_seal(db, strbuf_text(&hash), plain.reason,
                                  origin->now, err);
}

bool consent_forget(struct db *db, int64_t subscriber_id,
                    const struct consent_identity *identity,
                    const struct consent_origin *origin, struct err *err)
{
    unsigned char key[ROSTER_KEY_SIZE];
    random_bytes(key, sizeof key);
    for (size_t i = 0; i < identity->count; i++)
        if (!seal(db, identity->keys[i], origin, err))
            return false;
    return roster_forget(db, subscriber_id, key, origin->now, err) &&
           consent_store_forget(db, subscriber_id, err);
}
