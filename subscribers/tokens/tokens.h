/* Tokens: signed links and return paths, and the keys that sign them.
 *
 * A token carries what it is for, the subscriber's random key, the
 * newsletter and the issue it came from, and an HMAC-SHA256 over all of it
 * (128 bits kept). It never expires. Keys stand in one file (mode 0600),
 * newest first; the newest signs, all verify, so that a rotated key keeps
 * every link ever sent alive. A token holds no address. A set of keys may be
 * used from several threads.
 */
#ifndef SUBSCRIBERS_TOKENS_TOKENS_H
#define SUBSCRIBERS_TOKENS_TOKENS_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum { SUBSCRIBER_KEY_SIZE = 16 };

enum token_purpose {
    TOKEN_UNSUBSCRIBE = 1,
    TOKEN_PREFERENCES = 2,
    TOKEN_VIEW = 3,
    TOKEN_CONFIRM = 4,
    TOKEN_RETURN_PATH = 5, /* VERP */
    TOKEN_STORY_PREVIEW = 6,
    TOKEN_RESTORE = 7, /* takes a change of address back */
};

struct token {
    enum token_purpose purpose;
    unsigned char subscriber_key[SUBSCRIBER_KEY_SIZE];
    int64_t newsletter_id; /* 0: none, i.e. all */
    int64_t issue_id;      /* 0: none */
};

struct token_keys;

/* Reads a key file. Fails: NOT_FOUND, PERMISSION (also when group or others
 * may read it), INPUT with file:line, IO. */
FALLIBLE bool token_keys_load(const char *path, struct token_keys **out,
                              struct err *err);
/* Makes a key file with one new key. Fails: CONFLICT when it exists, IO. */
FALLIBLE bool token_keys_create(const char *path, struct err *err);
/* Puts a new key in front of a key file; the old ones go on verifying.
 * Fails: as token_keys_load, IO. */
FALLIBLE bool token_keys_rotate(const char *path, struct err *err);
/* Puts the keys of another file that aren't in this one behind its own: what
 * they signed is good again. Makes the file where there is none; *added says
 * how many. Fails: as token_keys_load, IO. */
FALLIBLE bool token_keys_merge(const char *path, const char *from,
                               size_t *added, struct err *err);
void token_keys_free(struct token_keys *keys);
void token_keys_release(struct token_keys **keys); /* for OWNED */

/* Appends a token as base64url text, for links. */
void token_write(const struct token_keys *keys, const struct token *token,
                 struct strbuf *out);
/* Appends it in lower-case base32, at most 55 characters (with newsletter
 * ids under 2^14 and issue ids under 2^35), for local parts of addresses
 * (RFC 5321 §4.5.3.1.1); either case reads back. Its HMAC is cut to 80
 * bits. */
void token_write_local(const struct token_keys *keys, const struct token *token,
                       struct strbuf *out);

/* Appends the token of a link to the stories of an issue that hasn't been
 * started: anybody who has it may read them until `until` (Unix seconds). */
void token_write_preview(const struct token_keys *keys, int64_t issue_id,
                         int64_t until, struct strbuf *out);
/* Whether the text is such a token of that issue, and `now` isn't behind its
 * end. */
bool token_is_preview(const struct token_keys *keys, struct str text,
                      int64_t issue_id, int64_t now);

/* Reads a link's token, or a local part's, comparing in constant time; one
 * form isn't taken for the other. False for anything not signed with one of
 * the keys. The caller checks the purpose. */
bool token_read(const struct token_keys *keys, struct str text,
                struct token *out);
bool token_read_local(const struct token_keys *keys, struct str text,
                      struct token *out);

enum { TOKEN_MESSAGE_ID_SIZE = 26 };
/* Appends 26 characters [a-z2-7] that are the same for the same (issue,
 * subscriber) and unlike for any other: the left of a Message-ID. Made with
 * the oldest key, so that a rotation doesn't change them. */
void token_message_id(const struct token_keys *keys, int64_t issue_id,
                      const unsigned char subscriber_key[SUBSCRIBER_KEY_SIZE],
                      struct strbuf *out);

/* HMAC-SHA256 of bytes under a key derived from the oldest one, for keyed
 * hashes of forgotten addresses. */
void token_digest(const struct token_keys *keys, struct str bytes,
                  unsigned char out[32]);

#endif
