/* Changes a subscriber's address, name or language, on record. */
#include "subscribers/consent/edit.h"

#include <string.h>

#include "digest/base/mem.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/consent_store_internal.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/roster_write.h"

#define EVENT_EDITED "edited"

enum { LANGUAGE_MAX = 35 }; /* RFC 5646 §4.4.1 */

/* The person as they will stand, and what to say of the change. */
struct editing {
    struct subscriber person;
    struct address address;
    struct strbuf name;
    struct strbuf note;
};

static void editing_free(struct editing *e)
{
    address_free(&e->address);
    strbuf_free(&e->name);
    strbuf_free(&e->note);
}

static void note(struct editing *e, const char *what, const char *was)
{
    strbuf_add_format(&e->note, "%s%s%s", e->note.len ? "; " : "", what,
                      was ? was : "");
}

/* The old address may be somebody else's by now: only a new one is asked
 * for. */
static bool check_free(struct db *db, const struct editing *e,
                       const struct consent_origin *origin, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const char *key = strbuf_text(&e->address.key);
    struct consent_change change = {.action = CONSENT_ADD, .origin = origin};
    struct subscriber other;
    struct err why = {0};
    bool barred;
    if (roster_get(db, key, &arena, &other, &why))
        return other.id == e->person.id ||
               err_set(err, ERR_CONFLICT,
                       "%s is on the list already, as somebody of their own; "
                       "unsubscribe or forget one of the two",
                       other.email);
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, "%s", why.text);
    return consent_is_barred(db, &e->address, &change, &barred, err) && !barred;
}

/* Checks that the person has left no newsletter: that is remembered by their
 * address, and under another, a list that holds the old one would bring them
 * back. */
static bool check_left(const struct editing *e, struct err *err)
{
    for (size_t i = 0; i < e->person.subscription_count; i++) {
        const struct subscription *u = &e->person.subscriptions[i];
        if (u->state == SUBSCRIPTION_UNSUBSCRIBED ||
            u->state == SUBSCRIPTION_COMPLAINED)
            return err_set(err, ERR_CONFLICT,
                           "%s has left %s, which is remembered by that "
                           "address: it stays. Add the new address as "
                           "somebody of their own",
                           e->person.email, u->newsletter);
    }
    return true;
}

static bool edit_email(struct db *db, struct editing *e, const char *email,
                       const struct consent_origin *origin, struct err *err)
{
    if (!email)
        return address_parse(str_of(e->person.email), &e->address, err);
    if (!address_parse(str_of(email), &e->address, err) ||
        !check_free(db, e, origin, err))
        return false;
    if (strcmp(strbuf_text(&e->address.email), e->person.email) == 0)
        return true;
    note(e, "address, was ", e->person.email);
    return check_left(e, err);
}

static void edit_text(struct editing *e, const char **field, const char *text,
                      const char *what)
{
    if (!text || strcmp(*field, text) == 0)
        return;
    *field = text;
    note(e, what, NULL);
}

static bool check_language(const char *tag, struct err *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                  "qrstuvwxyz0123456789-";
    size_t length = tag ? strspn(tag, letters) : 0;
    return !tag || !*tag ||
           (length >= 2 && length <= LANGUAGE_MAX && !tag[length]) ||
           err_set(err, ERR_USAGE,
                   "the language \"%.40s\" has to be a tag such as en, de or "
                   "pt-BR",
                   tag);
}

static void edit_name(struct editing *e, const char *name)
{
    if (!name)
        return;
    consent_clean_name(&e->name, str_of(name));
    edit_text(e, &e->person.name, strbuf_text(&e->name), "name");
}

static bool edit_categories(struct db *db, struct editing *e,
                            const struct consent_edit *edit, struct err *err)
{
    if (!edit->categories)
        return true;
    for (size_t i = 0; i < e->person.subscription_count; i++) {
        const struct subscription *u = &e->person.subscriptions[i];
        if (u->newsletter_id != edit->newsletter_id)
            continue;
        if (strcmp(u->categories, edit->categories) == 0)
            return true;
        note(e, "categories", NULL);
        return roster_set_categories(db, u->newsletter_id, e->person.id,
                                     edit->categories, err);
    }
    return err_set(err, ERR_NOT_FOUND, "%s isn't on this newsletter's list",
                   e->person.email);
}

static bool note_move(struct db *db, const struct editing *e,
                      const struct consent_origin *origin, struct err *err)
{
    OWNED(address_free) struct address old = {0};
    return strcmp(e->person.email, strbuf_text(&e->address.email)) == 0 ||
           (address_parse(str_of(e->person.email), &old, err) &&
            suppression_move(db, strbuf_text(&old.key),
                             strbuf_text(&e->address.key), origin->keys,
                             origin->now, err));
}

bool consent_edit(struct db *db, int64_t subscriber_id,
                  const struct consent_edit *edit,
                  const struct consent_origin *origin, bool *changed,
                  struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(editing_free) struct editing e = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!check_language(edit->language, err) ||
        !tx_begin(&tx, db, TX_DURABLE, err) ||
        !roster_get_by_id(db, subscriber_id, &arena, &e.person, err) ||
        !edit_email(db, &e, edit->email, origin, err))
        return false;
    edit_name(&e, edit->name);
    edit_text(&e, &e.person.language, edit->language, "language");
    edit_text(&e, &e.person.timezone, edit->timezone, "time zone");
    if (!edit_categories(db, &e, edit, err))
        return false;
    *changed = e.note.len > 0;
    if (!*changed)
        return true;
    return note_move(db, &e, origin, err) &&
           roster_edit(db, subscriber_id, &e.address, &e.person, err) &&
           consent_store_event(
               db, subscriber_id, edit->categories ? edit->newsletter_id : 0,
               EVENT_EDITED, origin, strbuf_text(&e.note), err) &&
           tx_commit(&tx, err);
}
