/* Suppression: addresses that are never mailed, by any newsletter.
 *
 * Bounces and complaints put them there, and editors; only an editor takes
 * them off. Someone who asked to be forgotten stands there as a keyed hash:
 * whoever reads the database can't tell who it was, and an import still
 * doesn't bring them back. Only their own confirming does. So does an address
 * that somebody gave up for another: a list that still holds it would mail
 * them there again, whether or not they have left since.
 */
#ifndef SUBSCRIBERS_CONSENT_SUPPRESSION_H
#define SUBSCRIBERS_CONSENT_SUPPRESSION_H

#include "digest/base/arena.h"
#include "digest/store/db.h"
#include "subscribers/tokens/tokens.h"

/* Why; they stand in the database. */
#define SUPPRESSED_BOUNCED "bounced"
#define SUPPRESSED_COMPLAINED "complained"
#define SUPPRESSED_EDITOR "editor"
#define SUPPRESSED_FORGOTTEN "forgotten"
#define SUPPRESSED_MOVED "moved" /* imports alone are kept from it */

#define SUPPRESSION_MOVED_WORDS "was given up for another address here"

struct suppression {
    const char *address; /* folded; "" where only its hash is known */
    const char *reason;
    const char *note;
    int64_t at;
};
struct suppression_list {
    struct suppression *items; /* in the arena, by address */
    size_t count;
};
FALLIBLE bool suppression_find(struct db *db, struct arena *arena,
                               struct suppression_list *out, struct err *err);

/* The suppression of one address, by its folded key; *found is false where
 * there is none. In the arena. */
FALLIBLE bool suppression_get(struct db *db, const char *email_key,
                              struct arena *arena, struct suppression *out,
                              bool *found, struct err *err);

/* Adds an address; one that is there already stays as it is (*added is
 * false). `note` may be NULL. Fails: INPUT (not an address), STORE. */
FALLIBLE bool suppression_add(struct db *db, struct str email,
                              const char *reason, const char *note, int64_t now,
                              bool *added, struct err *err);

/* Takes an address off: by itself, and its keyed hash if `keys` isn't NULL.
 * Its subscriptions that had bounced or complained become unsubscribed, so
 * that an editor can add it again. Fails: INPUT, NOT_FOUND, STORE. */
FALLIBLE bool suppression_remove(struct db *db, struct str email,
                                 const struct token_keys *keys, int64_t now,
                                 struct err *err);

/* Somebody who was erased, or took another address, wants to be back, as an
 * editor or they say: their address is as any other again. One that is never to
 * be mailed stays so. */
FALLIBLE bool suppression_readmit(struct db *db, const char *email_key,
                                  const struct token_keys *keys,
                                  struct err *err);

/* Somebody takes the address `to` in the place of `from`: imports don't bring
 * the old one back. By their folded keys; `keys` NULL: nothing is noted. */
FALLIBLE bool suppression_move(struct db *db, const char *from, const char *to,
                               const struct token_keys *keys, int64_t now,
                               struct err *err);

/* Kinds of suppression that an address may have. */
enum suppression_kind {
    SUPPRESSION_NONE,
    SUPPRESSION_MOVED,     /* was given up for another */
    SUPPRESSION_FORGOTTEN, /* was erased */
    SUPPRESSION_SEALED,    /* was erased, and is never to be mailed */
    SUPPRESSION_FULL,      /* never to be mailed */
};
/* `keys` NULL: what is known by its hash alone isn't recognised. */
FALLIBLE bool suppression_of(struct db *db, const char *email_key,
                             const struct token_keys *keys,
                             enum suppression_kind *out, struct err *err);

#endif
